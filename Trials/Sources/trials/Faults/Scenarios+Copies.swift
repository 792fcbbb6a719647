import Foundation
import LivechatPersistence
import LivechatSQLite

extension Scenario {
    static let backup = withOpen("backup") { attempt, database in
        let door = Door(database)
        for user in ["u0", "u1"] { try await attempt.join(user, door) }
        let right = try await database.dump()
        attempt.syncsCopiesOnly = true
        let copy = attempt.stand.folder + "/copy.db"
        let before = try files(attempt.stand)
        if (try await attempt.faulty { try await database.backup(to: copy) }) == nil {
            guard try files(attempt.stand) == before else {
                throw WrongAnswer("a backup that failed has left something: \(try files(attempt.stand))")
            }
        } else {
            guard try files(attempt.stand).subtracting(before) == ["copy.db"] else {
                throw WrongAnswer("a backup has left more than itself: \(try files(attempt.stand))")
            }
            guard try await Ledger(copy).members == ["u0", "u1"] else { throw WrongAnswer("a backup is not the whole") }
            // A copy that kept its log would make files beside it wherever it is looked at.
            guard try Data(contentsOf: URL(filePath: copy))[18...19] == Data([1, 1]) else {
                throw WrongAnswer("a backup keeps its write-ahead log")
            }
            let copied = try JoinDatabase(path: copy, options: Stand.options(mapped: false))
            let dump = try await copied.dump()
            await copied.close()
            guard dump == right else { throw WrongAnswer("a backup is not the whole") }
        }
    }

    static let check = withOpen("check") { attempt, database in
        let door = Door(database)
        for user in ["u0", "u1"] { try await attempt.join(user, door) }
        let right = try await JoinDatabase.check(path: attempt.stand.path)
        let found = try await attempt.faulty { try await JoinDatabase.check(path: attempt.stand.path) }
        guard let wrong = found?.filter({ !right.contains($0) }), !wrong.isEmpty else { return }
        // SQLite tells of a page that cannot be read among what is wrong with a file, and it may well be.
        guard attempt.fault == .read, wrong.allSatisfy({ $0.subject == "integrity" }) else {
            throw WrongAnswer("a check found something: \(wrong)")
        }
        attempt.noteErrors(1)
    }

    private static func files(_ stand: Stand) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: stand.folder))
    }
}
