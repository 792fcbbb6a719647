import Foundation
import LivechatSQLite

/// Commands that are killed while they change a database.
enum KillCommands {
    /// Kills `migrate` on a new file; the next one has to do what is left.
    static func migration(_ random: inout SplitMix64) async throws {
        let moment = Double.random(in: 0...60, using: &random)
        try await onThread {
            let folder = try TemporaryFolder()
            let path = folder.file("chat.db")
            try kill(["migrate", "--database", path], after: moment)
            let again = try CommandResult.livechatJoin(["migrate", "--database", path])
            guard again.status == 0 else { throw TrialFailure("migrate again: \(again.errors)") }
            let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
            guard try connection.text("PRAGMA integrity_check") == "ok",
                try connection.integer("SELECT count(*) FROM livechat_role") == 13,
                try connection.integer("SELECT count(*) FROM livechat_setting") == 1
            else { throw TrialFailure("the migrated database is not whole") }
        }
    }

    /// Kills `load`; all of it is there afterwards or nothing.
    static func load(_ random: inout SplitMix64) async throws {
        let moment = Double.random(in: 0...250, using: &random)
        let house = House(users: 400, rooms: 400)
        try await onThread {
            let folder = try TemporaryFolder()
            let path = folder.file("chat.db")
            let fixture = folder.file("fixture.json")
            try Data(house.fixture.utf8).write(to: URL(filePath: fixture))
            let migrated = try CommandResult.livechatJoin(["migrate", "--database", path])
            guard migrated.status == 0 else { throw TrialFailure("migrate: \(migrated.errors)") }
            try kill(["load", fixture, "--database", path], after: moment)
            let left = try counts(path)
            guard left == [0, 0, 0, 0] || left == [400, 400, 400, 300] else {
                throw TrialFailure("half a load is there: \(left)")
            }
            let again = try CommandResult.livechatJoin(["load", fixture, "--database", path])
            guard again.status == 0 else { throw TrialFailure("load again: \(again.errors)") }
            let whole = try counts(path)
            guard whole == [400, 400, 400, 300] else { throw TrialFailure("the second load left \(whole)") }
        }
    }

    private static func counts(_ path: String) throws -> [Int64] {
        let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 10_000))
        guard try connection.text("PRAGMA integrity_check") == "ok" else { throw TrialFailure("integrity_check") }
        return try ["user", "login_token", "room", "inquiry"].map { table in
            try connection.integer("SELECT count(*) FROM livechat_\(table)") ?? -1
        }
    }

    private static func kill(_ arguments: [String], after milliseconds: Double) throws {
        let process = try ChildProcess(ChildProcess.livechatJoin, arguments)
        pass(milliseconds: milliseconds)
        process.signal(SIGKILL)
        _ = process.wait()
    }
}
