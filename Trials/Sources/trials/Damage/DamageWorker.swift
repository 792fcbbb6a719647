import CTrials
import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence

/// A process that opens damaged files and says what it answers: a word for each request.
enum DamageWorker {
    private static let house = House(users: 16, rooms: 16)

    /// One request for each answer there is, and a few joins.
    private static let requests =
        [Pair(user: 0, room: 0), Pair(user: 1, room: 1), Pair(user: 2, room: 2), Pair(user: 8, room: 4)].map(request)
        + [Pair(user: 6, room: 0), Pair(user: 7, room: 0), Pair(user: 0, room: 3), Pair(user: 0, room: 5)].map(request)
        + [
            JoinRequest(userID: "user-0", token: "token-1", roomID: "room-0"),
            JoinRequest(userID: "user-0", token: "token-0", roomID: "room-99"),
        ]

    private static func request(_ pair: Pair) -> JoinRequest {
        JoinRequest(userID: "user-\(pair.user)", token: "token-\(pair.user)", roomID: "room-\(pair.room)")
    }

    /// The words for whole files.
    static let expected = "200 200 200 200 403 401 403 400 401 400"

    /// Reads orders, and asks a database for each of them.
    ///
    /// An order is a line of `mapped` or `unmapped`, `engine` or `trusting`, and a path. Once the files are open the
    /// worker says so and waits for a line before it asks.
    static func main(_ arguments: [String]) async throws {
        if arguments.first == "prepare" { return try await prepare(arguments[1]) }
        guard ctrials_count_errors() == 0 else { throw TrialFailure("SQLite does not log its errors") }
        while let line = readLine() {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { throw TrialFailure("not an order: \(line)") }
            let answer = await answer(parts[2], isMapped: parts[0] == "mapped", isTrusting: parts[1] == "trusting")
            try WorkerOutput.line(answer.replacing("\n", with: " "))
        }
    }

    private static func answer(_ path: String, isMapped: Bool, isTrusting: Bool) async -> String {
        var options = JoinDatabase.Options()
        options.schema = .requireCurrent
        options.readers = 2
        options.busyTimeout = .seconds(2)
        if !isMapped { options.mappedBytes = 0 }
        do {
            let database = try JoinDatabase(path: path, options: options)
            let store: any JoinStore = isTrusting ? InterposedJoinStore.openDoor(database) : database
            let service = JoinService(store: store)
            // What has been read once is in memory, as in a server that has been running.
            for request in requests.prefix(2) { _ = await ask(request, service) }
            try WorkerOutput.line("open")
            _ = readLine()
            var words: [String] = []
            for request in requests { words.append(await ask(request, service)) }
            // Nothing else that reads the file may crash either.
            _ = try? await database.events(after: 0).map(\.json)
            _ = try? await database.dump()
            _ = try? await database.checkHealth()
            await database.close()
            _ = try? await JoinDatabase.check(path: path)
            return words.joined(separator: " ")
        } catch {
            return "refused \(error)"
        }
    }

    /// Every answer of the contract.
    private static let right: Set<JoinResponse> = {
        let refusals = JoinStep.allCases.flatMap(\.refusals).map { JoinProfile.documented.response(to: .refused($0)) }
        return Set(refusals + [JoinProfile.documented.response(to: .alreadyMember), .unavailable])
    }()

    /// The status, marked where the answer is not one of the contract's or hides an error of SQLite's.
    private static func ask(_ request: JoinRequest, _ service: JoinService) async -> String {
        let errors = ctrials_errors()
        let response = await service.respond(to: request)
        if !right.contains(response) { return "wrong:\(response)" }
        return ctrials_errors() > errors && response != .unavailable
            ? "hidden:\(response.status)" : "\(response.status)"
    }

    /// Leaves the files of a program that was killed: a database, and a log that has not been checkpointed.
    private static func prepare(_ path: String) async throws {
        try await house.make(at: path)
        let database = try JoinDatabase(path: path)
        for request in requests.prefix(2) { _ = try await JoinService(store: database).join(request) }
        try await database.setUser(LivechatUserID(stored: "user-9"), isActive: false)
        ctrials_exit(0)
    }
}
