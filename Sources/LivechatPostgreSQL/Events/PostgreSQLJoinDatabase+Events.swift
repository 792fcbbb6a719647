#if PostgreSQL
public import LivechatJoin

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension PostgreSQLJoinDatabase: JoinEventLog {
    /// Reads the event log from a cursor on, on one snapshot.
    public func eventPage(
        after cursor: JoinEvent.Cursor,
        limit: Int,
        kinds: Set<JoinEvent.Kind>?
    ) async throws(LivechatStoreError) -> JoinEventPage {
        let limit = max(1, limit)
        return try await read { session in
            let rows = try session.query(
                """
                SELECT log.id, log.removed, log.last, event.*
                FROM livechat_event_log AS log
                LEFT JOIN LATERAL (
                    SELECT sequence, kind, at, room, "user", actor,
                        ARRAY(SELECT key FROM jsonb_each(detail) ORDER BY key),
                        ARRAY(SELECT jsonb_typeof(value) FROM jsonb_each(detail) ORDER BY key),
                        ARRAY(SELECT coalesce(value #>> '{}', 'null') FROM jsonb_each(detail) ORDER BY key)
                    FROM livechat_event
                    WHERE sequence > $1 AND ($3 OR kind = ANY ($4)) ORDER BY sequence LIMIT $2
                ) AS event ON true
                ORDER BY event.sequence
                """,
                [
                    .integer(cursor.sequence), .integer(Int64(limit)), .flag(kinds == nil),
                    .texts((kinds ?? []).map(\.rawValue)),
                ]
            )
            let bounds = try EventLogBounds(rows)
            try bounds.require(cursor)
            var events: [JoinEvent] = []
            for row in 0..<rows.count where !rows.isNull(row, 3) {
                events.append(try JoinEvent(rows, row, log: bounds.log))
            }
            return JoinEventPage(events, limit: limit, end: bounds.end)
        }
    }

    /// Removes the oldest events of the log.
    @discardableResult
    public func pruneEvents(before cursor: JoinEvent.Cursor) async throws(LivechatStoreError) -> Int {
        try await change { session in
            try EventLogBounds(session.rows(EventLogBounds.sql)).requirePrunable(before: cursor)
            let deletion = "DELETE FROM livechat_event WHERE sequence < $1"
            let count = try session.rows(deletion, .integer(cursor.sequence)).written
            if count == 0 { return 0 }
            try session.change(
                "UPDATE livechat_event_log SET removed = greatest(removed, $1 - 1)",
                .integer(cursor.sequence)
            )
            session.record(.eventsPruned(count, before: cursor.sequence))
            return count
        }
    }

    /// Gives the event log a new id, so that no cursor that was kept is good any more, as after a backup was restored.
    ///
    /// - Returns: The id.
    /// - Throws: `LivechatStoreError` when the database cannot be written.
    @discardableResult
    public func startNewEventLog() async throws(LivechatStoreError) -> String {
        try await change { session in
            let old = try EventLogBounds(session.rows(EventLogBounds.sql + " FOR UPDATE")).log
            let rows = try session.rows("UPDATE livechat_event_log SET id = DEFAULT RETURNING id")
            session.record(.newEventLogStarted(after: old))
            return rows.text(0, 0) ?? ""
        }
    }
}

extension EventLogBounds {
    fileprivate static let sql = "SELECT id, removed, last FROM livechat_event_log"

    /// Reads where the log begins and ends.
    fileprivate init(_ rows: borrowing Rows) throws(LivechatStoreError) {
        guard rows.count > 0, let log = rows.text(0, 0), let removed = rows.integer(0, 1),
            let last = rows.integer(0, 2)
        else {
            throw LivechatStoreError(.damaged, "the row of livechat_event_log is missing: restore a backup")
        }
        self.init(log: log, removed: removed, last: last)
    }
}

extension JoinEvent {
    fileprivate init(_ rows: borrowing Rows, _ row: Int, log: String) throws {
        var details: [String: JoinEvent.Value] = [:]
        let (types, values) = (rows.texts(row, 10), rows.texts(row, 11))
        for (index, key) in rows.texts(row, 9).enumerated() {
            let value = values[index]
            details[key] =
                switch types[index] {
                case "string": .text(value)
                case "number": Double(value).map { .number($0) } ?? .raw(value)
                case "boolean": .flag(value == "true")
                case "array":
                    (try? JSONDecoder().decode([String].self, from: Data(value.utf8))).map { .list($0) } ?? .raw(value)
                default: .raw(value)
                }
        }
        self.init(
            sequence: rows.integer(row, 3) ?? 0,
            kind: JoinEvent.Kind(rawValue: rows.text(row, 4) ?? ""),
            at: LivechatTimestamp(milliseconds: rows.integer(row, 5) ?? 0),
            roomID: rows.text(row, 6).map(LivechatRoomID.init(stored:)),
            userID: rows.text(row, 7).map(LivechatUserID.init(stored:)),
            details: details,
            by: rows.text(row, 8),
            log: log
        )
    }
}
#endif
