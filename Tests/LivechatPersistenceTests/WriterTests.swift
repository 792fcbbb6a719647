import Dispatch
import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Synchronization
import Testing

@testable import LivechatPersistence

@Suite("The writer: one thread, shared commits (C7)", .serialized, .timeLimit(.minutes(10)))
struct WriterTests {
    /// Keeps the writer busy, so that work gathers behind it.
    private final class Blocker: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let waiting: Atomic<Int>

        /// - Parameter count: How many must have come before the writer goes on.
        init(until count: Int) { waiting = Atomic(count) }

        /// Returns once the writer is held.
        func hold(_ database: JoinDatabase) async {
            let (held, hold) = AsyncStream.makeStream(of: Void.self)
            Task {
                try await database.writer.write { _ in
                    hold.yield()
                    self.gate.wait()
                }
            }
            for await _ in held { break }
        }

        func come() {
            if waiting.subtract(1, ordering: .relaxed).newValue == 0 { gate.signal() }
        }
    }

    private struct Refused: Error, Equatable {
        let number: Int
    }

    private static func crowd(_ count: Int) -> String {
        let users = (0..<count).map { number in
            #"{"id":"u\#(number)","roles":["livechat-agent"],"#
                + #""tokens":[{"token":"raw-u\#(number)","createdAt":"2026-01-01T00:00:00Z"}]}"#
        }
        return #"{"settings":{"previewRoom":true},"rooms":[{"id":"r","inquiry":{"status":"queued"}}],"users":["#
            + users.joined(separator: ",") + "]}"
    }

    @Test("Hundreds of joins, each asked for twice, share commits; each is answered and counted once")
    func crowd() async throws {
        let count = 300
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: Self.crowd(count))
        // Nothing may restart the log while its transactions are counted.
        try await database.writer.write { try $0.connection.execute("PRAGMA wal_autocheckpoint = 0") }
        let before = try temporary.loggedCommits()
        let blocker = Blocker(until: 2 * count)
        await blocker.hold(database)
        let outcomes = try await withThrowingTaskGroup(of: JoinOutcome.self) { group in
            for number in 0..<2 * count {
                group.addTask {
                    let store = InterposedJoinStore(database) { _ in blocker.come() }
                    return try await store.join("u\(number / 2)", "r")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .joined(.queuedInPublic) } == count)
        #expect(outcomes.count { $0 == .alreadyMember } == count)
        let commits = try temporary.loggedCommits() - before
        #expect((1..<count / 4).contains(commits), "\(commits) commits for \(count) joins")
        #expect(try temporary.rows("SELECT count(*) FROM livechat_membership") == [["\(count)"]])
        #expect(try temporary.rows("SELECT user FROM livechat_membership").count == count)
        #expect(try await database.events(after: 1).map(\.sequence) == (2...Int64(count) + 1).map(\.self))
        await database.close()
    }

    @Test("A job that throws fails alone and leaves no trace among its neighbours")
    func neighbours() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let count = 60
        let blocker = Blocker(until: count)
        await blocker.hold(database)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    blocker.come()
                    let result = await Result {
                        try await database.writer.write { session in
                            try session.connection.execute("INSERT INTO livechat_user (id) VALUES ('u\(number)')")
                            if number % 3 == 0 { throw Refused(number: number) }
                            return number
                        }
                    }
                    switch result {
                    case .success(let answer): #expect(answer == number && number % 3 != 0)
                    case .failure(let error): #expect(error as? Refused == Refused(number: number))
                    }
                }
            }
        }
        let kept = (0..<count).filter { $0 % 3 != 0 }.map { "u\($0)" }
        #expect(Set(try temporary.rows("SELECT id FROM livechat_user").map { $0[0] }) == Set(kept))
        await database.close()
    }

    @Test("A job that costs SQLite the whole transaction fails alone; its neighbours run once more")
    func lostTransaction() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let count = 40
        let blocker = Blocker(until: count)
        let wasLost = Flag()
        await blocker.hold(database)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    blocker.come()
                    let result = await Result {
                        try await database.writer.write { session in
                            try session.connection.execute("INSERT INTO livechat_user (id) VALUES ('u\(number)')")
                            guard number == count / 2 else { return }
                            let pages = try session.connection.integer("PRAGMA page_count") ?? 0
                            try session.connection.execute("PRAGMA max_page_count = \(pages)")
                            defer { try? session.connection.execute("PRAGMA max_page_count = 1073741823") }
                            do {
                                try session.connection.execute(
                                    "INSERT INTO livechat_room (id, visitor_token) VALUES ('fat', hex(zeroblob(1000000)))"
                                )
                            } catch {
                                if session.hasLostTransaction { wasLost.raise() }
                                throw error
                            }
                        }
                    }
                    switch result {
                    case .success: #expect(number != count / 2)
                    case .failure(let error):
                        #expect(number == count / 2)
                        #expect((error as? LivechatStoreError)?.code == .diskFull)
                        #expect("\(error)".hasPrefix("the disk is full: "))
                    }
                }
            }
        }
        #expect(wasLost.isRaised, "SQLite kept the transaction, so nothing was tested")
        let kept = (0..<count).filter { $0 != count / 2 }.map { "u\($0)" }
        #expect(Set(try temporary.rows("SELECT id FROM livechat_user").map { $0[0] }) == Set(kept))
        #expect(try temporary.rows("SELECT id FROM livechat_user").count == kept.count)
        await database.close()
    }

    @Test("Many jobs that roll the transaction back, as a host's trigger can, fail alone (C17)")
    func manyLost() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        try temporary.execute(
            """
            CREATE TRIGGER host AFTER INSERT ON livechat_user WHEN new.username = 'bad' BEGIN
                SELECT RAISE(ROLLBACK, 'not this one');
            END
            """
        )
        let count = 60
        let blocker = Blocker(until: count)
        await blocker.hold(database)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    blocker.come()
                    let user = LivechatUser(id: id("u\(number)"), username: number % 3 == 0 ? "bad" : nil)
                    let result = await Result { try await database.addUser(user) }
                    switch result {
                    case .success: #expect(number % 3 != 0)
                    case .failure(let error): #expect(number % 3 == 0 && "\(error)".contains("not this one"))
                    }
                }
            }
        }
        #expect(try temporary.rows("SELECT id FROM livechat_user").count == count - count / 3)
        await database.close()
    }

    @Test("A job that cannot be undone alone costs the transaction, and leaves no trace either")
    func lostSavepoint() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let blocker = Blocker(until: 10)
        await blocker.hold(database)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    blocker.come()
                    let result = await Result {
                        try await database.writer.write { session in
                            try session.connection.execute("INSERT INTO livechat_user (id) VALUES ('u\(number)')")
                            guard number == 5 else { return }
                            try session.connection.execute("RELEASE job")
                            throw Refused(number: number)
                        }
                    }
                    if case .failure(let error) = result { #expect(error as? Refused == Refused(number: 5)) }
                }
            }
        }
        let kept = (0..<10).filter { $0 != 5 }.map { ["u\($0)"] }
        #expect(try temporary.rows("SELECT id FROM livechat_user ORDER BY id") == kept)
        await database.close()
    }

    @Test("Closing finishes what is queued, then every call is refused")
    func closing() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let gate = DispatchSemaphore(value: 0)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let holding = Task {
            try await database.writer.write { _ in
                start.yield()
                gate.wait()
            }
        }
        for await _ in started { break }
        // The main actor takes its work in turn: when the second piece has run, the first waits behind the writer.
        let queued = Task { @MainActor in try await database.setUser(id("agent"), username: "last") }
        let closing = await MainActor.run { Task { @MainActor in await database.close() } }
        await MainActor.run { _ = gate.signal() }
        try await holding.value
        try await queued.value
        await closing.value
        await database.close()
        #expect(try temporary.files().keys.sorted() == ["chat.db"], "the log was not taken into the file")
        #expect(try temporary.rows("SELECT username FROM livechat_user WHERE id = 'agent'") == [["last"]])
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await database.dump() },
            { try await database.dump { _ in } },
            { _ = try await database.events(after: 0, kinds: [.joined]) },
            { try await database.checkHealth() },
            { try await database.load(fixture: Array("{}".utf8)) },
            { try await database.addUser(LivechatUser(id: id("x"))) },
            { _ = try await database.issueToken(for: id("agent")) },
            { try await database.closeRoom(id("served")) },
            { _ = try await database.decide(JoinQuery(userID: nil)) { _ in 1 } },
            { _ = try await database.admit(JoinQuery(userID: nil)) { _ in .refused(.noAccess()) } },
        ]
        for call in calls {
            let error = await #expect(throws: LivechatStoreError.self) { try await call() }
            #expect(error?.code == .closed)
            #expect(error?.description == "the database has been closed")
        }
        let failure = await #expect(throws: JoinFailure.self) { _ = try await database.join("agent", "served") }
        #expect(failure?.code == .storeUnavailable)
    }

    @Test("A write lock that another holds for too long is an error; reads go on, and it passes")
    func busy() async throws {
        let temporary = try TemporaryDatabase()
        _ = try await temporary.openWorld()
        let database = try temporary.open { $0.busyTimeout = .milliseconds(20) }
        let other = try temporary.connect()
        try other.execute("BEGIN IMMEDIATE; UPDATE livechat_user SET username = 'held'")
        let message = "\(temporary.path) is locked by another process: wait for it to end, or end it, and try again"
        let calls: [@Sendable () async throws -> Void] = [
            { try await database.setUser(id("agent"), username: "x") },
            { try await database.load(fixture: Array("{}".utf8)) },
            { _ = try await database.admit(JoinQuery(userID: nil)) { _ in .refused(.noAccess()) } },
        ]
        for call in calls {
            let error = await #expect(throws: LivechatStoreError.self) { try await call() }
            #expect(error?.code == .busy)
            #expect(error?.description == message)
        }
        let failure = await #expect(throws: JoinFailure.self) { _ = try await database.join("agent", "served") }
        #expect((failure?.cause as? LivechatStoreError)?.code == .busy)
        #expect(try await database.join("agent", "joined") == .alreadyMember)
        #expect(try await DryRunStore(database).join("agent", "served") == .joined(.serving))
        try other.execute("ROLLBACK")
        #expect(try await database.join("agent", "served") == .joined(.serving))
        await database.close()
    }

    @Test("The time that a write waits for another's lock counts from when it is asked for, not from its turn")
    func deadline() async throws {
        let temporary = try TemporaryDatabase()
        let timeout = Duration.seconds(3)
        let database = try temporary.open { $0.busyTimeout = timeout }
        let other = try temporary.connect()
        try other.execute("BEGIN IMMEDIATE")
        // The first one has a transaction of its own, so the second waits for its turn as well as for the lock.
        let ends = await withTaskGroup(of: ContinuousClock.Instant.self) { group in
            for isAlone in [true, false] {
                group.addTask {
                    let error = await #expect(throws: LivechatStoreError.self) {
                        try await database.writer.write(isAlone: isAlone) { _ in }
                    }
                    #expect(error?.code == .busy)
                    return .now
                }
            }
            return await group.reduce(into: []) { ends, end in ends.append(end) }.sorted()
        }
        // Did its time begin with its turn, it would end that much later than the first.
        #expect(ends[0].duration(to: ends[1]) < timeout)
        try other.execute("ROLLBACK")
        try await database.writer.write { _ in }
        await database.close()
    }

    @Test("A process that always writes leaves the others their turn")
    func turns() async throws {
        let temporary = try TemporaryDatabase()
        let greedy = try temporary.open()
        let patient = try temporary.open { $0.busyTimeout = .seconds(1) }
        let isDone = Flag()
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 {
                group.addTask {
                    // While one of them has the lock, the other waits for its turn: there is always a next one.
                    while !isDone.isRaised {
                        try await greedy.writer.write(isAlone: true) { _ in
                            let start = ContinuousClock.now
                            while start.duration(to: .now) < .milliseconds(20) {}
                        }
                    }
                }
            }
            defer { isDone.raise() }
            for _ in 0..<10 { try await patient.writer.write { _ in } }
            isDone.raise()
            try await group.waitForAll()
        }
        await greedy.close()
        await patient.close()
    }
}

extension Result where Failure == any Error {
    /// What asynchronous work came to.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
