internal import LivechatSQLite

/// Why the database did not do what it was asked: what happened, where, and what to do.
public struct DatabaseError: Error, Sendable {
    /// What kind of error it is; a struct, so that a new code breaks nobody's `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name.
        public let description: String

        /// There is no file at the path.
        public static let missing = Code(description: "missing")
        /// The path names a folder.
        public static let isDirectory = Code(description: "isDirectory")
        /// A page or the log is not as it was written: it is damaged, or another program has written to the file.
        public static let damaged = Code(description: "damaged")
        /// The file is not a SQLite database, or it is damaged.
        public static let notADatabase = Code(description: "notADatabase")
        /// The file is a database of another program.
        public static let foreignSchema = Code(description: "foreignSchema")
        /// The file or its folder may not be written.
        public static let readOnly = Code(description: "readOnly")
        /// The file has been replaced or removed while it was open, or its log or its index has.
        public static let moved = Code(description: "moved")
        /// There is a write-ahead log at the path, but not the database that it belongs to.
        public static let logWithoutDatabase = Code(description: "logWithoutDatabase")
        /// The schema is older than the program.
        public static let schemaOlder = Code(description: "schemaOlder")
        /// The schema is newer than the program.
        public static let schemaNewer = Code(description: "schemaNewer")
        /// A migration that was applied is not the one that the program has, or one is left out.
        public static let schemaChanged = Code(description: "schemaChanged")
        /// Another process held the write lock for longer than the busy timeout.
        public static let busy = Code(description: "busy")
        /// The database has been closed.
        public static let closed = Code(description: "closed")
        /// What was to be changed does not exist.
        public static let notFound = Code(description: "notFound")
        /// What was to be added exists already.
        public static let alreadyExists = Code(description: "alreadyExists")
        /// SQLite failed in another way; the description has its words.
        public static let storage = Code(description: "storage")
    }

    /// What kind of error it is.
    public let code: Code
    private let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Says in an embedder's words what SQLite said of a file.
    init(_ error: SQLiteError, path: String) {
        if error.isChecksum {
            self = .pageDamaged(path)
        } else if error.isNotADatabase || error.isDamage {
            self.init(.notADatabase, "\(path) is not a SQLite database, or is damaged: \(error.message)")
        } else if error.hasMoved {
            self.init(
                .moved,
                "\(path), or the -wal or -shm beside it, has been replaced or removed while it was open: nothing more is "
                    + "decided or written; put the right files in place and start the program again"
            )
        } else if error.isSchemaChange {
            self.init(.schemaNewer, "\(path) \(error.message)")
        } else if error.isReadOnly {
            self.init(.readOnly, "\(path) cannot be written: give write permission on the file and its folder")
        } else if error.isBusy {
            self.init(.busy, "\(path) is locked by another process: wait for it to end, or end it, and try again")
        } else if error.cannotOpen {
            self.init(
                .storage,
                "\(path) cannot be opened: \(error.message); look at the permissions of the file and its folder"
            )
        } else {
            self.init(.storage, "\(path): \(error)")
        }
    }
}

extension DatabaseError {
    static func pageDamaged(_ path: String) -> DatabaseError {
        DatabaseError(
            .damaged,
            "a page of \(path) is not as it was written: it is damaged or cut, or another program has written to the file; "
                + "see what is wrong with `livechat-join check --database \(path)`, and \(restoreOrSeal(path))"
        )
    }

    static func logDamaged(_ path: String, _ loss: String) -> DatabaseError {
        DatabaseError(
            .damaged,
            "the write-ahead log of \(path) is \(loss): what was changed last would be undone, a token revoked or a room "
                + "closed too; \(restoreOrSeal(path))"
        )
    }

    /// What to do about damage.
    static func restoreOrSeal(_ path: String) -> String {
        "stop everything that uses it, move it away with its -wal and -shm, and restore the newest backup that passes; or, "
            + "if what is there may be taken for right, run `livechat-join seal --database \(path)`"
    }
}

extension DatabaseError: CustomStringConvertible {
    /// What happened, where, and what to do, on one line.
    public var description: String { message }
}
