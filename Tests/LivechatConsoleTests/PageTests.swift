#if Console
import Hummingbird
import LivechatJoin
import LivechatJoinTesting
import ServerTesting
import Synchronization
import Testing

@testable import LivechatConsole

@Suite("Rooms, users, health (C20)")
struct PageTests {
    @Test("Every page is reached by links and forms alone, and every link leads somewhere")
    func links() async throws {
        try await Console.with(Fixture.store()) { console in
            var (open, seen) = (["/"], Set<String>())
            while let path = open.popLast() {
                guard seen.insert(path).inserted else { continue }
                let response = try await console.ask(path)
                #expect(response.status == .ok, "\(path)")
                guard response.headers[.contentType]?.hasPrefix("text/html") == true else { continue }
                open += HTML(String(buffer: response.body)).links
            }
            let paths = Set(seen.map { String($0.prefix { $0 != "?" }) })
            #expect(
                paths == [
                    "/", "/now", "/rooms", "/room", "/users", "/user", "/grants", "/health", "/console.css",
                ]
            )
            #expect(seen.contains(Link.path("/room", [("id", Fixture.markup)])))
        }
    }

    @Test("No page has a token, or its digest")
    func secrets() async throws {
        let store = try await Fixture.store()
        try await Console.with(store) { console in
            let digests = try await store.tokens(of: "ann").map(\.digest.base64)
            #expect(digests.count == 3)
            for path in ["/user?id=ann", "/users", "/now", "/?user=ann&room=served", "/room?id=served"] {
                let page = try await console.page(path)
                for secret in digests + ["Zq7-canary"] { #expect(!page.source.contains(secret), "\(path)") }
                for digest in digests { #expect(!page.text.contains(digest)) }
            }
        }
    }

    @Test("An id or name that is markup is text, everywhere")
    func markup() async throws {
        try await Console.with(Fixture.store()) { console in
            let id = Fixture.markup
            for path in [
                Link.path("/room", [("id", id)]), Link.path("/user", [("id", id)]), "/rooms", "/users",
                Link.why(id, id), Link.now(room: id, user: id), Link.path("/room", [("id", id + "x")]),
                Link.path("/grants", [("permission", id), ("role", id)]),
            ] {
                let response = try await console.ask(path)
                let page = HTML(String(buffer: response.body))
                #expect(
                    !page.source.contains("<img") && !page.source.contains("<script>") && !page.source.contains("<b>b")
                )
                #expect(page.text.contains(id) || page.attributes("value").contains(id), "\(path)")
            }
        }
    }

    @Test("What hides or turns text is escaped")
    func hidden() async throws {
        let store = InMemoryJoinStore()
        let id = "a\u{202e}b\u{200b}\nc"
        try await store.addUser(LivechatUser(id: LivechatUserID(id)), roles: [])
        try await Console.with(store) { console in
            let page = try await console.page(Link.path("/user", [("id", id)]))
            #expect(page.elements("h1").first?.text.hasPrefix(#"a\u202eb\u200b\nc"#) == true)
            #expect(page.attributes("value") == [id], "the question is asked about the id itself")
        }
    }

    @Test("A room shows its members, its agents and who could join it, each with the rule")
    func room() async throws {
        let store = try await Fixture.store()
        try await Console.with(store) { console in
            let rows = try await console.page("/room?id=waiting").elements("tr").dropFirst().map(\.text)
            #expect(rows.contains { $0.hasPrefix("annyes department-agentagent of sales") })
            #expect(rows.contains { $0.hasPrefix("benno") && $0.contains("default agent of the inquiry") })
            // An agent who is not active cannot.
            #expect(rows.contains { $0.hasPrefix("inanoagent of sales") })
            let served = try await console.page("/room?id=served").elements("tr").dropFirst().map(\.text)
            #expect(served.contains { $0.hasPrefix("annyes servingserves the room") })
            #expect(served.contains { $0.hasPrefix("benno") && $0.contains("with the roles owner") })
            let closed = try await console.page("/room?id=closed")
            #expect(
                closed.text.contains("closed")
                    && closed.elements("tr").dropFirst().map(\.text) == ["annnoserves the roomwhy?"]
            )
            #expect(try await console.page("/room?id=general").text.contains("only rooms of kind l"))
        }
    }

    @Test("Who could join is what the library says, for every room")
    func who() async throws {
        let store = try await Fixture.store()
        try await Console.with(store) { console in
            for room in try await store.rooms(.all) where room.kind == "l" {
                let admitted = try await JoinService(store: store).who(room: room.id)
                let page = try await console.page(Link.room(room.id))
                let rows = page.elements("tr").dropFirst().map(\.text).filter { $0.contains("yes ") }
                #expect(rows.count == admitted.count)
                for entry in admitted {
                    #expect(rows.contains { $0.hasPrefix("\(entry.id)yes \(entry.access.rawValue)") })
                }
            }
        }
    }

    @Test("A user shows roles, permissions, rooms, and tokens as kind, age and expiry")
    func user() async throws {
        let clock = SettableClock(LivechatTimestamp(milliseconds: 1_767_225_600_000))
        let store = try await Fixture.store(clock: clock.wallClock)
        clock.advance(by: .seconds(3 * 86_400))
        var options = JoinConsoleOptions()
        options.clock = clock.wallClock
        try await Console.with(store, options: options) { console in
            let page = try await console.page("/user?id=ann")
            #expect(page.text.contains("2 of 3"))
            let tokens = page.elements("tr").map(\.text).filter { $0.contains("ago") }
            #expect(
                tokens.sorted() == [
                    "login2020-01-01 00:00:00 6 years agoexpired 5 years ago",
                    "login2026-01-01 00:00:00 3 days ago2026-04-01 00:00:00 in 87 days",
                    "personal access2026-01-01 00:00:00 3 days agonever ",
                ]
            )
            let rooms = try await JoinService(store: store).where(user: "ann")
            #expect(page.elements("tr").map(\.text).filter { $0.hasSuffix("why?") }.count == rooms.count)
            #expect(try await console.page("/user?id=ina").text.contains("inactive: cannot log in"))
            #expect(try await console.page("/user?id=gus").text.contains("not held"))
        }
    }

    @Test("Tables have 200 rows and a cursor, and every row comes once")
    func paging() async throws {
        let store = InMemoryJoinStore()
        let ids = (0..<450).map { "x\(1_000 + $0)" }
        try await store.loadDefaultGrants()
        try await store.addRoom(LivechatRoom(id: "crowd"), kind: "l")
        for id in ids {
            try await store.addUser(LivechatUser(id: LivechatUserID(id)), roles: ["livechat-manager"])
            try await store.addRoom(LivechatRoom(id: LivechatRoomID(id)), kind: "l")
            try await store.addMember(LivechatUserID(id), to: "crowd")
        }
        try await Console.with(store) { console in
            for (path, mark, expected) in [
                ("/users", "/user?id=", ids), ("/rooms", "/room?id=", ["crowd"] + ids),
                ("/room?id=crowd", "/user?id=", ids), ("/user?id=x1000", "/room?id=", ["crowd"] + ids),
            ] {
                var (found, next, sizes): ([String], String?, [Int]) = ([], path, [])
                while let path = next {
                    let page = try await console.page(path)
                    let rows = page.elements("tr").dropFirst().flatMap(\.links).filter { $0.hasPrefix(mark) }
                    found += rows.map { String($0.dropFirst(mark.count)) }
                    sizes.append(rows.count)
                    next = page.source.split(separator: "rel=\"next\"").dropFirst().first
                        .flatMap { HTML(" " + $0).links.first }
                }
                #expect(found == expected, "\(path)")
                #expect(sizes.allSatisfy { $0 <= 200 } && sizes.count == 3, "\(path): \(sizes)")
            }
        }
    }

    @Test("An empty store has every page")
    func empty() async throws {
        try await Console.with(InMemoryJoinStore()) { console in
            for (path, words) in [
                ("/", "Name a user and a room"), ("/now", "The event log is empty"),
                ("/rooms", "There is no room here"),
                ("/users", "There is no user here"), ("/grants", "No permission is like this"), ("/health", "answers"),
                ("/?user=ann&room=served", "there is no user ann"),
            ] {
                let page = try await console.page(path)
                #expect(page.text.contains(words), "\(path)")
            }
        }
    }

    @Test(
        "What is not there is 404, with the id as text",
        arguments: ["/room?id=no<b>", "/user?id=no<b>", "/room", "/x"]
    )
    func missing(_ path: String) async throws {
        try await Console.with(Fixture.store()) { console in
            let response = try await console.ask(path)
            #expect(response.status == .notFound)
            let page = HTML(String(buffer: response.body))
            #expect(!page.source.contains("no<b>") && page.links.contains("/rooms"))
            if path.contains("<") { #expect(page.text.contains("no<b>.")) }
        }
    }

    @Test("A store that does not answer is 503, and says so")
    func unavailable() async throws {
        try await Console.with(BrokenStore()) { console in
            for path in ["/?user=a&room=b", "/rooms", "/room?id=a", "/users", "/user?id=a", "/now", "/grants"] {
                let response = try await console.ask(path)
                #expect(response.status == .serviceUnavailable, "\(path)")
                let text = HTML(String(buffer: response.body)).text
                #expect(text.contains("The store did not answer"), "\(path)")
                if !path.hasPrefix("/?") { #expect(text.contains("there is no <room> left"), "\(path)") }
            }
            let health = try await console.page("/health")
            #expect(health.text.contains("something is wrong") && health.text.contains("there is no <room> left"))
        }
    }

    private static func says(_ facts: [JoinConsoleFact]) -> @Sendable () async throws -> [JoinConsoleFact] { { facts } }

    private static func fails() async throws -> [JoinConsoleFact] {
        throw LivechatStoreError(.closed, "it is closed")
    }

    @Test("Health says what the host says, and what is wrong")
    func health() async throws {
        let store = try await Fixture.store()
        let facts = [JoinConsoleFact("version", "1.2.3"), JoinConsoleFact("log", bytes: 1_234_567)]
        try await Console.with(store, health: Self.says(facts)) { console in
            let page = try await console.page("/health")
            #expect(page.text.contains("1.2.3") && page.text.contains("1,234,567 bytes"))
            #expect(page.elements("h1").map(\.text) == ["Health well"])
        }
        try await Console.with(store, health: Self.says(facts + [JoinConsoleFact("disk", "<full>", isFault: true)])) {
            console in
            let page = try await console.page("/health")
            #expect(page.text.contains("<full>") && page.elements("h1").map(\.text) == ["Health something is wrong"])
        }
        try await Console.with(store, health: Self.fails) { console in
            let page = try await console.page("/health")
            #expect(page.text.contains("it is closed"))
        }
    }

    @Test(
        "The store is asked one question at a time, in the order in which they came, on a thread of the console's own"
    )
    func oneAtATime() async throws {
        let reader = ConsoleReader()
        let asking = Mutex(0)
        let most = Mutex(0)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask { @Sendable in
                    try await reader.ask {
                        let now = asking.withLock { count in
                            count += 1
                            return count
                        }
                        most.withLock { $0 = max($0, now) }
                        // Others would begin here, if they could.
                        for _ in 0..<10 { await Task.yield() }
                        asking.withLock { $0 -= 1 }
                        return number
                    }
                }
            }
            var answered: Set<Int> = []
            for try await number in group { answered.insert(number) }
            #expect(answered.count == 20)
        }
        #expect(most.withLock { $0 } == 1)
        struct Failed: Error {}
        await #expect(throws: Failed.self) { try await reader.ask { throw Failed() } }
        #expect(try await reader.ask { true }, "a question that failed lets the next one go on")
    }
}
#endif
