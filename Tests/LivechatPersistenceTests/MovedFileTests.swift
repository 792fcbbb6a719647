import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatMigrations
import LivechatPersistence
import Testing

@Suite("Files that change under an open database", .serialized, .timeLimit(.minutes(10)))
struct MovedFileTests {
    /// What happens to the files while they are open.
    enum Change: String, CaseIterable {
        case replaced, deleted, logDeleted, indexDeleted, renamedAway

        func apply(_ path: String) throws {
            let files = FileManager.default
            switch self {
            case .replaced:
                _ = try JoinDatabase.migrate(path: path + ".new")
                // In one step, as a backup is put in place.
                guard unsafe rename(path + ".new", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            case .deleted: try files.removeItem(atPath: path)
            case .logDeleted: try files.removeItem(atPath: path + "-wal")
            case .indexDeleted: try files.removeItem(atPath: path + "-shm")
            case .renamedAway: try files.moveItem(atPath: path, toPath: path + ".old")
            }
        }
    }

    @Test("Nothing is written any more, and nothing decided on a new snapshot", arguments: Change.allCases)
    func moved(_ change: Change) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try change.apply(temporary.path)
        let write = await #expect(throws: LivechatStoreError.self) {
            try await database.addUser(LivechatUser(id: LivechatUserID("eve")))
        }
        #expect(write?.code == .moved)
        let health = await #expect(throws: LivechatStoreError.self) { try await database.checkHealth() }
        #expect(health?.code == .moved)
        let failure = await #expect(throws: JoinFailure.self) {
            _ = try await JoinService(store: database).join(JoinRequest(userID: "u", token: "t", roomID: "r"))
        }
        #expect(failure?.code == .storeUnavailable)
        await database.close()
    }

    @Test("A snapshot that is in use all the time notices too")
    func heldSnapshot() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try await database.checkHealth()
        try Change.deleted.apply(temporary.path)
        var error: LivechatStoreError?
        // Until it notices: no commit ends the snapshot, only the look that is taken now and then.
        while error == nil {
            do { try await database.checkHealth() } catch let thrown { error = thrown }
        }
        #expect(error?.code == .moved)
        await database.close()
    }

    @Test("A database behind a symbolic link is one like any other, and its log can be seen")
    func link() async throws {
        let temporary = try TemporaryDatabase()
        let link = temporary.path + ".link"
        _ = try JoinDatabase.migrate(path: temporary.path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: temporary.path)
        let database = try JoinDatabase(path: link)
        try await database.addUser(LivechatUser(id: LivechatUserID("eve")))
        try await database.checkHealth()
        #expect(database.logBytes > 0)
        try FileManager.default.removeItem(atPath: link)
        let error = await #expect(throws: LivechatStoreError.self) {
            try await database.addUser(LivechatUser(id: LivechatUserID("eva")))
        }
        #expect(error?.code == .moved)
        await database.close()
    }

    @Test("A log without its database is refused and kept", arguments: [true, false])
    func logWithoutDatabase(isMissing: Bool) async throws {
        let temporary = try TemporaryDatabase()
        let log = Data("what a killed program left".utf8)
        try log.write(to: URL(filePath: temporary.path + "-wal"))
        if !isMissing { try Data().write(to: URL(filePath: temporary.path)) }
        for schema in [JoinDatabase.Options.Schema.migrate, .requireCurrent] {
            let error = #expect(throws: LivechatStoreError.self) { _ = try temporary.open { $0.schema = schema } }
            #expect(error?.code == .logWithoutDatabase)
        }
        let error = #expect(throws: LivechatStoreError.self) { _ = try JoinDatabase.migrate(path: temporary.path) }
        #expect(error?.code == .logWithoutDatabase)
        #expect(try Data(contentsOf: URL(filePath: temporary.path + "-wal")) == log)
    }

    @Test("A newer schema is noticed by the next snapshot and the next write, and so is its going")
    func newerSchema() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try await database.checkHealth()
        let newer = Migration.all.count + 1
        try temporary.execute("INSERT INTO livechat_migration VALUES (\(newer), 'later.sql', 'ab', 0)")
        let expected =
            "\(temporary.path) has been brought to schema \(newer) while it was open, this program knows "
            + "\(Migration.all.count): start a program built with a newer livechat-join"
        let read = await #expect(throws: LivechatStoreError.self) { try await database.checkHealth() }
        #expect(read?.code == .schemaNewer)
        #expect(read?.description == expected)
        let write = await #expect(throws: LivechatStoreError.self) {
            try await database.addUser(LivechatUser(id: LivechatUserID("eve")))
        }
        #expect(write?.code == .schemaNewer)
        #expect(write?.description == expected)
        try temporary.execute("DELETE FROM livechat_migration WHERE version = \(newer)")
        try await database.checkHealth()
        try await database.addUser(LivechatUser(id: LivechatUserID("eve")))
        await database.close()
    }
}
