import Foundation
import LivechatJoin
import LivechatPersistence

/// A process with a database of its own on the file that all share; it plays the parts it is given and says when each
/// call began and ended and what it was answered.
struct HistoryWorker: Sendable {
    let database: JoinDatabase
    let service: JoinService

    /// The moment, on a clock that all processes share.
    static var now: UInt64 { clock_gettime_nsec(CLOCK_MONOTONIC) }

    static func main(_ arguments: [String]) async throws {
        var options = JoinDatabase.Options()
        // What a commit survives is another trial's matter; without a sync there is time for more histories.
        options.durability = .normal
        options.busyTimeout = .seconds(30)
        let database = try JoinDatabase(path: arguments[0], options: options)
        let fault = StoreFault(rawValue: arguments[1])
        let store: any JoinStore = fault.map { $0.around(database) } ?? database
        let worker = HistoryWorker(database: database, service: JoinService(store: store))
        try WorkerOutput.line("ready")
        while let line = readLine() { try WorkerOutput.line(try await worker.play(line)) }
        await database.close()
    }

    /// Plays a line: when to begin, after which event, and what each client does: `operation@pause;…|…`.
    private func play(_ line: String) async throws -> String {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let start = UInt64(parts[0]), let cursor = Int64(parts[1]) else {
            throw TrialFailure("not a history: \(line)")
        }
        let scripts = parts[2].split(separator: "|", omittingEmptySubsequences: false).map { script in
            script.split(separator: ";").map { $0.split(separator: "@") }
        }
        let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (client, script) in scripts.enumerated() {
                group.addTask {
                    var answers: [String] = []
                    Self.wait(until: start)
                    for step in script {
                        guard let operation = Operation(code: step[0]), let pause = UInt64(step[1]) else {
                            throw TrialFailure("not a step: \(step)")
                        }
                        Self.wait(until: Self.now + pause)
                        let begin = Self.now
                        let answer = await answer(operation, after: cursor)
                        answers.append("\(begin),\(Self.now),\(answer)")
                    }
                    return (client, answers.joined(separator: ";"))
                }
            }
            return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        return scripts.indices.map { answers[$0] ?? "" }.joined(separator: "|")
    }

    private static func wait(until moment: UInt64) {
        let now = now
        guard moment > now else { return }
        var left = timespec(tv_sec: 0, tv_nsec: Int(min(moment - now, 999_999_999)))
        nanosleep(&left, nil)
    }

    private static func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A failure is an answer too, which no order explains.
    private func answer(_ operation: Operation, after cursor: Int64) async -> String {
        do {
            return try await carryOut(operation, after: cursor)
        } catch {
            return "failed: \(error)".replacing(/[|;,\n]/, with: " ")
        }
    }

    private func carryOut(_ operation: Operation, after cursor: Int64) async throws -> String {
        let name = Operation.users[operation.user]
        let user = LivechatUserID(stored: name)
        let room = LivechatRoomID(stored: Operation.rooms[operation.room])
        let role = LivechatRoleID(stored: Operation.roles[operation.role].id)
        let permission = LivechatPermissionID(stored: Operation.roles[operation.role].permission)
        switch operation.verb {
        case .join:
            return Self.word(try await service.join(JoinRequest(userID: name, token: name, roomID: room.string)))
        case .leave: return try await database.leave(room, user) ? "yes" : "no"
        case .open: try await database.openRoom(room)
        case .close: try await database.closeRoom(room)
        case .issue:
            let record = LivechatTokenRecord(createdAt: LivechatClock.system.now)
            try await database.addToken(LivechatToken(name), for: user, record)
        case .revoke: return try await database.revokeToken(LivechatToken(name).digest, of: user) ? "yes" : "no"
        case .assign: try await database.assign(role, to: user)
        case .withdraw: try await database.withdraw(role, from: user)
        case .grant: try await database.grant(permission, to: [role])
        case .ungrant: try await database.revoke(permission, from: [role])
        case .activate: try await database.setUser(user, isActive: true)
        case .deactivate: try await database.setUser(user, isActive: false)
        case .serve: try await database.serve(room, by: user)
        case .unserve: try await database.unserve(room)
        case .count:
            let count = try await database.decide(JoinQuery(userID: nil, roomID: room)) { facts in
                try facts.room(room)?.membersCount
            }
            return count.map { "\($0)" } ?? "no room"
        case .events:
            let joins = try await database.events(after: JoinEvent.Cursor(sequence: cursor), kinds: [.joined])
            return joins.map(Self.number).joined(separator: " ")
        case .may: return try await service.permissions(of: user).holds(permission) ? "yes" : "no"
        }
        return "done"
    }

    private static func number(_ event: JoinEvent) -> String {
        let user = Operation.users.firstIndex(of: event.userID?.string ?? "") ?? 9
        let room = Operation.rooms.firstIndex(of: event.roomID?.string ?? "") ?? 9
        return "\(2 * user + room)"
    }

    private static func word(_ outcome: JoinOutcome) -> String {
        switch outcome {
        case .alreadyMember: "member"
        case .joined(.permission): "permission"
        case .joined(.serving): "serving"
        case .refused(.notLoggedIn(.unknown)): "unknown"
        case .refused(.notLoggedIn(.inactive)): "inactive"
        case .refused(.lacksPermission): "unauthorized"
        case .refused(.roomClosed): "closed"
        case .refused(.noAccess): "no access"
        default: "\(outcome)".replacing(/[|;,\n]/, with: " ")
        }
    }
}
