internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A database that is looked at as it is, whatever its schema.
enum DatabaseFile {
    /// Refuses a path where there is no database.
    static func requireFile(_ path: String) throws(DatabaseError) {
        // A look at the path and not at the file: closing a file of one's own would drop SQLite's locks on it.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw DatabaseError(.missing, "there is no database at \(path): look at the path")
        }
        if attributes[.type] as? FileAttributeType == .typeDirectory {
            throw DatabaseError(.isDirectory, "\(path) is a folder: name the database file in it")
        }
        try requireDatabaseOfLog(path)
    }

    /// Refuses a path where there is no database of this program's that is whole.
    static func requireDatabase(_ path: String) throws(DatabaseError) {
        try requireFile(path)
        try requireWholeLog(path)
        do {
            let connection = try connect(path, .readOnly)
            // Another program's database is none of our business; one of ours may be older or newer.
            _ = try Migrator(path: path).appliedCount(connection)
        } catch let error as DatabaseError where error.code != .foreignSchema {
            return
        } catch let error as SQLiteError where error.isReadOnly {
            // There is something to recover first, which takes a connection that can write.
        } catch {
            throw DatabaseError(opening: error, path: path)
        }
    }

    /// Refuses a log whose database is gone or empty: SQLite would take it for a leftover and delete it.
    static func requireDatabaseOfLog(_ path: String) throws(DatabaseError) {
        let file = resolved(path)
        // The log first: whoever makes a database now writes to the log last.
        guard FileIdentity.size(path: file + "-wal") ?? 0 > 0, FileIdentity.size(path: file) ?? 0 == 0 else { return }
        throw DatabaseError(
            .logWithoutDatabase,
            "there is a write-ahead log, \(file)-wal, but its database is not at \(file): put the database back "
                + "beside its log, or move the log away if nothing in it is wanted"
        )
    }

    /// Refuses a log that has lost what was committed: SQLite would take what is left for all there was.
    static func requireWholeLog(_ path: String) throws(DatabaseError) {
        if let loss = try lossOfLog(path) { throw .logDamaged(path, loss) }
    }

    /// What the log has lost, in words; nil when it has lost nothing.
    static func lossOfLog(_ path: String) throws(DatabaseError) -> String? {
        do {
            return try LogFile.loss(besideDatabase: resolved(path))
        } catch {
            throw DatabaseError(error, path: path)
        }
    }

    /// Whether a file whose pages have no checksums, nor room for them, is a database of another program.
    static func isForeign(_ path: String) -> Bool {
        do {
            let connection = try connect(path, .readOnly, .written)
            if try connection.hasRoomForChecksums() { return false }
            _ = try Migrator(path: path).appliedCount(connection)
        } catch {
            return (error as? DatabaseError)?.code == .foreignSchema
        }
        return false
    }

    /// SQLite follows a link and puts the log beside the file.
    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    static func connect(
        _ path: String,
        _ access: Connection.Options.Access,
        _ pages: Connection.Options.Pages = .checked
    ) throws(SQLiteError) -> Connection {
        let busyTimeout = JoinDatabase.Options().busyTimeout.sqliteMilliseconds
        return try Connection(path: path, options: .init(access: access, busyTimeout: busyTimeout, pages: pages))
    }
}
