import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("A sequence of events")
struct EventSequenceTests {
    /// A log in which two kinds of events take turns.
    private struct Log: JoinEventLog {
        let count: Int64

        func eventPage(
            after cursor: JoinEvent.Cursor,
            limit: Int,
            kinds: Set<JoinEvent.Kind>?
        ) async throws(LivechatStoreError) -> JoinEventPage {
            let events = (1...max(1, count)).lazy.filter { $0 > cursor.sequence && $0 <= count }.map { sequence in
                JoinEvent(
                    sequence: sequence,
                    kind: sequence.isMultiple(of: 2) ? .joined : JoinEvent.Kind(rawValue: "other"),
                    at: LivechatTimestamp(milliseconds: sequence),
                    roomID: "r1",
                    userID: "u1",
                    log: "log"
                )
            }.filter { kinds?.contains($0.kind) != false }
            let end = JoinEvent.Cursor(log: "log", sequence: count)
            return JoinEventPage(Array(events.prefix(limit)), limit: limit, end: end)
        }
    }

    /// What is passed on up to the last event.
    private static func sequences(
        after cursor: JoinEvent.Cursor = 0,
        kinds: Set<JoinEvent.Kind>? = nil
    ) async throws -> [Int64] {
        let log = Log(count: 2_500)
        var sequences: [Int64] = []
        for try await event in log.eventSequence(after: cursor, kinds: kinds) {
            sequences.append(event.sequence)
            if event.sequence == log.count { break }
        }
        return sequences
    }

    @Test("Every event once, however many are read at a time")
    func all() async throws {
        #expect(try await Self.sequences() == Array(1...2_500))
        #expect(try await Self.sequences(after: 1_000) == Array(1_001...2_500))
    }

    @Test("Only the kinds that are asked for")
    func kinds() async throws {
        #expect(try await Self.sequences(kinds: [.joined]) == Array(stride(from: 2, through: 2_500, by: 2)))
    }

    @Test("It waits where there is none, and ends when its task is cancelled")
    func cancelled() async throws {
        let (dealt, continuation) = AsyncStream.makeStream(of: Int64.self)
        let reader = Task {
            for try await event in Log(count: 2).eventSequence(after: 0) { continuation.yield(event.sequence) }
        }
        var events = dealt.makeAsyncIterator()
        #expect(await events.next() == 1)
        #expect(await events.next() == 2)
        reader.cancel()
        try await reader.value
    }

    @Test("A cursor behind skipped events comes after every event before it, once, and is good when they are removed")
    func skips() async throws {
        let store = try await world()
        let start = try await store.endOfEvents()
        try await store.closeRoom("r1")
        try await store.openRoom("r1")
        #expect(try await service(store).join(request()) == .joined(.serving))
        try await store.closeRoom("r1")
        let (places, place) = AsyncStream.makeStream(of: [Int64].self)
        let reader = Task {
            let events = store.eventSequence(after: start, kinds: [.joined], every: .milliseconds(1)) { cursor in
                place.yield([0, cursor.sequence - start.sequence])
                #expect(cursor.log == start.log)
            }
            for try await event in events { place.yield([event.sequence - start.sequence]) }
        }
        var seen = places.makeAsyncIterator()
        #expect(await seen.next() == [3])
        #expect(await seen.next() == [0, 4])
        try await store.openRoom("r1")
        #expect(await seen.next() == [0, 5])
        reader.cancel()
        try await reader.value
    }

    /// A log with no event of the kind asked for, which notes the cursors that it is read with.
    private struct Watched: JoinEventLog {
        let log: Log
        let read: AsyncStream<JoinEvent.Cursor>.Continuation

        func eventPage(
            after cursor: JoinEvent.Cursor,
            limit: Int,
            kinds: Set<JoinEvent.Kind>?
        ) async throws(LivechatStoreError) -> JoinEventPage {
            read.yield(cursor)
            return try await log.eventPage(after: cursor, limit: limit, kinds: kinds)
        }
    }

    @Test("A reader of a kind that does not come goes on past the others, which may be removed then")
    func passes() async throws {
        let (cursors, read) = AsyncStream.makeStream(of: JoinEvent.Cursor.self)
        let log = Watched(log: Log(count: 2_500), read: read)
        let reader = Task {
            for try await event in log.eventSequence(after: 7, kinds: [.roomClosed], every: .milliseconds(1)) {
                Issue.record("\(event.json) was not asked for")
            }
        }
        let end = JoinEvent.Cursor(log: "log", sequence: 2_500)
        var seen: [JoinEvent.Cursor] = []
        for await cursor in cursors {
            seen.append(cursor)
            if seen.count == 3 { break }
        }
        #expect(seen == [7, end, end])
        reader.cancel()
        try await reader.value
    }

    @Test("An event that comes later is passed on")
    func later() async throws {
        let store = try await world()
        let start = try await store.endOfEvents()
        var events = store.eventSequence(after: start, every: .milliseconds(1)).makeAsyncIterator()
        #expect(try await service(store).join(request()) == .joined(.serving))
        let first = try #require(try await events.next())
        #expect(first.roomID == "r1")
        try await store.addRoom(LivechatRoom(id: "r2", servedBy: "u1"))
        async let next = Task { [store] in
            let sequence = store.eventSequence(after: first.cursor, kinds: [.joined], every: .milliseconds(1))
            var events = sequence.makeAsyncIterator()
            return try await events.next()?.roomID
        }.value
        #expect(try await service(store).join(request("roomId=r2")) == .joined(.serving))
        #expect(try await next == "r2")
    }
}
