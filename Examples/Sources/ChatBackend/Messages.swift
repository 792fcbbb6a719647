public import GRDB
public import LivechatJoin

/// The host's own tables, in the file of the engine's database.
public struct Messages: Sendable {
    /// A message as a client reads it.
    public struct Message: Codable, FetchableRecord, Equatable, Sendable {
        /// What it says.
        public let text: String
        /// When it was posted, in milliseconds since 1970.
        public let at: Int64
    }

    /// The host's pool; it and the engine's connections share SQLite, and so its locks.
    public let pool: DatabasePool

    /// Opens the pool on a file that the engine has made, and makes the host's tables in it.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        // The engine checkpoints. Before 3.51.3 SQLite can lose a commit where two connections do: see "Limits" in the
        // guide "Operating".
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS message (
                        id INTEGER PRIMARY KEY,
                        room INTEGER NOT NULL REFERENCES livechat_room(key) ON DELETE CASCADE,
                        text TEXT NOT NULL,
                        at INTEGER NOT NULL
                    );
                    CREATE INDEX IF NOT EXISTS message_of_room ON message (room, id);
                    CREATE TABLE IF NOT EXISTS message_cursor (id INTEGER PRIMARY KEY CHECK (id = 1), event INTEGER);
                    """
            )
        }
    }

    /// The event that was posted last.
    ///
    /// It stands in the same file as the events: a backup holds both, and so does what is restored from it. The log's
    /// id is that of the same moment, so that a restore that comes later is noticed. A host that keeps its messages
    /// elsewhere stores the id as well, as `event.cursor` has it.
    public func lastCursor() async throws -> JoinEvent.Cursor {
        try await pool.read { database in
            let row = try Row.fetchOne(database, sql: "SELECT log_id, event FROM livechat_setting, message_cursor")
            return row.map { JoinEvent.Cursor(log: $0["log_id"], sequence: $0["event"]) } ?? 0
        }
    }

    /// Posts what an event says, and stores its cursor in the same transaction: after a kill it is posted again only
    /// where it was not posted.
    public func post(_ event: JoinEvent) async throws {
        try await pool.write { database in
            guard try Self.store(event.cursor, in: database) else { return }
            // A room that has been removed meanwhile has no messages.
            try database.execute(
                sql: "INSERT INTO message (room, text, at) SELECT key, ?, ? FROM livechat_room WHERE id = ?",
                arguments: ["\(event.userID?.string ?? "") joined", event.at.milliseconds, event.roomID?.string]
            )
        }
    }

    /// Stores a cursor behind events that lead to no message.
    public func store(_ cursor: JoinEvent.Cursor) async throws {
        try await pool.write { database in _ = try Self.store(cursor, in: database) }
    }

    /// Stores a cursor, unless it is of a log that a restore has replaced since the event was read, or another process
    /// is ahead.
    ///
    /// - Returns: Whether it was stored.
    private static func store(_ cursor: JoinEvent.Cursor, in database: Database) throws -> Bool {
        try database.execute(
            sql: """
                INSERT INTO message_cursor (id, event) SELECT 1, ? FROM livechat_setting WHERE log_id = ?
                ON CONFLICT (id) DO UPDATE SET event = excluded.event WHERE event < excluded.event
                """,
            arguments: [cursor.sequence, cursor.log]
        )
        return database.changesCount > 0
    }

    /// The messages of a room, oldest first.
    public func messages(in room: LivechatRoomID) async throws -> [Message] {
        try await pool.read { database in
            try Message.fetchAll(
                database,
                sql: """
                    SELECT text, at FROM message JOIN livechat_room AS room ON room.key = message.room
                    WHERE room.id = ? ORDER BY message.id
                    """,
                arguments: [room.string]
            )
        }
    }
}
