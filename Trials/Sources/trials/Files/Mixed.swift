import Foundation
import LivechatSQLite

/// Files of two databases put together.
struct Mixed {
    let stock: String

    func run() throws -> [Tally] { try [index(), log()] }

    /// The index says nothing that the log does not: whoever comes first makes it anew.
    private func index() throws -> Tally {
        let (folder, path, other) = try twoKilled()
        try put(other + "-shm", path + "-shm")
        let server = try Server(database: path)
        // A member already: the join that the log has kept.
        try Stop.requireStatus(server, House.request(Pair(user: 0, room: 0)), 200, "a member")
        guard server.stop() == 0 else { throw TrialFailure("it did not stop") }
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
        guard try connection.text("PRAGMA integrity_check") == "ok",
            try connection.integer("SELECT count(*) FROM livechat_event") == 1
        else { throw TrialFailure("the index of another database did harm") }
        _ = folder
        return Tally("the -shm of another database", 1, "made anew from the log, nothing lost")
    }

    /// A log has no mark of its database: SQLite takes it for this one's, and the pages in it for newer ones.
    private func log() throws -> Tally {
        let (folder, path, other) = try twoKilled()
        try put(other + "-wal", path + "-wal")
        defer { _ = folder }
        let said: String
        do {
            let server = try Server(database: path)
            for pair in [Pair(user: 6, room: 0), Pair(user: 7, room: 0), Pair(user: 0, room: 3)] {
                let client = try Client(port: server.port)
                try client.send(House.request(pair))
                guard let answer = try client.next(), answer.status != 200 else {
                    throw TrialFailure("\(pair) was let in")
                }
            }
            server.kill()
            let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 10_000))
            let verdict = (try? connection.text("PRAGMA integrity_check")) ?? "it cannot be read"
            said = verdict == "ok" ? "nothing tells" : "integrity_check finds it"
        } catch let failure as TrialFailure where failure.description.contains("is damaged") {
            said = "the server does not start and says that the file is damaged"
        }
        return Tally("the -wal of another database", 1, "SQLite takes it for its own: \(said); nobody let in wrongly")
    }

    /// Two databases with the logs of killed servers.
    private func twoKilled() throws -> (TemporaryFolder, String, String) {
        let folder = try TemporaryFolder()
        let path = try Files.copy(stock, folder)
        let other = folder.file("other.db")
        let fixture = folder.file("other.json")
        try Data(House(users: 50, rooms: 60).fixture.utf8).write(to: URL(filePath: fixture))
        for arguments in [["migrate"], ["load", fixture]] {
            let result = try CommandResult.livechatJoin(arguments + ["--database", other])
            guard result.status == 0 else { throw TrialFailure(result.errors) }
        }
        for database in [path, other] { try Files.leaveLog(database) }
        return (folder, path, other)
    }

    private func put(_ source: String, _ target: String) throws {
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: source, toPath: target)
    }
}
