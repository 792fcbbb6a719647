import Foundation
import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("Documentation")
struct DocumentationTests {
    @Test("The decision table is the order's own")
    func table() throws {
        #expect(try Self.page("TheDecision.md").contains(JoinProfile.documented.table))
    }

    @Test("The roles of a new database are those that are listed")
    func roles() async throws {
        let store = InMemoryJoinStore()
        try await store.loadDefaultGrants()
        let ids = try await store.roles(.all).map(\.id)
        #expect(ids == LivechatRoleID.defaults)
        let roles = ids.map { "`\($0)`" }
        let list = roles.dropLast().joined(separator: ", ") + " and \(roles.last ?? "")"
        let page = try Self.page("TheDecision.md").replacing("\n", with: " ")
        #expect(page.contains("A new database has the roles \(list)."))
    }

    #if Observability
    @Test("The operating guide's metrics are the code's, and so is every name in its alerts (C16)")
    func metrics() throws {
        let page = try Self.page("Operating.md", of: "LivechatServer")
        let names = JoinMetric.allCases.map(\.rawValue)
        let rows = page.matches(of: /\n\| `(livechat_join_[a-z_]+)` \|/).map { String($0.1) }
        #expect(rows == names)
        let alerts = page.matches(of: /(livechat_join_[a-z_]+?)(_bucket)?\b/).map { (String($0.1), $0.2 != nil) }
        for (name, isBucket) in alerts {
            #expect(names.contains(name), "\(name)")
            if isBucket { #expect(name.hasSuffix("_seconds"), "\(name) is no histogram") }
        }
        let steps = page.matches(of: /step="([a-z]+)"/).map { String($0.1) }
        #expect(!steps.isEmpty && steps.allSatisfy { $0 == "none" || JoinStep(rawValue: $0) != nil })
        let budgets = page.matches(of: /budget="([a-z]+)"/).map { String($0.1) }
        #expect(!budgets.isEmpty && budgets.allSatisfy { LimitedBudget(rawValue: $0) != nil })
    }
    #endif

    private static func page(_ name: String, of module: String = "LivechatJoin") throws -> String {
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardizedFileURL
        let page = sources.appending(path: "\(module)/\(module).docc/\(name)")
        return try String(contentsOf: page, encoding: .utf8)
    }

    @Test("The table of events has every kind, with the keys that the stores write")
    func events() throws {
        // | `kind` | `key`, `key` | what has happened |
        let rows = try Self.page("KindsOfEvents.md").split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").prefix(2).map { cell in cell.matches(of: /`([^`]+)`/).map { String($0.1) } }
        }
        let documented = Dictionary(uniqueKeysWithValues: rows.map { ($0[0][0], $0[1]) })
        #expect(rows.map { $0[0][0] } == JoinEvent.Kind.all.map(\.rawValue))
        #expect(Set(JoinEvent.Kind.all).count == JoinEvent.Kind.all.count)
        var written: [String: Set<String>] = [:]
        for event in JoinStoreContract.deeds.flatMap(\.events) {
            written[event.kind, default: []].formUnion(event.keys.matches(of: /"([a-zA-Z]+)":/).map { String($0.1) })
        }
        for (kind, keys) in written { #expect(Set(documented[kind] ?? []) == keys, "\(kind)") }
        // Each kind is written by some call; these three are no store's own.
        let others: Set = [JoinEvent.Kind.joined, .loaded, .newEventLogStarted]
        #expect(
            Set(written.keys) == Set(JoinEvent.Kind.all).subtracting(others).reduce(into: []) { $0.insert($1.rawValue) }
        )
    }
}
