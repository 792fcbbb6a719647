import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// What a database has promised its clients, to be compared with what it holds.
struct JoinLedger {
    private let house: House
    private(set) var acknowledged: Set<Pair> = []
    /// Asked, but the server was killed before it answered: these may be members or not.
    private var unanswered: Set<Pair> = []
    private(set) var refusals = 0

    init(_ house: House) { self.house = house }

    mutating func add(_ load: Load.Result) throws {
        for pair in load.acknowledged where !house.mayEnter(pair) {
            throw TrialFailure("\(pair) was let in")
        }
        if let wrong = load.wrong { throw TrialFailure(wrong) }
        acknowledged.formUnion(load.acknowledged)
        unanswered.formUnion(load.unanswered)
        refusals += load.refusals
    }

    /// Compares with the file, which another process may have open.
    ///
    /// - Throws: `TrialFailure` that says what has been lost or is too much.
    func compare(_ path: String) throws {
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
        try connection.transaction(.deferred) {
            try requireSound(connection)
            let members = try pairs(
                connection,
                """
                SELECT user.id, room.id FROM livechat_membership AS member
                JOIN livechat_user AS user ON user.key = member.user JOIN livechat_room AS room ON room.key = member.room
                """
            )
            let events = try pairs(connection, "SELECT user, room FROM livechat_event WHERE kind = 'joined'")
            let isMember = Set(members)
            if let lost = acknowledged.first(where: { !isMember.contains($0) }) {
                throw TrialFailure("\(lost) was acknowledged and is not a member")
            }
            if let wrong = members.first(where: { !house.mayEnter($0) }) {
                throw TrialFailure("\(wrong) is a member and would be refused")
            }
            if let unasked = members.first(where: { !acknowledged.contains($0) && !unanswered.contains($0) }) {
                throw TrialFailure("\(unasked) is a member and has not asked")
            }
            guard events.count == Set(events).count else {
                throw TrialFailure("there are \(events.count) events of \(Set(events).count) joins")
            }
            guard Set(events) == isMember, members.count == isMember.count else {
                throw TrialFailure("there are \(events.count) events and \(members.count) members")
            }
        }
    }

    private func requireSound(_ connection: borrowing Connection) throws {
        let verdict = try connection.text("PRAGMA integrity_check") ?? "nothing"
        guard verdict == "ok" else { throw TrialFailure("integrity_check says \(verdict)") }
        if let table = try connection.text("PRAGMA foreign_key_check") {
            throw TrialFailure("foreign_key_check names \(table)")
        }
    }

    private func pairs(_ connection: borrowing Connection, _ sql: StaticString) throws -> [Pair] {
        let statement = try connection.prepare(sql)
        var pairs: [Pair] = []
        try statement.eachRow { row in
            pairs.append(Pair(user: Self.number(row.text(0)), room: Self.number(row.text(1))))
        }
        return pairs
    }

    /// The number in `user-7`.
    private static func number(_ id: String) -> Int { id.split(separator: "-").last.flatMap { Int($0) } ?? -1 }

    /// Compares the rooms' member counts, as the engine gives them, with the memberships.
    func compareCounts(_ path: String, rooms: [Int]) async throws {
        var options = JoinDatabase.Options()
        options.schema = .requireCurrent
        options.readers = 1
        let database = try JoinDatabase(path: path, options: options)
        for number in rooms {
            let id = try LivechatRoomID("room-\(number)")
            let count = try await database.decide(JoinQuery(userID: nil, roomID: id)) { facts in
                try (facts as any RoomLookup).room(id)?.membersCount
            }
            let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
            let members = try connection.integer(
                """
                SELECT count(*) FROM livechat_membership
                WHERE room = (SELECT key FROM livechat_room WHERE id = 'room-\(number)')
                """
            )
            guard let count, Int64(count) == members else {
                throw TrialFailure("room-\(number) counts \(count ?? -1) members and has \(members ?? -1)")
            }
        }
        await database.close()
    }
}
