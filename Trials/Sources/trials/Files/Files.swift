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
        let caught = try await onThread { try caughtOpenDoor(stock, context.random(4)) }
        let changed = try await onThread { try Changed(stock: stock).run(context) }
        return refused + [caught] + changed
    }

    /// A server that lets everybody in when it cannot read has to be caught, whatever has been done to its files, before
    /// a right one is believed.
    private static func caughtOpenDoor(_ stock: String, _ generator: SplitMix64) throws -> Tally {
        var random = generator
        let start = { (path: String) in try BrokenServer.start(path, .failingOpen) }
        for change in Changed.Change.allCases {
            do {
                try Changed(stock: stock).run(change, SplitMix64(seed: random.next()), start)
            } catch let failure as TrialFailure where failure.description.contains("200, not 503") { continue }
            throw TrialFailure("\(change.rawValue): a server that fails open is not caught")
        }
        return Tally(
            "the checker catches a server that lets everybody in when it cannot read",
            Changed.Change.allCases.count,
            "yes, after each of the changes below"
        )
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
