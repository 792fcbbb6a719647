internal import LivechatSQLite

extension JoinDatabase {
    /// How a database is opened; the defaults suit a server.
    ///
    /// ```swift
    /// var options = JoinDatabase.Options()
    /// options.schema = .requireCurrent
    /// options.durability = .normal
    /// options.access = .allowed(at: "chat.db")
    /// let database = try JoinDatabase(path: "chat.db", options: options)
    /// ```
    public struct Options: Sendable {
        /// What happens to a schema that is not the program's own.
        public enum Schema: Sendable {
            /// Makes the file when it is missing, and brings an older schema up to date.
            case migrate
            /// Refuses a missing file and an older schema.
            case requireCurrent
        }

        /// What may be done with the database.
        public enum Access: Sendable {
            /// Reads and writes.
            case readWrite
            /// Reads alone, as a user may who cannot write the file or its folder. A write throws `LivechatStoreError` with
            /// the code `readOnly`. The schema has to be the program's.
            ///
            /// Where nobody has the database open and its log cannot be made, the file is read as it is, without
            /// locks; a read during which somebody opens it fails.
            case readOnly

            /// All that this user may do with the database at a path.
            public static func allowed(at path: String) -> Access {
                DatabaseFile.isWritable(path) ? .readWrite : .readOnly
            }
        }

        /// What an acknowledged join survives (https://sqlite.org/pragma.html#pragma_synchronous).
        public enum Durability: Sendable {
            /// The end of the process and the loss of power.
            case full
            /// The end of the process; a loss of power can take the newest joins back, all of them whole.
            case normal
        }

        /// What happens to a schema that is not the program's own.
        public var schema: Schema = .migrate
        /// What may be done with the database.
        public var access: Access = .readWrite
        /// What an acknowledged join survives.
        public var durability: Durability = .full
        /// How many connections read at the same time, at least 1.
        public var readers = 4
        /// How long a write waits for another process's lock before it fails, from when it is asked for.
        public var busyTimeout: Duration = .seconds(5)
        /// The page cache of each connection, in bytes.
        public var cacheBytes = 2 << 20
        /// The page cache of the writer while a fixture is loaded, in bytes.
        ///
        /// What is put in by id is put in anywhere: a load of many millions is much faster when the cache holds the
        /// indexes by id and digest.
        public var loadCacheBytes = 64 << 20
        /// How much of the file each connection reads through a memory mapping, in bytes.
        ///
        /// 0 turns mapping off, and SQLite maps at most 2 GiB. What is mapped counts as the process's memory where the
        /// system tells of that, but is the system's own copy of the file, which it takes back when it needs the room.
        /// A file that is truncated, or a page of it that the disk cannot give, ends the process with SIGBUS.
        public var mappedBytes = 2 << 30

        /// How many logins are remembered, so that a token and the user's roles need not be looked up again until the
        /// user, one of the tokens or one of the roles changes; some 300 bytes each, 0 to remember none.
        public var rememberedLogins = 100_000

        /// How much of the write-ahead log may wait to be checkpointed, in bytes.
        ///
        /// Less writes the same pages more often; more makes the log longer. The log itself becomes some four times as
        /// long at the most.
        public var logBytes = 16 << 20

        /// How readers open the file.
        var readerAccess = Connection.Options.Access.readOnly

        /// The folder that goes when the database is closed.
        var temporaryFolder: String?

        /// The defaults: migrate, full durability, 4 readers, 5 seconds, 2 MiB of cache, 64 MiB while loading, 2 GiB of
        /// mapping, 100,000 logins, 16 MiB of log.
        public init() {}
    }
}

extension Duration {
    /// The duration in whole milliseconds, as SQLite takes it.
    var sqliteMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        let milliseconds = Double(seconds) * 1_000 + Double(attoseconds) / 1e15
        return Int32(clamping: Int64(min(max(milliseconds, 0), Double(Int32.max))))
    }
}
