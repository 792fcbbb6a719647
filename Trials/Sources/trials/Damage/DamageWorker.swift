import CTrials
import Foundation
import LivechatJoin
import LivechatPersistence

/// A process that opens what it is told to and says what it is answered: a letter for each request of the table.
enum DamageWorker {
    /// Swallows every failure of the store and lets people in: what a trial of damage has to catch.
    struct CredulousStore: JoinStore {
        let database: JoinDatabase

        func decide<Result: Sendable>(
            _ query: JoinQuery,
            _ evaluate: (any JoinFacts) throws -> Result
        ) async throws -> Result {
            do {
                return try await database.decide(query, evaluate)
            } catch {
                guard let allowed = JoinVerdict.allowed(.serving, at: WallClock.system.now) as? Result else {
                    throw error
                }
                return allowed
            }
        }

        func admit(
            _ query: JoinQuery,
            _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
        ) async throws -> JoinVerdict {
            do {
                return try await database.admit(query, evaluate)
            } catch {
                return .allowed(.serving, at: WallClock.system.now)
            }
        }
    }

    /// Lines are an order, how, and a path. `closed` has the files opened and asked; `open` does too, but says `open` and
    /// waits for a line before it asks.
    static func main(_ arguments: [String]) async throws {
        if arguments.first == "prepare" { return try await prepare(arguments[1]) }
        while let line = readLine() {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { throw TrialFailure("not an order: \(line)") }
            let answer = await answer(parts[2], staysOpen: parts[0] == "open", parts[1])
            try WorkerOutput.line(answer.replacing("\n", with: " "))
        }
    }

    private static func answer(_ path: String, staysOpen: Bool, _ how: String) async -> String {
        var options = JoinDatabase.Options()
        options.schema = .requireCurrent
        options.readers = 2
        options.busyTimeout = .seconds(2)
        if how == "unmapped" { options.mappedBytes = 0 }
        do {
            let database = try JoinDatabase(path: path, options: options)
            let store: any JoinStore = how == "credulous" ? CredulousStore(database: database) : database
            if staysOpen {
                // What is read once is in memory, which is where a running server has it.
                for request in DamageWorld.requests.prefix(4) { _ = await access(request, store) }
                try WorkerOutput.line("open")
                _ = readLine()
            }
            var letters = ""
            for request in DamageWorld.requests { letters += await join(request, store) }
            letters += " " + (await others(database))
            await database.close()
            return letters
        } catch {
            return "refused \(error)"
        }
    }

    private static func request(_ request: DamageWorld.Request) -> JoinRequest {
        JoinRequest(userID: request.user, token: request.token, roomID: request.room)
    }

    private static func access(_ asked: DamageWorld.Request, _ store: any JoinStore) async -> Bool {
        (try? await JoinService(store: store).access(request(asked))) != nil
    }

    /// `J` and `M` are admissions, `R` a refusal, `E` a failure.
    private static func join(_ asked: DamageWorld.Request, _ store: any JoinStore) async -> String {
        do {
            switch try await JoinService(store: store).join(request(asked)) {
            case .joined: return "J"
            case .alreadyMember: return "M"
            case .refused: return "R"
            }
        } catch {
            return "E"
        }
    }

    /// What else reads the file, for what it may trip over.
    private static func others(_ database: JoinDatabase) async -> String {
        var letters = ""
        letters += (try? await database.events(after: 0).map(\.json)) == nil ? "E" : "o"
        letters += (try? await database.dump()) == nil ? "E" : "o"
        letters += (try? await database.checkHealth()) == nil ? "E" : "o"
        return letters
    }

    /// Makes the files of a program that was killed: a database, and a log that nobody has written back.
    private static func prepare(_ path: String) async throws {
        var database = try JoinDatabase(path: path)
        try await database.load(fixture: Array(DamageWorld.fixture.utf8))
        await database.close()
        database = try JoinDatabase(path: path)
        let user = { (name: String) in UserID(stored: name) }
        for (name, room) in [("ann", "in-sales"), ("bea", "other")] {
            let request = JoinRequest(userID: name, token: name, roomID: room)
            _ = try await JoinService(store: database).join(request)
        }
        try await database.revokeTokens(of: user("rev"))
        try await database.withdraw(RoleID(stored: "livechat-agent"), from: user("wit"))
        try await database.setUser(user("dea"), isActive: false)
        try await database.setRoom(RoomID(stored: "shut"), isOpen: false)
        try await database.backup(to: path + ".copy")
        ctrials_exit(0)
    }
}
