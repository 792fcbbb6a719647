#if HTTP
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@Suite("A service that deals with events")
struct EventServiceTests {
    private static func join(_ rooms: String..., in store: InMemoryJoinStore) async throws {
        for room in rooms {
            let request = JoinRequest(userID: "ann", token: Fixture.token, roomID: room)
            #expect(try await JoinService(store: store).join(request) == .joined(.serving))
        }
    }

    /// Runs the service until it has dealt with as many events, then shuts it down.
    private static func dealtWith(
        _ count: Int,
        after cursor: @autoclosure @escaping @Sendable () -> JoinEvent.Cursor,
        _ store: InMemoryJoinStore,
        logger: Logger = Logger(label: "events"),
        _ meanwhile: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) async throws -> [JoinEvent] {
        let (events, continuation) = AsyncStream.makeStream(of: JoinEvent.self)
        let service = JoinEventService(
            store,
            kinds: [.joined],
            logger: logger,
            after: cursor,
            handle: { event in continuation.yield(event) }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "events"))
        async let run: Void = group.run()
        var dealt: [JoinEvent] = []
        for await event in events {
            dealt.append(event)
            try await meanwhile(dealt.count)
            if dealt.count == count { break }
        }
        await group.triggerGracefulShutdown()
        try await run
        return dealt
    }

    @Test("Each event once and in order, those that come later too, and a shutdown ends it without an error")
    func follows() async throws {
        let store = try await Fixture.store()
        try await Self.join("served", "other", in: store)
        let dealt = try await Self.dealtWith(3, after: 0, store) { count in
            if count == 2 { try await Self.join("ruled", in: store) }
        }
        #expect(dealt.map(\.roomID) == ["served", "other", "ruled"])
        let first = dealt[0].sequence
        #expect(dealt.map { $0.sequence - first } == [0, 1, 2])
        try await Self.join("Zoë & co/100%+1", in: store)
        let afterwards = try await Self.dealtWith(1, after: dealt[2].cursor, store)
        #expect(afterwards.map { $0.sequence - first } == [3])
    }

    @Test("Where a restore has brought back another cursor, it goes on from that one")
    func restored() async throws {
        let store = try await Fixture.store()
        try await Self.join("served", "other", in: store)
        let isRestored = Mutex(false)
        @Sendable func stored() -> JoinEvent.Cursor {
            isRestored.withLock { isRestored in
                defer { isRestored = true }
                return isRestored ? 0 : JoinEvent.Cursor(log: "before", sequence: 7)
            }
        }
        let journal = Journal(logLevel: .notice)
        let logger = Logger(label: "test") { _ in journal }
        let dealt = try await Self.dealtWith(2, after: stored(), store, logger: logger)
        #expect(dealt.map(\.roomID) == ["served", "other"])
        let line = try #require(journal.lines.all.withLock { $0 }.first)
        #expect(line.hasPrefix("reading on from the stored cursor") && line.contains("is of another event log"))
    }

    @Test("A stored cursor behind skipped events is good after they are removed; that of the last event is not")
    func skipped() async throws {
        let store = try await Fixture.store()
        try await Self.join("served", in: store)
        let joined = try await store.endOfEvents()
        try await store.closeRoom("other")
        let (cursors, continuation) = AsyncStream.makeStream(of: JoinEvent.Cursor.self)
        let service = JoinEventService(
            store,
            kinds: [.joined],
            after: { joined },
            skipped: { cursor in continuation.yield(cursor) },
            handle: { event in Issue.record("\(event.json) was handled before") }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "events"))
        async let run: Void = group.run()
        var iterator = cursors.makeAsyncIterator()
        let stored = try #require(await iterator.next())
        await group.triggerGracefulShutdown()
        try await run
        try await store.pruneEvents(before: JoinEvent.Cursor(sequence: stored.sequence + 1))
        #expect(try await store.events(after: stored, kinds: [.joined]) == [])
        let error = await #expect(throws: LivechatStoreError.self) { try await store.events(after: joined) }
        #expect(error?.code == .invalidCursor)
    }

    /// A log whose database is away for the first calls.
    private final class AwayLog: JoinEventLog {
        private let store: InMemoryJoinStore
        private let failures: Mutex<[LivechatStoreError.Code]>

        init(_ store: InMemoryJoinStore, _ failures: [LivechatStoreError.Code]) {
            self.store = store
            self.failures = Mutex(failures)
        }

        func eventPage(
            after cursor: JoinEvent.Cursor,
            limit: Int,
            kinds: Set<JoinEvent.Kind>?
        ) async throws(LivechatStoreError) -> JoinEventPage {
            if let code = failures.withLock({ $0.popLast() }) { throw LivechatStoreError(code, "the server is away") }
            return try await store.eventPage(after: cursor, limit: limit, kinds: kinds)
        }
    }

    @Test("A database that is away, as in a failover, does not end it")
    func away() async throws {
        let store = try await Fixture.store()
        try await Self.join("served", in: store)
        let (events, continuation) = AsyncStream.makeStream(of: JoinEvent.self)
        let service = JoinEventService(
            AwayLog(store, [.storage, .schemaNewer]),
            kinds: [.joined],
            after: { 0 },
            handle: { event in continuation.yield(event) }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "events"))
        async let run: Void = group.run()
        #expect(await events.first { _ in true }?.roomID == "served")
        await group.triggerGracefulShutdown()
        try await run
    }

    @Test("A shutdown ends it while the database is away")
    func shutdownWhileAway() async throws {
        let service = JoinEventService(
            AwayLog(try await Fixture.store(), Array(repeating: .storage, count: 1_000)),
            after: { 0 },
            handle: { _ in Issue.record("there is no event to deal with") }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "events"))
        async let run: Void = group.run()
        await group.triggerGracefulShutdown()
        try await run
    }

    @Test("What the host throws ends it with that error")
    func throwing() async throws {
        struct Oops: Error {}
        let store = try await Fixture.store()
        try await Self.join("served", in: store)
        let service = JoinEventService(store, after: { 0 }, handle: { _ in throw Oops() })
        await #expect(throws: Oops.self) { try await service.run() }
    }

    @Test("The cursor of another log is an error, not silence")
    func otherLog() async throws {
        let store = try await Fixture.store()
        let cursor = JoinEvent.Cursor(log: "other", sequence: 0)
        let service = JoinEventService(
            store,
            after: { cursor },
            handle: { _ in Issue.record("there is no event to deal with") }
        )
        let error = await #expect(throws: LivechatStoreError.self) { try await service.run() }
        #expect(error?.code == .invalidCursor)
    }
}
#endif
