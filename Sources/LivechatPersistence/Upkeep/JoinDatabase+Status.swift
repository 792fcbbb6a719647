internal import LivechatSQLite
package import LivechatValues

extension JoinDatabase {
    /// How the file and its upkeep stand.
    package struct Status: Sendable {
        /// How many migrations have been applied, which are those of the program.
        package let schema: Int
        package let sqliteVersion: String
        package let databaseBytes: Int
        package let logBytes: Int
        /// When this process last checkpointed the log; nil while it has not.
        package let lastCheckpoint: LivechatTimestamp?
    }

    /// How the file and its upkeep stand now.
    package var status: Status {
        Status(
            schema: Migrator(path: path).migrations.count,
            sqliteVersion: Connection.libraryVersion,
            databaseBytes: FileStatus(path: path)?.size ?? 0,
            logBytes: logBytes,
            lastCheckpoint: checkpointer?.lastCheckpoint
        )
    }
}
