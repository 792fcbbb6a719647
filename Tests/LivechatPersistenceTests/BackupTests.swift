import Dispatch
import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatSQLite
import Testing

@Suite("Backups", .serialized)
struct BackupTests {
    @Test(
        "A backup is one file that opens by itself and has all that was committed, and nothing of an open transaction"
    )
    func whole() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        #expect(try await database.join("agent", "served") == .joined(.serving))
        let other = try temporary.connect()
        try other.execute("BEGIN IMMEDIATE; DELETE FROM livechat_login_token")
        let copy = try TemporaryDatabase()
        try await database.backup(to: copy.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy.folder.path) == ["chat.db"])
        let connection = try copy.connect(.readOnly)
        #expect(try connection.text("PRAGMA journal_mode") == "delete")
        #expect(try connection.text("PRAGMA integrity_check") == "ok")
        try connection.close()
        other.rollBack()
        let restored = try copy.open { $0.schema = .requireCurrent }
        #expect(try await restored.dump() == database.dump())
        #expect(try await restored.events(after: 0) == database.events(after: 0))
        #expect(try await restored.join("agent", "public") == .joined(.queuedInPublic))
        await restored.close()
        await database.close()
    }

    @Test("What another process has committed is in it, and what it commits afterwards is not")
    func moment() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute("UPDATE livechat_user SET username = 'before' WHERE id = 'agent'")
        let copy = try TemporaryDatabase()
        try await database.backup(to: copy.path)
        try temporary.execute("UPDATE livechat_user SET username = 'after' WHERE id = 'agent'")
        #expect(try copy.rows("SELECT username FROM livechat_user WHERE id = 'agent'") == [["before"]])
        await database.close()
    }

    @Test("Backups beside writers end, and each is of one moment", arguments: 0..<3)
    func besideWriters(_: Int) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let stop = Flag()
        let writer = Task {
            var count: Int64 = 0
            while !stop.isRaised {
                count += 1
                // Two tables that agree in every committed state.
                try temporary.execute(
                    """
                    BEGIN IMMEDIATE;
                    UPDATE livechat_user SET username = '\(count)' WHERE id = 'agent';
                    UPDATE livechat_room SET visitor_token = '\(count)' WHERE id = 'served';
                    COMMIT
                    """
                )
                // Whom it waits for may need this very thread.
                await Task.yield()
            }
        }
        for number in 0..<5 {
            let copy = try TemporaryDatabase()
            try await database.backup(to: copy.path)
            let rows = try copy.rows(
                """
                SELECT username, visitor_token FROM livechat_user AS user
                JOIN livechat_room AS room ON room.id = 'served' AND user.id = 'agent'
                """
            )
            #expect(rows.first?.first == rows.first?.last || rows == [["ann", "v"]], "backup \(number)")
            #expect(try await JoinDatabase.check(path: copy.path).filter { !$0.holds } == [])
        }
        stop.raise()
        try await writer.value
        await database.close()
    }

    @Test("A file that exists is left alone, whatever it is", arguments: ["file", "folder", "link", "database"])
    func exists(_ kind: String) async throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let target = kind == "database" ? temporary.path : temporary.folder.appending(path: "copy.db").path
        switch kind {
        case "file": try Data("mine".utf8).write(to: URL(filePath: target))
        case "folder": try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
        case "link": try FileManager.default.createSymbolicLink(atPath: target, withDestinationPath: "nowhere")
        default: break
        }
        let before = try FileManager.default.contentsOfDirectory(atPath: temporary.folder.path).sorted()
        let error = await #expect(throws: LivechatStoreError.self) {
            try await JoinDatabase.backup(temporary.path, to: target)
        }
        #expect(error?.code == .alreadyExists)
        #expect(error?.description == "\(target) exists already: name a new file, or move it away")
        let after = try FileManager.default.contentsOfDirectory(atPath: temporary.folder.path).sorted()
        #expect(after.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") } == before)
        if kind == "file" { #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine") }
    }

    @Test("Of two backups to one name at once one is made")
    func atOnce() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let copy = try TemporaryDatabase()
        let made = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask { (try? await database.backup(to: copy.path)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy.folder.path) == ["chat.db"])
        #expect(try await JoinDatabase.check(path: copy.path).filter { !$0.holds } == [])
        await database.close()
    }

    @Test("What cannot be copied is said, and nothing is left behind")
    func refused() async throws {
        let temporary = try TemporaryDatabase()
        let copy = temporary.folder.appending(path: "copy.db").path
        func error(_ path: String, _ target: String) async -> LivechatStoreError? {
            await #expect(throws: LivechatStoreError.self) { try await JoinDatabase.backup(path, to: target) }
        }
        #expect(await error(temporary.path, copy)?.code == .missing)
        #expect(await error(temporary.folder.path, copy)?.code == .isDirectory)
        try temporary.execute("CREATE TABLE other (id TEXT)", .create)
        #expect(await error(temporary.path, copy)?.code == .foreignSchema)
        let own = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: own.path)
        let nowhere = own.folder.appending(path: "nowhere/copy.db").path
        #expect(await error(own.path, nowhere)?.description.hasPrefix("there is no folder ") == true)
        let names = try FileManager.default.contentsOfDirectory(atPath: own.folder.path)
        #expect(names.allSatisfy { $0.hasPrefix("chat.db") })
    }

    @Test("A database of another or a newer schema can be copied: one does so before a migration", arguments: [-1, 1])
    func schema(_ step: Int) async throws {
        let temporary = try TemporaryDatabase()
        let count = try JoinDatabase.migrate(path: temporary.path).count
        try temporary.execute(
            step < 0
                ? "UPDATE livechat_migration SET checksum = 'of an earlier one'"
                : "INSERT INTO livechat_migration VALUES (\(count + 1), 'later.sql', 'ab', 0)"
        )
        let copy = try TemporaryDatabase()
        try await JoinDatabase.backup(temporary.path, to: copy.path)
        #expect(try copy.rows("SELECT version FROM livechat_migration").count == count + max(0, step))
    }

    @Test("Nobody but its owner can read the copy, whatever the mode of the database")
    func permissions() async throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: temporary.path)
        let copy = try TemporaryDatabase()
        try await JoinDatabase.backup(temporary.path, to: copy.path)
        let permissions = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
    }

    @Test("A closed database makes no backup")
    func closed() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        await database.close()
        let copy = temporary.folder.appending(path: "copy.db").path
        let error = await #expect(throws: LivechatStoreError.self) { try await database.backup(to: copy) }
        #expect(error?.code == .closed)
        #expect(!FileManager.default.fileExists(atPath: copy))
    }
}
