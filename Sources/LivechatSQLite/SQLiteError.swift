internal import CLivechatSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What SQLite answered when it did not do what it was asked.
package struct SQLiteError: Error, Hashable, Sendable {
    /// The extended result code (https://sqlite.org/rescode.html).
    package let code: Int32
    /// SQLite's own words.
    package let message: String
    /// The statement that failed, where one was at hand; never its values.
    package let sql: String?
    /// The system's error number, where the system was the reason; else 0.
    private let systemError: Int32

    package init(code: Int32, message: String, sql: String? = nil, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.sql = sql
        self.systemError = systemError
    }

    /// The primary result code, the low byte of the extended one.
    package var primaryCode: Int32 { code & 0xff }

    /// Whether another connection held a lock for longer than this one was told to wait.
    package var isBusy: Bool { primaryCode == SQLITE_BUSY }

    /// Whether the file is not a SQLite database.
    package var isNotADatabase: Bool { primaryCode == SQLITE_NOTADB }

    /// Whether the file could not be opened.
    package var cannotOpen: Bool { primaryCode == SQLITE_CANTOPEN }

    /// Whether the file or its folder may not be written.
    package var isReadOnly: Bool { primaryCode == SQLITE_READONLY }

    /// Whether the open file is not the one at its path any more.
    package var hasMoved: Bool { code == Self.moved.code }

    /// Swift does not import SQLite's own SQLITE_READONLY_DBMOVED, which is an expression.
    package static let moved = SQLiteError(code: SQLITE_READONLY | 4 << 8, message: "the file has been moved")

    /// Whether the schema is not the one that the program knows.
    package var isSchemaChange: Bool { primaryCode == SQLITE_SCHEMA }

    /// Whether SQLite does not accept a statement, as where a table is missing.
    package var isLogicError: Bool { code == SQLITE_ERROR }

    /// Whether the file is damaged.
    package var isDamage: Bool { primaryCode == SQLITE_CORRUPT }

    /// Whether what was written could not be brought to the disk: nobody can tell any more what is on it.
    package var isFailedSync: Bool { code == SQLITE_IOERR | 4 << 8 || code == SQLITE_IOERR | 5 << 8 }

    /// As SQLite has it for a sync.
    package static let failedSync = SQLiteError(code: SQLITE_IOERR | 4 << 8, message: "a sync has failed")

    /// Whether the error tells nothing about what is in the file: no memory, or a lock or a read that failed.
    package var saysNothingOfTheFile: Bool {
        switch primaryCode {
        case SQLITE_NOMEM, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_FULL: true
        case SQLITE_IOERR: code != Self.shortRead
        default: false
        }
    }

    /// Whether the file or the disk kept something from being written, not what was to be written.
    package var isFailureToWrite: Bool {
        saysNothingOfTheFile || isReadOnly || isDamage || primaryCode == SQLITE_IOERR
    }

    /// `SQLITE_IOERR_SHORT_READ`, a macro that Swift does not import.
    private static let shortRead = SQLITE_IOERR | 2 << 8

    /// Whether there is no room left on a disk, or in the user's share of it.
    package var isFull: Bool {
        primaryCode == SQLITE_FULL || (isOfSystem && (systemError == ENOSPC || systemError == EDQUOT))
    }

    /// Whether the process, or the system, can open no more files.
    package var isOutOfDescriptors: Bool { isOfSystem && (systemError == EMFILE || systemError == ENFILE) }

    /// Whether the code says that the system was the reason.
    private var isOfSystem: Bool { cannotOpen || primaryCode == SQLITE_IOERR }

    /// Whether a constraint of the schema refused the write.
    package var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }

    /// Whether a row was not deleted because a row of another table refers to it.
    ///
    /// Where the reference says ON DELETE RESTRICT the code is that of a trigger.
    package var isReferredTo: Bool {
        isConstraint && message == "FOREIGN KEY constraint failed" && sql?.hasPrefix("DELETE ") == true
    }

    /// Reads the newest error of a connection; call it before the next use of that connection replaces it.
    init(_ code: Int32, on connection: OpaquePointer?, sql: String? = nil) {
        let detail = unsafe connection.map { unsafe String(cString: sqlite3_errmsg($0)) }
        self.init(
            code: code,
            message: detail ?? SQLiteError.text(of: code),
            sql: sql,
            systemError: unsafe connection.map { unsafe sqlite3_system_errno($0) } ?? 0
        )
    }

    static func text(of code: Int32) -> String {
        unsafe String(cString: sqlite3_errstr(code))
    }
}

extension SQLiteError: CustomStringConvertible {
    package var description: String {
        (isFull ? "the disk is full" : "SQLite error \(code): \(message)") + (sql.map { " (in: \($0))" } ?? "")
    }
}
