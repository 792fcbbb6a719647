#if Console
import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatConsole

@Suite("Grants (C20)")
struct GrantsTests {
    /// The cells of a page by permission and role, as their titles have them.
    private static func cells(_ page: HTML) -> [String] { page.tags("td").flatMap { HTML($0).attributes("title") } }

    @Test("The matrix has the grants of the store, and marks what a new database has otherwise")
    func matrix() async throws {
        let store = try await Fixture.store()
        try await store.removePermission("close-livechat-room")
        try await Console.with(store) { console in
            let page = try await console.page("/grants")
            let (cells, roles, permissions) = (
                Self.cells(page), try await store.roles(.all), try await store.permissions(.all)
            )
            #expect(cells.count == roles.count * permissions.count)
            for permission in permissions {
                for role in roles {
                    let cell = "\(permission.id), \(role.id)"
                    let isGranted = permission.roles.contains(role.id)
                    #expect(
                        cells.contains { $0.hasPrefix("\(cell): granted") && !$0.contains(": granted in") } == isGranted
                    )
                }
            }
            let monitor = "view-livechat-rooms, night-shift: granted; not so in a new database"
            #expect(cells.contains(monitor) && cells.contains("view-livechat-rooms, livechat-manager: granted"))
            #expect(cells.contains("view-livechat-rooms, admin: granted in a new database"))
            #expect(cells.contains("access-permissions, guest: outside of what the role is restricted to"))
            #expect(page.text.contains("Permissions of a new database that are not here: close-livechat-room"))
            #expect(page.text.contains("close-the-shop added"))
            let restricted = try #require(page.elements("dl").first)
            #expect(restricted.text.contains("guest") && restricted.text.contains("view-joined-room"))
        }
    }

    @Test("A new database differs in nothing")
    func fresh() async throws {
        let store = InMemoryJoinStore()
        try await store.loadDefaultGrants()
        try await Console.with(store) { console in
            let page = try await console.page("/grants")
            #expect(Self.cells(page).contains { $0.hasSuffix(": granted") })
            #expect(!Self.cells(page).contains { $0.contains("new database") })
            #expect(try await console.page("/grants?only=different").text.contains("No permission is like this."))
        }
    }

    @Test("Filters by permission, by role, and by what differs")
    func filter() async throws {
        try await Console.with(Fixture.store()) { console in
            let rooms = Self.cells(try await console.page("/grants?permission=View-Livechat-Rooms&role=agent"))
            #expect(rooms == ["view-livechat-rooms, livechat-agent"])
            let different = try await console.page("/grants?only=different")
            let permissions = Set(Self.cells(different).map { $0.prefix { $0 != "," } })
            #expect(permissions == ["view-livechat-rooms", "close-the-shop"])
            #expect(try await console.page("/grants?permission=nowhere").text.contains("No permission is like this."))
        }
    }

    @Test("Many permissions and many roles are paged, and every one comes once")
    func paging() async throws {
        let store = InMemoryJoinStore()
        let names = (0..<450).map { "p\(1_000 + $0)" }
        for name in names { try await store.addPermission(LivechatPermissionID(name)) }
        for number in 10..<95 { try await store.addRole(LivechatRole(id: LivechatRoleID("r\(number)"))) }
        try await Console.with(store) { console in
            func follow(_ path: String, _ mark: String) async throws -> [HTML] {
                var (pages, next): ([HTML], String?) = ([], path)
                while let path = next {
                    let page = try await console.page(path)
                    pages.append(page)
                    next = page.links.last { $0.contains(mark) && !$0.contains("id=") && page.source.contains("→") }
                    if next.map({ $0 == path }) == true { next = nil }
                    if !page.source.contains(mark == "roles-after" ? "more roles" : "rel=\"next\"") { next = nil }
                }
                return pages
            }
            let rows = try await follow("/grants?role=r10", "after=").map { Self.cells($0).map { $0.prefix(5) } }
            #expect(rows.flatMap { $0 } == names.map { $0.prefix(5) } && rows.allSatisfy { $0.count <= 200 })
            let columns = try await follow("/grants?permission=p1000", "roles-after").map { Self.cells($0) }
            #expect(columns.map(\.count) == [40, 40, 5])
            #expect(columns.flatMap { $0 }.map { $0.suffix(3) } == (10..<95).map { "r\($0)"[...] })
        }
    }
}
#endif
