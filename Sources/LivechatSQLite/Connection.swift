internal import CLivechatMapping
internal import CLivechatSQLite

/// An open database; closed when the value is destroyed.
///
/// Every connection has extended result codes, foreign keys and defensive mode on, and trusted schema and
/// double-quoted strings off. It has no mutex of its own: one thread uses it at a time.
@safe
package struct Connection: ~Copyable {
    /// How a database is opened.
    package struct Options: Sendable {
        /// What the connection may do with the file.
        package enum Access: Sendable {
            case readOnly
            /// Reads without locks, and without looking for a log: nobody may write meanwhile.
            case immutable
            case readWrite
            /// Makes the file when it does not exist.
            case create
        }

        package var access: Access
        /// How long a statement waits for another connection's lock, in milliseconds.
        package var busyTimeout: Int32

        package init(access: Access, busyTimeout: Int32) {
            self.access = access
            self.busyTimeout = busyTimeout
        }
    }

    /// SQLite's own; the rest of this module calls SQLite with it.
    let handle: OpaquePointer

    /// Opens the database in a file.
    ///
    /// - Parameters:
    ///   - path: The file's path, taken as it is: never a URI, never a special name.
    ///   - options: What the connection may do and how long it waits.
    /// - Throws: `SQLiteError` when the file cannot be opened; SQLite reads it only at the first statement.
    package init(path: String, options: Options) throws(SQLiteError) {
        guard Self.isFilePath(path) else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "not a file's path")
        }
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch options.access {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .immutable: flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        // A leading "./" keeps a build of SQLite that reads URIs from taking a file named "file:x" for one.
        // Bytes and not characters: a slash followed by a combining mark is one character to Swift and a slash to
        // SQLite.
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var name = isAbsolute ? path : "./" + path
        if options.access == .immutable { name = Self.immutableURI(name) }
        unsafe handle = try Self.open(name, flags, livechat_mapping_vfs())
        unsafe sqlite3_busy_timeout(handle, options.busyTimeout)
    }

    /// Whether a path names a file, and not one of SQLite's special databases.
    package static func isFilePath(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix(":") && !path.utf8.contains(0)
    }

    /// A path as SQLite takes it with parameters (https://sqlite.org/uri.html).
    private static func immutableURI(_ path: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default: uri += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
            }
        }
        return uri + "?immutable=1"
    }

    private init(handle: OpaquePointer) { unsafe self.handle = handle }

    /// Makes an empty database in memory, which goes with the connection.
    package static func inMemory() throws(SQLiteError) -> Connection {
        unsafe Connection(handle: try open(":memory:", SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | writable))
    }

    private static let writable = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE

    // `fileSystem` is the name of SQLite's VFS; nil is the default.
    private static func open(
        _ path: String,
        _ flags: Int32,
        _ fileSystem: UnsafePointer<CChar>? = nil
    ) throws(SQLiteError) -> OpaquePointer {
        var opened: OpaquePointer?
        var code = unsafe sqlite3_open_v2(path, &opened, flags, fileSystem)
        for (option, value) in switches where code == SQLITE_OK {
            code = unsafe livechat_sqlite_set_option(opened, option, value)
        }
        var error = unsafe SQLiteError(code, on: opened)
        if code == SQLITE_OK, let handle = unsafe opened {
            // Swift would repair it and look at another file.
            let name = unsafe sqlite3_db_filename(handle, "main")
            if unsafe name.map({ unsafe String(validatingCString: $0) != nil }) ?? true { return unsafe handle }
            error = SQLiteError(code: SQLITE_CANTOPEN, message: "the name of a folder above it is not UTF-8, rename it")
        }
        unsafe sqlite3_close_v2(opened)
        throw error
    }

    private static let switches: [(option: Int32, value: Int32)] = [
        (SQLITE_DBCONFIG_ENABLE_FKEY, 1),
        (SQLITE_DBCONFIG_DEFENSIVE, 1),
        (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        (SQLITE_DBCONFIG_DQS_DML, 0),
        (SQLITE_DBCONFIG_DQS_DDL, 0),
    ]

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Closes now.
    ///
    /// - Throws: `SQLiteError` when a statement is still alive; the connection then closes with its last statement.
    package consuming func close() throws(SQLiteError) {
        let code = unsafe sqlite3_close(handle)
        if code == SQLITE_OK {
            discard self
            return
        }
        let error = unsafe SQLiteError(code, on: handle)
        _ = consume self
        throw error
    }

    /// Prepares a statement that is kept and used many times.
    ///
    /// - Parameter sql: One statement; values arrive as bindings only.
    /// - Returns: The statement, whose values are still to be bound.
    /// - Throws: `SQLiteError` when SQLite does not accept it.
    package func prepare(_ sql: StaticString) throws(SQLiteError) -> Statement {
        try prepare([sql])
    }

    /// Prepares a statement that has a part in common with another one.
    ///
    /// - Parameter parts: What one statement is made of.
    /// - Returns: The statement, whose values are still to be bound.
    /// - Throws: `SQLiteError` when SQLite does not accept it.
    package func prepare(_ parts: [StaticString]) throws(SQLiteError) -> Statement {
        try unsafe Statement(sql: parts.map(\.description).joined(), on: handle, persistent: true)
    }

    /// Runs a script of one or more statements, for migrations and pragmas.
    ///
    /// - Parameter script: The statements; nothing that came from outside the program may be put into it.
    /// - Throws: `SQLiteError` at the first statement that fails; those before it have run.
    package func execute(_ script: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, on: handle, sql: script) }
    }

    /// Runs one statement that answers with one integer, such as a pragma.
    package func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try unsafe Statement(sql: sql, on: handle, persistent: false)
        return try statement.first { row in row.integer(0) }
    }

    /// Runs one statement that answers with one text, such as a pragma.
    package func text(_ sql: String) throws(SQLiteError) -> String? {
        let statement = try unsafe Statement(sql: sql, on: handle, persistent: false)
        return try statement.first { row in row.text(0) }
    }

    /// The plan that SQLite makes for a statement, a line each, for tests that guard against scans.
    package func plan(of sql: String) throws(SQLiteError) -> [String] {
        let statement = try unsafe Statement(sql: "EXPLAIN QUERY PLAN " + sql, on: handle, persistent: false)
        var lines: [String] = []
        try statement.eachRow { row in lines.append(row.text(3)) }
        return lines
    }

    /// Whether no transaction is open; some errors end one by themselves
    /// (https://sqlite.org/c3ref/get_autocommit.html).
    package var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

    /// Whether the file may only be read.
    package var isReadOnly: Bool { unsafe sqlite3_db_readonly(handle, "main") == 1 }

    /// The path that SQLite has made of the one it was given: absolute, with symbolic links resolved.
    package var fileName: String { unsafe sqlite3_db_filename(handle, "main").map { unsafe String(cString: $0) } ?? "" }

    /// Whether another file than the open one stands at the path now, or none.
    package var hasMoved: Bool {
        var moved: Int32 = 0
        let code = unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
        return code != SQLITE_OK || moved != 0
    }

    /// The rows that the newest insert, update or delete changed.
    package var changes: Int64 { unsafe sqlite3_changes64(handle) }

    /// Where SQLite has the WAL-index mapped; nil before the first read and without a write-ahead log.
    var writeAheadLogIndex: UnsafeRawPointer? {
        unsafe livechat_sqlite_wal_index(handle).map { unsafe UnsafeRawPointer($0) }
    }

    /// The version of the SQLite library in use, as "3.40.1".
    package static var libraryVersion: String { unsafe String(cString: sqlite3_libversion()) }
}
