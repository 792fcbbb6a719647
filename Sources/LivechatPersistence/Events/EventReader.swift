internal import LivechatJoin
internal import LivechatSQLite

/// Reads events from the log's rows.
final class EventReader {
    private let log: String
    private let rows: Statement
    /// SQLite reads the JSON of a detail.
    private let members: Statement
    private let elements: Statement

    /// Prepares the statements that read events; each event gets the id of the log.
    init(_ connection: borrowing Connection, log: String) throws(SQLiteError) {
        self.log = log
        rows = try connection.prepare(
            """
            SELECT sequence, kind, at, room, user, actor, detail, iif(json_valid(detail), json_type(detail), '')
            FROM livechat_event
            WHERE sequence > ?1 AND (?3 IS NULL OR kind IN (SELECT value FROM json_each(?3)))
            ORDER BY sequence LIMIT ?2
            """
        )
        members = try connection.prepare("SELECT key, type, value FROM json_each(?1)")
        elements = try connection.prepare("SELECT type, value FROM json_each(?1)")
    }

    /// Reads the first events of some kinds after a sequence.
    func events(after sequence: Int64, limit: Int, kinds: Set<JoinEvent.Kind>?) throws -> [JoinEvent] {
        var events: [JoinEvent] = []
        try rows.bind(1, sequence)
        try rows.bind(2, Int64(limit))
        try rows.bind(3, kinds.map { JoinEvent.Value.list($0.map(\.rawValue)).json })
        try rows.eachRowThrowing { row in
            let detail = row.textIfPresent(6)
            guard detail == nil || row.text(7) == "object" else { throw SQLiteError.unreadableEvent(row.integer(0)) }
            events.append(
                JoinEvent(
                    sequence: row.integer(0),
                    kind: JoinEvent.Kind(rawValue: row.text(1)),
                    at: LivechatTimestamp(milliseconds: row.integer(2)),
                    roomID: row.textIfPresent(3).map(LivechatRoomID.init(stored:)),
                    userID: row.textIfPresent(4).map(LivechatUserID.init(stored:)),
                    details: try detail.map(details) ?? [:],
                    by: row.textIfPresent(5),
                    log: log
                )
            )
        }
        return events
    }

    private func details(_ json: String) throws -> [String: JoinEvent.Value] {
        var details: [String: JoinEvent.Value] = [:]
        try members.bind(1, json)
        try members.eachRowThrowing { row in
            details[row.text(0)] =
                switch row.text(1) {
                case "text": .text(row.text(2))
                case "integer", "real": .number(row.doubleIfPresent(2) ?? 0)
                case "true", "false": .flag(row.bool(2))
                case "array": try list(row.text(2)).map { .list($0) } ?? .raw(row.text(2))
                default: .raw(row.textIfPresent(2) ?? "null")
                }
        }
        return details
    }

    /// The strings of a list; nil when there is something else in it.
    private func list(_ json: String) throws -> [String]? {
        var texts: [String]? = []
        try elements.bind(1, json)
        try elements.eachRow { row in
            if row.text(0) == "text" { texts?.append(row.text(1)) } else { texts = nil }
        }
        return texts
    }
}

extension SQLiteError {
    /// Nothing of ours writes such a detail, but another program can.
    fileprivate static func unreadableEvent(_ sequence: Int64) -> SQLiteError {
        SQLiteError(code: 11, message: "the detail of event \(sequence) is not a JSON object")
    }
}
