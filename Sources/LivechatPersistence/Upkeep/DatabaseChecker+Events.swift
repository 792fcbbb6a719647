internal import LivechatFixture
internal import LivechatSQLite

extension DatabaseChecker {
    /// Looks at the event log, by itself and against the memberships.
    ///
    /// Neither has to lead to the other: a membership that was loaded has no event, and who has left has an event and
    /// no membership. What has to hold is that no event is missing between the oldest and the newest, that a join names
    /// a room and a user, and that what an event says can be read. A kind may be one of a later version's.
    static func events(_ connection: borrowing Connection) throws -> DatabaseCheck {
        let strange = try connection.number(Self.strange)
        if strange > 0 {
            return DatabaseCheck(
                "events",
                "a join without its room or user, or an event that cannot be read: \(strange)",
                remedy: restore
            )
        }
        let count = try connection.number("SELECT count(*) FROM livechat_event")
        guard count > 0 else { return DatabaseCheck("events", "none") }
        let first = try connection.number("SELECT min(sequence) FROM livechat_event")
        if first < 1 { return DatabaseCheck("events", "numbered from \(first)", remedy: restore) }
        let last = try connection.number("SELECT max(sequence) FROM livechat_event")
        let removed = try connection.number("SELECT events_removed FROM livechat_setting")
        let missing = max(last, removed) - first + 1 - count
        if missing > 0 {
            return DatabaseCheck(
                "events",
                "missing after \(first): \(missing)",
                remedy: "if nobody removed them on purpose, \(restore); only the oldest may be removed"
            )
        }
        let standing = try connection.number(membershipsWithEvent)
        let members = try connection.number("SELECT count(*) FROM livechat_membership")
        return DatabaseCheck(
            "events",
            "\(count), numbered \(first) to \(last) without a gap; \(standing) of \(members) memberships have an event"
        )
    }

    private static let strange = """
        SELECT count(*) FROM livechat_event
        WHERE kind = 'joined' AND (room IS NULL OR user IS NULL)
            OR length(CAST(room AS BLOB)) NOT BETWEEN 1 AND 256
            OR length(CAST(user AS BLOB)) NOT BETWEEN 1 AND 256
            OR length(CAST(actor AS BLOB)) NOT BETWEEN 1 AND 256
            OR CASE WHEN json_valid(detail) THEN json_type(detail) <> 'object' ELSE detail IS NOT NULL END
        """

    private static let membershipsWithEvent = """
        SELECT count(*) FROM (
            SELECT DISTINCT membership.room, membership.user
            FROM livechat_event AS event
            JOIN livechat_room AS room ON room.id = event.room
            JOIN livechat_user AS user ON user.id = event.user
            JOIN livechat_membership AS membership ON membership.room = room.key AND membership.user = user.key
        )
        """
}

extension Connection {
    /// The integer that one statement answers with; 0 for NULL.
    fileprivate func number(_ sql: String) throws(SQLiteError) -> Int64 { try integer(sql) ?? 0 }
}
