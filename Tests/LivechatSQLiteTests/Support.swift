import Foundation
import LivechatSQLite

/// Runs a test with the path of a database in a fresh folder, which is removed afterwards.
func withDatabasePath(_ body: (String) throws -> Void) throws {
    try withFolder { folder in try body(folder + "/test.db") }
}

/// Runs a test with a fresh folder, which is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("livechat-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

func open(
    _ path: String,
    _ access: Connection.Options.Access = .create,
    busyTimeout: Int32 = 0
) throws(SQLiteError) -> Connection {
    try Connection(path: path, options: Connection.Options(access: access, busyTimeout: busyTimeout))
}

/// The error that a piece of work ends with, or nil when it ends well.
func failure(_ body: () throws -> Void) -> SQLiteError? {
    do {
        try body()
        return nil
    } catch {
        return error as? SQLiteError
    }
}

/// An error of the test's own.
struct Oops: Error, Equatable {}

/// Result codes as SQLite's documentation gives them (https://sqlite.org/rescode.html).
enum ResultCode {
    static let error: Int32 = 1
    static let busy: Int32 = 5
    static let readOnly: Int32 = 8
    static let cannotOpen: Int32 = 14
    static let range: Int32 = 25
    static let notADatabase: Int32 = 26
    static let busySnapshot: Int32 = 517
    static let foreignKey: Int32 = 787
    static let primaryKey: Int32 = 1_555
    static let unique: Int32 = 2_067
}
