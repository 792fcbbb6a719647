import Foundation
import LivechatSQLite

/// Files that may not be written, and files that change under a running server.
enum Files {
    static let trial = Trial(
        "files",
        claim: "whatever is done to the files, nobody is let in who should not be, and an operator reads what to do"
    ) { context in
        let folder = try TemporaryFolder()
        let stock = folder.file("stock.db")
        try await House().make(at: stock)
        let refused = try await onThread { try Refused(stock: stock).run() }
        let changed = try await onThread { try Changed(stock: stock).run(context.count(short: 1, long: 20)) }
        let cut = try await onThread {
            var cut = Cut(stock: stock)
            return try cut.run(context)
        }
        let mixed = try await onThread { try Mixed(stock: stock).run() }
        return refused + changed + cut + mixed
    }

    static func copy(_ stock: String, _ folder: TemporaryFolder) throws -> String {
        let path = folder.file("chat.db")
        try FileManager.default.copyItem(atPath: stock, toPath: path)
        return path
    }

    /// Makes a database whose log a killed program has left beside it, with one join in the log.
    static func leaveLog(_ path: String) throws {
        let server = try Server(database: path)
        try Stop.requireStatus(server, House.request(Pair(user: 0, room: 0)), 200, "a join")
        server.kill()
    }
}
