import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// Who is in the room, as the file has it.
struct Ledger {
    /// The members of the room.
    let members: Set<String>

    /// Reads the file with every check that SQLite has, and ours.
    ///
    /// Each member has one event, the events are numbered without gaps, and nobody is a member of another room.
    ///
    /// - Throws: `TrialFailure` when one of them fails; `SQLiteError` when the file cannot be read.
    init(_ path: String) async throws {
        let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 5_000))
        let integrity = try connection.text("PRAGMA integrity_check")
        guard integrity == "ok" else { throw TrialFailure("integrity_check says \(integrity ?? "nothing")") }
        guard try connection.integer("SELECT count(*) FROM pragma_foreign_key_check") == 0 else {
            throw TrialFailure("a foreign key leads nowhere")
        }
        let members = try Self.list(
            """
            SELECT user.id FROM livechat_membership AS member JOIN livechat_user AS user ON user.key = member.user
            JOIN livechat_room AS room ON room.key = member.room WHERE room.id = 'hall' ORDER BY user.id
            """,
            connection
        )
        let events = try Self.list(
            "SELECT user FROM livechat_event WHERE kind = 'joined' AND room = 'hall' ORDER BY user",
            connection
        )
        guard members == events else { throw TrialFailure("members \(members), but events \(events)") }
        let last = try connection.integer("SELECT coalesce(max(sequence), 0) FROM livechat_event")
        let count = try connection.integer("SELECT count(*) FROM livechat_event")
        guard last == count else {
            throw TrialFailure("\(count ?? -1) events, but the last is number \(last ?? -1)")
        }
        guard try connection.integer("SELECT count(*) FROM livechat_membership") == Int64(members.count) else {
            throw TrialFailure("there are members of other rooms")
        }
        try connection.close()
        self.members = Set(members)
    }

    private static func list(_ sql: StaticString, _ connection: borrowing Connection) throws -> [String] {
        var ids: [String] = []
        let statement = try connection.prepare(sql)
        try statement.eachRow { row in ids.append(row.text(0)) }
        return ids
    }

    /// The room's count, as an embedder's rules see it.
    static func count(_ database: JoinDatabase) async throws -> Int? {
        let room = LivechatRoomID(stored: Stand.room)
        return try await database.decide(JoinQuery(userID: nil, roomID: room)) { facts in
            try facts.room(room)?.membersCount
        }
    }
}
