import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// Several processes on one file, and the histories that they make.
final class HistoryRecorder {
    private static let processes = 3
    private let folder: TemporaryFolder
    private let workers: [ChildProcess]
    private let connection: Connection
    private var random: SplitMix64

    /// Starts the processes.
    ///
    /// - Parameters:
    ///   - fault: What is wrong with the stores, if anything.
    ///   - sabotage: SQL to break the file itself with, if any.
    ///   - random: Chooses the histories.
    /// - Throws: `TrialFailure` when a process does not start; an error of the database when it cannot be made.
    init(fault: StoreFault?, sabotage: String?, random: SplitMix64) async throws {
        folder = try TemporaryFolder()
        self.random = random
        let path = folder.file("chat.db")
        let database = try JoinDatabase(path: path)
        for role in Operation.roles {
            try await database.addRole(LivechatRole(id: LivechatRoleID(stored: role.id)))
        }
        for user in Operation.users { try await database.addUser(LivechatUser(id: LivechatUserID(stored: user))) }
        for room in Operation.rooms { try await database.addRoom(LivechatRoom(id: LivechatRoomID(stored: room))) }
        await database.close()
        connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 30_000))
        try connection.execute("PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL; \(sabotage ?? "")")
        workers = try (0..<Self.processes).map { _ in
            try ChildProcess(ChildProcess.trials, ["worker", "history", path, fault?.rawValue ?? "none"])
        }
        for worker in workers {
            guard worker.nextLine() == "ready" else { throw TrialFailure("a worker does not start") }
        }
    }

    /// Records the next history: a state is put into the file, then all clients begin at the same moment.
    func record() throws -> History {
        let initial = HistoryState.random(with: &random)
        try put(initial)
        let cursor = try connection.integer("SELECT coalesce(max(sequence), 0) FROM livechat_event") ?? 0
        let scripts = self.scripts()
        let end = Watchdog(workers)
        defer { end.cancel() }
        let start = HistoryWorker.now + 2_000_000
        for (worker, clients) in zip(workers, scripts) {
            let parts = clients.map { client in client.map { "\($0.operation.code)@\($0.pause)" }.joined(separator: ";")
            }
            try worker.send("\(start) \(cursor) \(parts.joined(separator: "|"))\n")
        }
        var calls: [History.Call] = []
        var client = 0
        for (worker, clients) in zip(workers, scripts) {
            guard let line = worker.nextLine() else { throw TrialFailure("a worker ended: \(worker.allErrors())") }
            for (script, said) in zip(clients, line.split(separator: "|", omittingEmptySubsequences: false)) {
                client += 1
                calls += try Self.calls(client, script.map(\.operation), said)
            }
        }
        return History(initial: initial, calls: calls.sorted { $0.start < $1.start })
    }

    /// What `livechat-join check` finds wrong with the file.
    func faults() async throws -> [String] {
        try await JoinDatabase.check(path: folder.file("chat.db")).filter { !$0.holds }.map(\.description)
    }

    /// From 8 to 18 operations: two clients in a process or one, for one or two users and rooms.
    private func scripts() -> [[[(operation: Operation, pause: UInt64)]]] {
        let users = Int.random(in: 1...2, using: &random)
        let rooms = Int.random(in: 1...2, using: &random)
        let length = Int.random(in: 2...3, using: &random)
        return (0..<Self.processes).map { process in
            (0..<(process == 0 ? 2 : Int.random(in: 1...2, using: &random))).map { _ in
                (0..<length).map { _ in
                    let operation = Operation.random(users: users, rooms: rooms, with: &random)
                    return (operation, UInt64.random(in: 0...300_000, using: &random))
                }
            }
        }
    }

    private static func calls(
        _ client: Int,
        _ operations: [Operation],
        _ said: Substring
    ) throws -> [History.Call] {
        try zip(operations, said.split(separator: ";")).map { operation, text in
            let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let start = UInt64(parts[0]), let end = UInt64(parts[1]) else {
                throw TrialFailure("not an answer: \(text)")
            }
            return History.Call(
                client: client,
                operation: operation,
                start: start,
                end: end,
                answer: String(parts[2])
            )
        }
    }

    /// Makes the file say what the state says, in one transaction.
    private func put(_ state: HistoryState) throws {
        var script = "BEGIN IMMEDIATE; DELETE FROM livechat_membership; DELETE FROM livechat_login_token;"
        script += "DELETE FROM livechat_user_role;"
        for (index, role) in Operation.roles.enumerated() {
            let key = "(SELECT key FROM livechat_role WHERE id = '\(role.id)')"
            script += "DELETE FROM livechat_grant WHERE role = \(key);"
            guard state[.isGranted(index)] else { continue }
            script += "INSERT INTO livechat_grant SELECT key, \(key) FROM livechat_permission "
            script += "WHERE id = '\(role.permission)';"
        }
        for (user, name) in Operation.users.enumerated() {
            script += "UPDATE livechat_user SET active = \(state[.isActive(user)] ? 1 : 0) WHERE id = '\(name)';"
            if state[.hasToken(user)] {
                let digest = Self.hexadecimal(LivechatToken(name).digest)
                let now = LivechatClock.system.now.milliseconds
                script += "INSERT INTO livechat_login_token SELECT key, x'\(digest)', \(now), NULL, 0 "
                script += "FROM livechat_user WHERE id = '\(name)';"
            }
            for (index, role) in Operation.roles.enumerated() where state[.hasRole(user: user, role: index)] {
                script += "INSERT INTO livechat_user_role SELECT user.key, role.key FROM livechat_user AS user, "
                script += "livechat_role AS role WHERE user.id = '\(name)' AND role.id = '\(role.id)';"
            }
        }
        for (room, name) in Operation.rooms.enumerated() {
            let server = Operation.users.indices.first { state[.serves(user: $0, room: room)] }
            let key = server.map { "(SELECT key FROM livechat_user WHERE id = '\(Operation.users[$0])')" } ?? "NULL"
            script += "UPDATE livechat_room SET open = \(state[.isOpen(room)] ? 1 : 0), served_by = \(key) "
            script += "WHERE id = '\(name)';"
            for (user, member) in Operation.users.enumerated() where state[.isMember(user: user, room: room)] {
                script += "INSERT INTO livechat_membership (room, user, joined_at) SELECT room.key, user.key, 0 "
                script += "FROM livechat_room AS room, livechat_user AS user "
                script += "WHERE room.id = '\(name)' AND user.id = '\(member)';"
            }
        }
        try connection.execute(script + "COMMIT")
    }

    private static func hexadecimal(_ digest: LivechatTokenDigest) -> String {
        Data(base64Encoded: digest.base64)?.map { String(format: "%02x", $0) }.joined() ?? ""
    }
}
