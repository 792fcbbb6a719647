import Foundation
import LivechatJoin
import LivechatMigrations
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("Files that are refused", .serialized)
struct SchemaRefusalTests {
    /// A file that is not what it should be, and what is said of it.
    struct File: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The schemas with which opening refuses it.
        var schemas: [JoinDatabase.Options.Schema] = [.migrate, .requireCurrent]
        let code: LivechatStoreError.Code
        let message: @Sendable (String) -> String
        let make: @Sendable (TemporaryDatabase) throws -> Void
        /// Whether `migrate`, which looks at the migrations only, has nothing against it.
        var canBeMigrated = false

        static func changed(by script: String) -> @Sendable (TemporaryDatabase) throws -> Void {
            { temporary in
                _ = try JoinDatabase.migrate(path: temporary.path)
                try temporary.execute(script)
            }
        }
    }

    static let known = Migration.all.count
    static let newest = Migration.all.map(\.name).last ?? ""

    static let files = [
        File(
            testDescription: "a changed checksum",
            code: .schemaChanged,
            message: {
                "schema \(known) of \($0) was made by another \(newest) than this program's \(newest): "
                    + "use the livechat-join that made it, or restore a backup"
            },
            make: File.changed(by: "UPDATE livechat_migration SET checksum = 'ab' WHERE version = \(known)")
        ),
        File(
            testDescription: "a gap",
            code: .schemaChanged,
            message: { "\($0) lacks schema 1 but has 2: restore it from a backup" },
            make: File.changed(by: "DELETE FROM livechat_migration WHERE version = 1")
        ),
        File(
            testDescription: "a trigger that is gone",
            code: .schemaChanged,
            message: {
                "\($0): the schema has been changed by hand: trigger livechat_user_updated is missing; see what to do with "
                    + "`livechat-join check --database \($0)`"
            },
            make: File.changed(by: "DROP TRIGGER livechat_user_updated"),
            canBeMigrated: true
        ),
        File(
            testDescription: "a newer database",
            code: .schemaNewer,
            message: {
                "\($0) is at schema \(known + 1), this program knows \(known): use a program built with a newer livechat-join"
            },
            make: File.changed(by: "INSERT INTO livechat_migration VALUES (\(known + 1), 'later.sql', 'ab', 0)")
        ),
        File(
            testDescription: "a database of another program",
            schemas: [.requireCurrent],
            code: .foreignSchema,
            message: {
                "\($0) is a database without livechat-join's tables: name another file, or add them with "
                    + "`livechat-join migrate --database \($0)`"
            },
            make: { try $0.execute("CREATE TABLE user (id TEXT)", .create) }
        ),
        File(
            testDescription: "a database whose text is UTF-16",
            code: .foreignSchema,
            message: { "\($0) holds its text as UTF-16, which cannot be changed: use a file of its own" },
            make: { try $0.execute("PRAGMA encoding = 'UTF-16le'; CREATE TABLE host (id TEXT)", .create) }
        ),
        File(
            testDescription: "a FIFO",
            code: .notAFile,
            message: { "\($0) is not a regular file: name a database file" },
            make: { temporary in
                guard unsafe mkfifo(temporary.path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
            }
        ),
        File(
            testDescription: "a file with a second name",
            code: .severalNames,
            message: {
                "\($0) has 2 names (hard links), and SQLite would keep a log beside each: remove the others, "
                    + "`find -samefile` finds them"
            },
            make: { temporary in
                _ = try JoinDatabase.migrate(path: temporary.path)
                try FileManager.default.linkItem(atPath: temporary.path, toPath: temporary.path + ".second")
            }
        ),
        File(
            testDescription: "a file that is not SQLite",
            code: .notADatabase,
            message: { "\($0) is not a SQLite database: file is not a database" },
            make: { try Data("Dear diary".utf8).write(to: URL(filePath: $0.path)) }
        ),
        File(
            testDescription: "a folder",
            code: .isDirectory,
            message: { "\($0) is a folder: name the database file in it" },
            make: { try FileManager.default.createDirectory(atPath: $0.path, withIntermediateDirectories: false) }
        ),
        File(
            testDescription: "a missing file",
            schemas: [.requireCurrent],
            code: .missing,
            message: { "there is no database at \($0): make one with `livechat-join migrate --database \($0)`" },
            make: { _ in }
        ),
        File(
            testDescription: "an empty file",
            schemas: [.requireCurrent],
            code: .schemaOlder,
            message: {
                "\($0) is at schema 0, this program needs \(known): run `livechat-join migrate --database \($0)`"
            },
            make: { try Data().write(to: URL(filePath: $0.path)) }
        ),
    ]

    @Test("Each is refused in one line and left as it was", arguments: files)
    func refused(_ file: File) throws {
        let temporary = try TemporaryDatabase()
        try file.make(temporary)
        let before = try temporary.files()
        for schema in file.schemas {
            let error = #expect(throws: LivechatStoreError.self) { _ = try temporary.open { $0.schema = schema } }
            #expect(error?.description == file.message(temporary.path))
            #expect(error?.code == file.code)
        }
        if file.schemas.contains(.migrate), !file.canBeMigrated {
            let error = #expect(throws: LivechatStoreError.self) { _ = try JoinDatabase.migrate(path: temporary.path) }
            #expect(error?.description == file.message(temporary.path))
            #expect(error?.code == file.code)
        }
        // A look at a database leaves SQLite's index beside it, and a log without content.
        let after = try temporary.files().filter {
            $0.key != "chat.db-shm" && !($0.key == "chat.db-wal" && $0.value.isEmpty)
        }
        #expect(after == before)
    }

    @Test("A newer database whose program was killed keeps its write-ahead log")
    func refusedWithLog() throws {
        let living = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: living.path)
        let connection = try living.connect()
        try connection.execute("INSERT INTO livechat_migration VALUES (\(Self.known + 1), 'later.sql', 'ab', 0)")
        // A copy of the files is what a killed program leaves behind.
        let killed = try TemporaryDatabase()
        for name in ["chat.db", "chat.db-wal"] {
            try FileManager.default.copyItem(
                at: living.folder.appending(path: name),
                to: killed.folder.appending(path: name)
            )
        }
        let before = try killed.files()
        #expect(try #require(before["chat.db-wal"]).count > 0)
        for schema in [JoinDatabase.Options.Schema.migrate, .requireCurrent] {
            let error = #expect(throws: LivechatStoreError.self) { _ = try killed.open { $0.schema = schema } }
            #expect(error?.code == .schemaNewer)
        }
        let after = try killed.files()
        #expect(after["chat.db"] == before["chat.db"])
        #expect(after["chat.db-wal"] == before["chat.db-wal"])
        try connection.close()
    }
}
