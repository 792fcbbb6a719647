internal import LivechatJoin
internal import LivechatSQLite

/// The writing connection with its statements; the writer's thread alone uses it.
final class WriterSession {
    /// The same look-ups as a reader's, on the newest state.
    let lookups: Lookups
    private let beginTransaction: Statement
    private let commitTransaction: Statement
    /// Kept, because it is needed most when there is no memory to prepare it, though after a load it is prepared again.
    private let rollBackTransaction: Statement
    private let beginSavepoint: Statement
    private let releaseSavepoint: Statement
    private let rollBackSavepoint: Statement
    private let insertMembership: Statement
    private let appendEvent: Statement
    let log: WriteAheadLogIndex
    let files: OpenedFiles
    private let busyTimeout: Int32
    /// Whether work that failed could not be undone: nothing of the transaction may be committed.
    private var isSpoiled = false
    /// Administration's statements by their text, compiled when they are first used.
    private(set) var kept: [String: KeptStatement] = [:]
    /// Last, because stored properties are destroyed in this order: the statements before their connection.
    let connection: Connection

    init(
        _ connection: consuming Connection,
        _ options: JoinDatabase.Options,
        _ memory: Lookups.Memory,
        _ files: OpenedFiles
    ) throws {
        lookups = try Lookups(connection, memory)
        beginTransaction = try connection.prepare("BEGIN IMMEDIATE")
        commitTransaction = try connection.prepare("COMMIT")
        rollBackTransaction = try connection.prepare("ROLLBACK")
        beginSavepoint = try connection.prepare("SAVEPOINT job")
        releaseSavepoint = try connection.prepare("RELEASE job")
        rollBackSavepoint = try connection.prepare("ROLLBACK TO job")
        insertMembership = try connection.prepare(SQL.insertMembership)
        appendEvent = try connection.prepare(SQL.appendEvent)
        guard let log = WriteAheadLogIndex(connection) else { throw SQLiteError.noWriteAheadLog }
        self.log = log
        self.files = files
        busyTimeout = options.busyTimeout.sqliteMilliseconds
        self.connection = connection
    }

    // MARK: The shared transaction

    /// Begins on files that are in place and a schema that is the program's.
    ///
    /// - Returns: nil when it has begun; an error when another process writes and it has not.
    func begin() throws(SQLiteError) -> SQLiteError? {
        try files.requireUsableLately()
        // A rollback needs memory, and may have had none.
        rollBack()
        connection.setBusyTimeout(0)
        defer { connection.setBusyTimeout(busyTimeout) }
        do throws(SQLiteError) {
            try beginTransaction.run()
        } catch {
            if error.isBusy { return error }
            throw error
        }
        isSpoiled = false
        try lookups.openSnapshot()
        return nil
    }

    /// Commits.
    ///
    /// Files that are in place afterwards were so during the commit, which can be answered then.
    func commit() throws(SQLiteError) {
        try commitTransaction.run()
        try files.requireUsable()
    }

    /// Ends the open transaction without writing.
    ///
    /// Where that fails it has to be tried again.
    func rollBack() {
        guard isInTransaction else { return }
        do {
            try rollBackTransaction.run()
        } catch {
            isSpoiled = true
        }
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { !connection.isAutocommit }

    /// Whether nothing of the transaction can be committed any more: SQLite has ended it by itself, as a full disk can
    /// make it do, or work that failed could not be undone.
    var hasLostTransaction: Bool { !isInTransaction || isSpoiled }

    /// Runs the only job of a transaction: undone with the whole of it when it throws.
    ///
    /// In a savepoint a load would keep the journal of each of its statements, which SQLite moves to a temporary file.
    func alone<Result>(_ body: () throws -> Result) throws -> Result {
        lookups.forget()
        do {
            return try body()
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs one job: kept when it returns, undone when it throws.
    func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        lookups.forget()
        try beginSavepoint.run()
        do {
            let result = try body()
            try releaseSavepoint.run()
            return result
        } catch {
            do {
                if !hasLostTransaction {
                    try rollBackSavepoint.run()
                    try releaseSavepoint.run()
                }
            } catch {
                // What the job has written cannot be told from its neighbours' work any more.
                rollBack()
            }
            throw error
        }
    }

    /// Writes something that nobody misses: grants that are remembered are read again.
    func probe() throws(SQLiteError) { try connection.execute("UPDATE livechat_setting SET grants_stamp = random()") }

    /// A statement that is not on the path of a join.
    func kept(_ parts: [StaticString]) throws(SQLiteError) -> KeptStatement {
        let sql = parts.map(\.description).joined()
        if let statement = kept[sql] { return statement }
        let statement = KeptStatement(try connection.prepare(parts))
        kept[sql] = statement
        return statement
    }

    // MARK: Joining

    /// Writes the membership, which the room's count counts, and the event (contract C7).
    ///
    /// - Throws: `LivechatStoreError` when there is no such user or room, or SQLite's error.
    func write(_ admission: JoinAdmission) throws {
        guard let user = try lookups.key(of: admission.user) else { throw LivechatStoreError.noUser(admission.user) }
        guard let room = try lookups.key(of: admission.room) else { throw LivechatStoreError.noRoom(admission.room) }
        try insertMembership.bind(1, room)
        try insertMembership.bind(2, user)
        try insertMembership.bind(3, admission.at.milliseconds)
        try Self.insert(insertMembership)
        try appendEvent.bind(1, JoinEvent.Kind.joined.rawValue)
        try appendEvent.bind(2, admission.at.milliseconds)
        try appendEvent.bind(3, admission.room.string)
        try appendEvent.bind(4, admission.user.string)
        try Self.insert(appendEvent)
    }

    /// Inserts one row; a trigger of the host's that ignores it must not leave a membership without its event.
    private static func insert(_ statement: borrowing Statement) throws(SQLiteError) {
        if try statement.runAndCount() == 0 { throw SQLiteError.ignoredInsert }
    }

    /// The statements of a join; a test asserts that none of them scans.
    enum SQL {
        /// A new member has read nothing yet: an alert stands, and one message is unread.
        static let insertMembership: StaticString = """
            INSERT INTO livechat_membership (room, user, joined_at, alert, unread) VALUES (?1, ?2, ?3, 1, 1)
            """
        /// With its final sequence, which a trigger of the host's may see.
        static let appendEvent: StaticString = """
            INSERT INTO livechat_event (sequence, kind, at, room, user)
            SELECT max(events_removed, coalesce((SELECT max(sequence) FROM livechat_event), 0)) + 1, ?1, ?2, ?3, ?4
            FROM livechat_setting WHERE key = 1
            """

        /// An event of administration's, beside which a join's has less to say.
        static let appendDeed: StaticString = """
            INSERT INTO livechat_event (sequence, kind, at, room, user, actor, detail)
            SELECT max(events_removed, coalesce((SELECT max(sequence) FROM livechat_event), 0)) + 1,
                ?1, ?2, ?3, ?4, ?5, ?6
            FROM livechat_setting WHERE key = 1
            """

        static let all = [insertMembership, appendEvent, appendDeed]
    }
}

extension LivechatStoreError {
    static func noUser(_ id: LivechatUserID) -> LivechatStoreError { none("user", id) }

    static func noRoom(_ id: LivechatRoomID) -> LivechatStoreError { none("room", id) }

    static func quoted(_ id: LivechatID<some Any>) -> String { JSONString.quoted(id.string) }
}
