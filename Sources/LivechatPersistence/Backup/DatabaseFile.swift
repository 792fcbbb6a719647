internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A database that is looked at as it is, whatever its schema.
enum DatabaseFile {
    /// Refuses a path where there is no database.
    static func requireDatabase(_ path: String) throws(DatabaseError) {
        // A look at the path and not at the file: closing a file of one's own would drop SQLite's locks on it.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw DatabaseError(.missing, "there is no database at \(path): look at the path")
        }
        if attributes[.type] as? FileAttributeType == .typeDirectory {
            throw DatabaseError(.isDirectory, "\(path) is a folder: name the database file in it")
        }
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

    static func connect(_ path: String, _ access: Connection.Options.Access) throws(SQLiteError) -> Connection {
        try Connection(
            path: path,
            options: .init(access: access, busyTimeout: JoinDatabase.Options().busyTimeout.sqliteMilliseconds)
        )
    }
}
