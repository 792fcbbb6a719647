import LivechatJoin
import LivechatSQLite
import Synchronization
import Testing

@testable import LivechatPersistence

@Suite("Health, and decisions where another program keeps readers out")
struct HealthTests {
    private static let fixture = #"""
        {"users":[{"id":"ann","roles":["livechat-agent"],"tokens":[{"token":"tok-ann"}]}],
         "rooms":[{"id":"r1","servedBy":"ann"},{"id":"r2","servedBy":"ann"}]}
        """#

    private static func join(_ database: JoinDatabase, _ room: String) async -> Int {
        let request = JoinRequest(userID: "ann", token: "tok-ann", roomID: room)
        return await JoinService(store: database).respond(to: request).status
    }

    @Test(
        "A write that failed is unhealthy until one succeeds, or the health check's own does",
        .timeLimit(.minutes(1)),
        arguments: [true, false]
    )
    func lastWrite(_ joinsAgain: Bool) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.busyTimeout = .milliseconds(250) }
        try await database.load(fixture: Array(Self.fixture.utf8))
        let other = try temporary.connect()
        try other.execute("BEGIN IMMEDIATE")
        try await database.checkHealth()
        #expect(await Self.join(database, "r1") == 503)
        for _ in 0..<3 {
            let error = await #expect(throws: LivechatStoreError.self) { try await database.checkHealth() }
            #expect(error?.code == .busy)
        }
        try other.execute("ROLLBACK")
        if joinsAgain { #expect(await Self.join(database, "r1") == 200) }
        // The writer may still be at the probe that failed, and says so until it is done with it.
        while true {
            do throws(LivechatStoreError) {
                try await database.checkHealth()
                break
            } catch {
                try #require(error.code == .busy && !joinsAgain)
                await Task.yield()
            }
        }
        #expect(await Self.join(database, "r2") == 200)
        await database.close()
    }

    @Test("What a host's trigger or a wrong id keeps from being written is no failure of the file")
    func refusedWrite() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        try await database.load(fixture: Array(Self.fixture.utf8))
        try temporary.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON livechat_event BEGIN SELECT raise(ABORT, 'no'); END"
        )
        #expect(await Self.join(database, "r1") == 503)
        try await database.checkHealth()
        await database.close()
    }

    private static let locked = SQLiteError(code: 5, message: "database is locked")

    @Test("A decision that finds readers kept out leaves its thread, and asks again")
    func busy() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.busyTimeout = .seconds(3_600) }
        let attempts = Mutex(0)
        let decision = Task.immediate {
            try await database.decide(JoinQuery(userID: nil)) { _ in
                let attempt = attempts.withLock { attempts in
                    attempts += 1
                    return attempts
                }
                if attempt < 3 { throw Self.locked }
                return attempt
            }
        }
        // It has come back without an answer: it waits without this thread.
        #expect(attempts.withLock { $0 } < 3)
        #expect(try await decision.value == 3)
        await database.close()
    }

    @Test("It asks no longer than the busy timeout")
    func busyForLong() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.busyTimeout = .zero }
        let error = await #expect(throws: LivechatStoreError.self) {
            try await database.decide(JoinQuery(userID: nil)) { _ in throw Self.locked }
        }
        #expect(error?.code == .busy)
        await database.close()
    }
}
