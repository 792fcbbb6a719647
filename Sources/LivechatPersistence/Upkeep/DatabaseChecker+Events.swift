internal import LivechatSQLite

extension DatabaseChecker {
    /// Looks at the event log, by itself and against the memberships.
    ///
    /// Neither has to lead to the other: a membership that was loaded has no event, and who has left has an event and
    /// no membership. What has to hold is that no event is missing between the oldest and the newest, and that each
    /// names a room and a user.
    static func events(_ connection: borrowing Connection) throws -> DatabaseCheck {
        let log = try Log(connection)
        let strange = try connection.integer(Log.strange) ?? 0
        if strange > 0 {
            return DatabaseCheck(
                "events",
                "of an unknown kind, or without a room or a user: \(strange)",
                remedy: restore
            )
        }
        guard log.count > 0 else { return DatabaseCheck("events", "none") }
        if log.first < 1 {
            return DatabaseCheck("events", "numbered from \(log.first)", remedy: restore)
        }
        let missing = max(log.last, log.removed) - log.first + 1 - log.count
        if missing > 0 {
            return DatabaseCheck(
                "events",
                "missing after \(log.first): \(missing)",
                remedy: "if nobody removed them on purpose, \(restore); only the oldest may be removed"
            )
        }
        let standing = try connection.integer(Log.membershipsWithEvent) ?? 0
        let members = try connection.integer("SELECT count(*) FROM livechat_membership") ?? 0
        return DatabaseCheck(
            "events",
            "\(log.count), numbered \(log.first) to \(log.last) without a gap; of \(members) memberships "
                + "\(standing) have one"
        )
    }

    private struct Log {
        var count: Int64 = 0
        var first: Int64 = 0
        var last: Int64 = 0
        /// The highest sequence of an event that has been removed.
        var removed: Int64 = 0

        init(_ connection: borrowing Connection) throws {
            count = try connection.integer("SELECT count(*) FROM livechat_event") ?? 0
            first = try connection.integer("SELECT min(sequence) FROM livechat_event") ?? 0
            last = try connection.integer("SELECT max(sequence) FROM livechat_event") ?? 0
            removed = try connection.integer("SELECT events_removed FROM livechat_setting") ?? 0
        }

        static let strange = """
            SELECT count(*) FROM livechat_event
            WHERE kind <> 'joined' OR length(CAST(room AS BLOB)) NOT BETWEEN 1 AND 256
                OR length(CAST(user AS BLOB)) NOT BETWEEN 1 AND 256
            """

        static let membershipsWithEvent = """
            SELECT count(*) FROM (
                SELECT DISTINCT membership.room, membership.user
                FROM livechat_event AS event
                JOIN livechat_room AS room ON room.id = event.room
                JOIN livechat_user AS user ON user.id = event.user
                JOIN livechat_membership AS membership ON membership.room = room.key AND membership.user = user.key
            )
            """
    }
}
