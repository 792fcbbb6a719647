import Foundation
import LivechatJoin
import LivechatPersistence
import Synchronization

/// Something that the engine does while calls beneath it fail.
struct Scenario: Sendable {
    let name: String
    let run: @Sendable (Attempt) async throws -> Void

    static let all = [
        open, recover, migrate, decide, join, group, load, dump, events, checkpoint, backup, check, close,
    ]

    private static let open = Scenario(name: "open") { attempt in
        try attempt.stand.reset()
        let database = try await attempt.faulty { try attempt.stand.open(mapped: attempt.mapped) }
        await database?.close()
    }

    /// Opens the files of a program that was killed: two joins are in the log only.
    private static let recover = Scenario(name: "recover") { attempt in
        try attempt.stand.reset()
        let killed = try attempt.stand.open(mapped: attempt.mapped)
        for user in ["u0", "u1"] { try await attempt.join(user, Door(killed)) }
        let log = URL(filePath: attempt.stand.path + "-wal")
        let bytes = try Data(contentsOf: log)
        await killed.close()
        try attempt.stand.reset()
        try bytes.write(to: log)
        let database = try await attempt.faulty { try attempt.stand.open(mapped: attempt.mapped) }
        await database?.close()
        try await attempt.checkFile()
    }

    private static let migrate = Scenario(name: "migrate") { attempt in
        try attempt.stand.clear()
        _ = try await attempt.faulty { try JoinDatabase.migrate(path: attempt.stand.path) }
        let database = try attempt.stand.open(mapped: attempt.mapped)
        try await database.load(fixture: Array(Stand.fixture.utf8))
        await database.close()
    }

    /// Opens a database that is well, lets work fail on it, and asks it again afterwards.
    static func withOpen(
        _ name: String,
        logBytes: Int? = nil,
        _ body: @escaping @Sendable (Attempt, JoinDatabase) async throws -> Void
    ) -> Scenario {
        Scenario(name: name) { attempt in
            try attempt.stand.reset()
            let database = try attempt.stand.open(mapped: attempt.mapped, logBytes: logBytes)
            // A reader that has been asked keeps its snapshot; one that has not begins with the fault.
            if attempt.nth % 3 != 0 { _ = try await Door(database).askForRefusals() }
            do {
                try await body(attempt, database)
                try await attempt.checkOpen(database)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
            try await attempt.checkFile()
        }
    }

    private static let decide = withOpen("decide") { attempt, database in
        let door = Door(attempt.around(database))
        for _ in 0..<2 {
            guard let errors = try await attempt.faulty({ try await door.askForRefusals() }) else { continue }
            attempt.noteErrors(errors)
            // A snapshot that is kept needs nothing of the file: a commit in between has the next question take one.
            if try await Door(database).join("u37") { attempt.note("u37", true) }
        }
    }

    private static let join = withOpen("join") { attempt, database in
        let door = Door(attempt.around(database))
        _ = try await attempt.faulty {
            for user in ["u0", "u1"] { try await attempt.join(user, door) }
        }
    }

    private static let group = withOpen("group commit") { attempt, database in
        let crowd = (0..<8).map { "u\($0)" }
        let gate = Gate(count: crowd.count)
        let door = Door(gate.around(attempt.around(database)))
        let blocker = Task { try await gate.hold(database) }
        await gate.isHeld()
        _ = try await attempt.faulty {
            let answers = await withTaskGroup(of: (String, Result<Bool, any Error>).self) { group in
                for user in crowd {
                    group.addTask {
                        defer { gate.come(user) }
                        do { return (user, .success(try await door.join(user))) } catch {
                            return (user, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (user, answer) in answers {
                switch answer {
                case .success(let hasJoined): attempt.note(user, hasJoined)
                case .failure(let error): try attempt.noteFailure(of: user, error)
                }
            }
        }
        _ = try? await blocker.value
        attempt.isSplit = !attempt.joined.isEmpty && !attempt.failed.isEmpty
    }

    private static let load = withOpen("load") { attempt, database in
        let more = (0..<30).map { Stand.user("v\($0)", roles: #""livechat-manager""#) }.joined(separator: ",")
        let document = #"{"users":[\#(more)],"departments":[{"id":"d","agents":["v1","v2"]}]}"#
        let isLoaded = try await attempt.faulty { try await database.load(fixture: Array(document.utf8)) } != nil
        attempt.afterRestart = { [unowned attempt] database in
            let dump = String(decoding: try await database.dump(), as: UTF8.self)
            let parts = [#""v0""#, #""v29""#, #"{"id": "d""#].count { dump.contains($0) }
            let isRight = isLoaded ? parts == 3 : parts == 0 || parts == 3 && attempt.hasStopped
            guard isRight else {
                throw WrongAnswer("a load that \(isLoaded ? "worked" : "failed") has left \(parts) of 3")
            }
        }
        // After a failed sync the database answers only once it has been opened again.
        if isLoaded || !attempt.fault.failsSyncs { try await attempt.afterRestart?(database) }
    }

    private static let dump = withOpen("dump") { attempt, database in
        let right = try await database.dump()
        guard let dumped = try await attempt.faulty({ try await database.dump() }) else { return }
        guard dumped == right else { throw WrongAnswer("a dump that worked is not the whole") }
    }

    private static let events = withOpen("events") { attempt, database in
        let door = Door(database)
        for user in ["u0", "u1", "u2"] { try await attempt.join(user, door) }
        let right = try await database.events(after: 0, kinds: [.joined])
        if let events = try await attempt.faulty({ try await database.events(after: 0, kinds: [.joined]) }) {
            guard events == right, right.count == 3 else { throw WrongAnswer("an event is missing or not right") }
        }
        _ = try await attempt.faulty { try await database.checkHealth() }
    }

    private static let checkpoint = withOpen("checkpoint", logBytes: 16_384) { attempt, database in
        let door = Door(attempt.around(database))
        _ = try await attempt.faulty {
            for number in 0..<16 { try await attempt.join("u\(number)", door) }
        }
    }

    private static let close = Scenario(name: "close") { attempt in
        try attempt.stand.reset()
        let database = try attempt.stand.open(mapped: attempt.mapped)
        let door = Door(attempt.around(database))
        for user in ["u0", "u1", "u2"] { try await attempt.join(user, door) }
        _ = try await attempt.faulty { await database.close() }
        try await attempt.checkFile()
    }
}
