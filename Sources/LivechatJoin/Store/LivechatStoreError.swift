package import LivechatPermissions
package import LivechatTokens
package import LivechatValues

/// Why a store did not do what it was asked: what happened, where, and what to do.
public struct LivechatStoreError: Error, Sendable {
    /// What kind of error it is; a struct, so that a new code breaks nobody's `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name.
        public let description: String

        package init(description: String) { self.description = description }

        /// There is no file at the path.
        public static let missing = Code(description: "missing")
        /// The path names a folder.
        public static let isDirectory = Code(description: "isDirectory")
        /// The path names something that is neither a file nor a folder, such as a device or a FIFO.
        public static let notAFile = Code(description: "notAFile")
        /// The file has a second name or is mounted by itself; SQLite keeps a log beside each name and loses commits.
        public static let severalNames = Code(description: "severalNames")
        /// SQLite found the file damaged.
        public static let damaged = Code(description: "damaged")
        /// The file is not a SQLite database.
        public static let notADatabase = Code(description: "notADatabase")
        /// The file is a database without tables of this program.
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
        /// A migration that was applied is not the one that the program has, or a table, index or trigger of ours is
        /// missing or was altered.
        public static let schemaChanged = Code(description: "schemaChanged")
        /// Another process held the write lock for longer than the busy timeout.
        public static let busy = Code(description: "busy")
        /// Something could not be brought to the disk: nothing more is decided or written until the program restarts.
        public static let failedSync = Code(description: "failedSync")
        /// There is no room left on the disk; it is written again once there is.
        public static let diskFull = Code(description: "diskFull")
        /// The database has been closed.
        public static let closed = Code(description: "closed")
        /// What was to be changed does not exist.
        public static let notFound = Code(description: "notFound")
        /// What was to be added exists already.
        public static let alreadyExists = Code(description: "alreadyExists")
        /// What was to be removed keeps users out as long as it is there, or a row of the host's refers to it.
        public static let inUse = Code(description: "inUse")
        /// A cursor is of another event log, is ahead of it, or events that follow it have been removed.
        public static let invalidCursor = Code(description: "invalidCursor")
        /// The connection to the database broke while something was committed: it may have been written.
        public static let outcomeUnknown = Code(description: "outcomeUnknown")
        /// The database failed in another way; the description has its words.
        public static let storage = Code(description: "storage")
    }

    /// What kind of error it is.
    public let code: Code
    private let message: String

    /// Makes an error of a store.
    ///
    /// - Parameters:
    ///   - code: What kind of error it is.
    ///   - message: What happened, where, and what to do, on one line; never a token.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension LivechatStoreError: CustomStringConvertible {
    /// What happened, where, and what to do, on one line.
    public var description: String { message }
}

extension LivechatStoreError {
    /// There is nothing of this kind with this id.
    package static func none(_ kind: String, _ id: LivechatID<some Any>) -> LivechatStoreError {
        LivechatStoreError(.notFound, "there is no \(kind) \(JSONString.quoted(id.string))")
    }

    /// There is something of this kind with this id already.
    package static func taken(_ kind: String, _ id: LivechatID<some Any>) -> LivechatStoreError {
        LivechatStoreError(.alreadyExists, "there is a \(kind) \(JSONString.quoted(id.string)) already")
    }

    /// Something that would let users in when it is removed (contract C15).
    package static func inUse(
        _ kind: String,
        _ id: LivechatID<some Any>,
        _ count: Int,
        _ users: (one: String, several: String),
        _ cure: String
    ) -> LivechatStoreError {
        LivechatStoreError(
            .inUse,
            "the \(kind) \(JSONString.quoted(id.string)) is not removed: \(count) "
                + "\(count == 1 ? users.one : users.several); \(cure) first"
        )
    }

    /// A restricted role that users hold.
    package static func held(_ role: LivechatRoleID, by count: Int) -> LivechatStoreError {
        let users = (one: "user holds this restricted role", several: "users hold this restricted role")
        return .inUse("role", role, count, users, "withdraw it from them")
    }

    /// A permission that roles are restricted to.
    package static func restricting(_ permission: LivechatPermissionID, _ count: Int) -> LivechatStoreError {
        let roles = (one: "role is restricted to it", several: "roles are restricted to it")
        return .inUse("permission", permission, count, roles, "restrict them to something else")
    }

    /// A department that rooms or inquiries belong to.
    package static func named(_ department: LivechatDepartmentID, by count: Int) -> LivechatStoreError {
        let rooms = (one: "room or its inquiry belongs to it", several: "rooms or their inquiries belong to it")
        return .inUse("department", department, count, rooms, "move them")
    }

    /// A row of the host's refers to what was to be removed; `words` are the database's own.
    package static func referredTo(_ database: String, _ words: String) -> LivechatStoreError {
        LivechatStoreError(
            .inUse,
            "\(database): a row of another table refers to what was to be removed (\(words)): remove that row first, or "
                + "declare its foreign key ON DELETE CASCADE or SET NULL"
        )
    }

    /// The user has no membership that a role could be assigned to.
    package static func notMember(_ user: LivechatUserID, of room: LivechatRoomID) -> LivechatStoreError {
        LivechatStoreError(
            .notFound,
            "user \(JSONString.quoted(user.string)) is not a member of room \(JSONString.quoted(room.string))"
        )
    }
}
