#if Console
import LivechatJoin
import LivechatJoinTesting
import Hummingbird
import NIOCore
import ServerTesting
import ServiceLifecycle
import Testing

@testable import LivechatConsole

@Suite("Now (C20)")
struct NowTests {
    /// A store with this many events: a user for each, every tenth joined to a room.
    private static func store(_ count: Int) async throws -> InMemoryJoinStore {
        let store = InMemoryJoinStore()
        for number in 1...count {
            try await store.addUser(LivechatUser(id: LivechatUserID("u\(number % 10)-\(number)")), roles: [])
        }
        return store
    }

    private static func sequences(_ page: HTML) -> [Int] { page.attributes("data-sequence").compactMap { Int($0) } }

    @Test("Newest first, 200 at a time, and every event once")
    func paging() async throws {
        try await Console.with(Self.store(450)) { console in
            var (found, next): ([Int], String?) = ([], "/now")
            while let path = next {
                let page = try await console.page(path)
                let rows = Self.sequences(page)
                #expect(rows.count <= 200)
                #expect(
                    (page.attributes("data-source") == ["/now/events?after=450"]) == (path == "/now"),
                    "only the newest page is live"
                )
                found += rows
                next = page.source.split(separator: "rel=\"next\"").dropFirst().first.flatMap {
                    HTML(" " + $0).links.first
                }
            }
            #expect(found == (1...450).reversed())
        }
    }

    @Test("The log can have been pruned")
    func pruned() async throws {
        let store = try await Self.store(450)
        for before: Int64 in [101, 350, 452] {
            try await store.pruneEvents(before: JoinEvent.Cursor(sequence: before))
            try await Console.with(store) { console in
                var (found, next): ([Int], String?) = ([], "/now")
                while let path = next {
                    let page = try await console.page(path)
                    found += Self.sequences(page)
                    next = page.source.split(separator: "rel=\"next\"").dropFirst().first
                        .flatMap { HTML(" " + $0).links.first }
                }
                #expect(found == (try await store.events(after: 0).reversed().map { Int($0.sequence) }))
            }
        }
    }

    @Test("A filter by room and user finds every event of theirs")
    func filter() async throws {
        let store = try await Self.store(1_500)
        try await store.addRoom(LivechatRoom(id: "r"), kind: "l")
        try await store.addMember("u1-1", to: "r")
        try await Console.with(store) { console in
            #expect(Self.sequences(try await console.page("/now?user=u1-1")).count >= 1)
            #expect(Self.sequences(try await console.page("/now?user=u1-1")).last == 1)
            #expect(Self.sequences(try await console.page("/now?room=r")).allSatisfy { $0 > 1_500 })
            #expect(Self.sequences(try await console.page("/now?room=r&user=u2-2")).isEmpty)
            #expect(try await console.page("/now?user=nobody").text.contains("No event of the log is of these."))
            let page = try await console.page("/now?user=u1-1&room=")
            #expect(page.attributes("data-source").first?.hasPrefix("/now/events?user=u1-1&after=") == true)
        }
    }

    @Test("Refusals are counted by the step that decided, over the last minutes")
    func refusals() async throws {
        let clock = SettableClock()
        let count = JoinRefusalCount(clock: clock.wallClock)
        count.count(.joined(.serving))
        #expect(count.recent().isEmpty)
        count.count(.refused(.roomClosed))
        clock.advance(by: .seconds(120))
        count.count(.refused(.noAccess()))
        count.count(.refused(.noAccess()))
        #expect(count.recent().map(\.step) == [.open, .access])
        #expect(count.recent().map(\.counts) == [[0, 1, 1], [2, 2, 2]])
        clock.advance(by: .seconds(5 * 60 + 10))
        #expect(count.recent().map(\.counts) == [[0, 0, 1], [0, 0, 2]])
        clock.advance(by: .seconds(10 * 60))
        #expect(count.recent().isEmpty)
        for _ in 0..<1_000 {
            clock.advance(by: .seconds(10))
            count.count(.refused(.noSuchRoom))
        }
        #expect(count.recent().map(\.counts) == [[7, 31, 91]])
    }

    @Test("What the service refuses is on the page, without any request")
    func counted() async throws {
        let (store, count) = (try await Fixture.store(), JoinRefusalCount())
        let service = JoinService(store: store, logger: .silent).counting { count.count($0) }
        for room in ["foreign", "foreign", "nowhere"] {
            _ = await service.respond(to: JoinRequest(userID: "ann", token: Fixture.token, roomID: room))
        }
        try await Console.with(store, refusals: count) { console in
            let table = try #require(try await console.page("/now").elements("table class=\"small\"").first)
            #expect(table.elements("tr").map(\.text) == ["Step1 min5 min15 min", "find111", "access222"])
        }
        try await Console.with(store) { console in
            let page = try await console.page("/now")
            #expect(!page.source.contains("id=\"refusals\""))
        }
    }

    // MARK: The stream

    private static func pages(_ store: InMemoryJoinStore, _ refusals: JoinRefusalCount? = nil) throws -> ConsolePages {
        var options = JoinConsoleOptions()
        (options.interval, options.silence) = (.milliseconds(1), .zero)
        return try ConsolePages(
            store: store,
            profile: .documented,
            rules: [],
            refusals: refusals,
            options: options,
            health: { [] }
        )
    }

    private static func stream(
        _ pages: ConsolePages,
        _ query: Substring = "",
        after start: Int64
    ) -> EventStream.Iterator {
        EventStream(pages: pages, filter: EventFilter(ConsoleQuery(query)), start: start).makeAsyncIterator()
    }

    private static func ids(_ text: String?) -> [Int] {
        (text ?? "").split(whereSeparator: \.isNewline).compactMap { $0.hasPrefix("id: ") ? Int($0.dropFirst(4)) : nil }
    }

    @Test("A stream begins after its cursor, and each event has its sequence as its id")
    func stream() async throws {
        let store = try await Self.store(450)
        var stream = Self.stream(try Self.pages(store), after: 5)
        #expect(try await stream.next() == "retry: 2000\n\n")
        var ids: [Int] = []
        while ids.last != 450 { ids += Self.ids(try await stream.next()) }
        #expect(ids == Array(6...450))
        #expect(try await stream.next() == ": nothing new\n\n")
        try await store.addRoom(LivechatRoom(id: LivechatRoomID("<b>\r\nid: 7")), kind: "l")
        let message = try #require(try await stream.next())
        #expect(Self.ids(message) == [451])
        #expect(message.hasPrefix("id: 451\ndata: <tr ") && message.hasSuffix("\n\n"))
        #expect(message.contains(#"&lt;b&gt;\r\nid: 7"#) && message.split(separator: "\n").count == 2)
    }

    @Test("A stream with a filter has the events of it alone")
    func filteredStream() async throws {
        let store = try await Self.store(20)
        var stream = Self.stream(try Self.pages(store), "user=u3-13", after: 0)
        #expect(try await stream.next() == "retry: 2000\n\n")
        #expect(Self.ids(try await stream.next()) == [13])
    }

    @Test("A cursor that is not of this log ends the stream, and says that the page has to be read again")
    func lost() async throws {
        let store = try await Self.store(20)
        for start in [21, 3] as [Int64] {
            if start == 3 { try await store.pruneEvents(before: 10) }
            var stream = Self.stream(try Self.pages(store), after: start)
            _ = try await stream.next()
            #expect(try await stream.next() == "event: lost\ndata:\n\n")
            #expect(try await stream.next() == nil)
        }
    }

    @Test("Counts of refusals come when they change, without an id")
    func streamedRefusals() async throws {
        let count = JoinRefusalCount()
        var stream = Self.stream(try Self.pages(InMemoryJoinStore(), count), after: 0)
        _ = try await stream.next()
        let first = try #require(try await stream.next())
        #expect(first.hasPrefix("event: refusals\ndata: ") && first.contains("Nobody was refused"))
        #expect(try await stream.next() == ": nothing new\n\n")
        count.count(.refused(.roomClosed))
        let second = try #require(try await stream.next())
        #expect(second.contains("open") && Self.ids(second).isEmpty)
    }

    @Test("At most 16 listen, and the place of one who has gone is free")
    func seats() {
        let listeners = ListenerCount()
        var seats = (0..<16).map { _ in listeners.seat() }
        #expect(seats.allSatisfy { $0 != nil } && listeners.seat() == nil)
        seats[3] = nil
        #expect(listeners.seat() != nil)
    }

    // MARK: Over a socket

    private static var fast: JoinConsoleOptions {
        var options = JoinConsoleOptions()
        options.interval = .milliseconds(1)
        return options
    }

    @Test("A join is seen while it is listened, and a browser that comes back with its last id misses nothing")
    func live() async throws {
        let store = try await Fixture.store()
        let start = try await Int(store.endOfEvents().sequence)
        try await LiveConsole.with(store, options: Self.fast) { console in
            try await console.listen(
                after: start,
                [
                    (
                        "retry: 2000",
                        { text in
                            let head = text.lowercased()
                            #expect(head.hasPrefix("http/1.1 200 "))
                            #expect(head.contains("content-type: text/event-stream\r\n"))
                            #expect(head.contains("cache-control: no-store\r\n"))
                            let request = JoinRequest(userID: "ann", token: Fixture.token, roomID: "served")
                            _ = try await JoinService(store: store, logger: .silent).join(request)
                        }
                    ), ("joined", { text in #expect(text.contains("id: \(start + 1)\n")) }),
                ]
            )
            for number in 1...3 { try await store.addUser(LivechatUser(id: LivechatUserID("new\(number)")), roles: []) }
            try await console.listen(
                after: 0,
                lastEventID: start + 1,
                [("new3", { #expect(Self.ids($0) == Array(start + 2...start + 4)) })]
            )
        }
    }

    @Test("The seventeenth listener is refused, and a place is free once one has gone")
    func limit() async throws {
        try await LiveConsole.with(Fixture.store(), options: Self.fast) { console in
            func listen(_ rest: Int) async throws {
                let step: LiveConsole.Step = (
                    "retry: 2000",
                    { _ in
                        if rest > 1 { return try await listen(rest - 1) }
                        let refused = try await console.ask("/now/events?after=0")
                        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("16 browsers follow the log"))
                        #expect(
                            try await console.ask("/now").hasPrefix("HTTP/1.1 200 "),
                            "pages are shown all the same"
                        )
                    }
                )
                try await console.listen(after: 0, [step])
            }
            try await listen(16)
            // The server learns in its own time that they have gone.
            var isFree = false
            while !isFree {
                try await console.listen(after: 0, [("HTTP/1.1 ", { isFree = $0.hasPrefix("HTTP/1.1 200 ") })])
            }
        }
    }

    @Test("Somebody who listens does not keep the host from stopping")
    func stop() async throws {
        try await LiveConsole.with(Fixture.store(), options: Self.fast) { console in
            try await console.listen(
                after: 0,
                toEnd: true,
                [("retry: 2000", { _ in await console.group.triggerGracefulShutdown() })]
            )
        }
    }

    @Test("Without a cursor there is no stream", arguments: ["", "?after=", "?after=x", "?after=-1"])
    func noCursor(_ query: String) async throws {
        try await Console.with(Fixture.store()) { console in
            let response = try await console.ask("/now/events" + query)
            #expect(response.status.code == 400)
        }
    }
}
#endif
