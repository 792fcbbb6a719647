import Foundation
import LivechatJoin
import LivechatPersistence
import Testing

extension Interop {
    @Suite("A copy put back beside an open database")
    struct RestoreTests {
        /// Who puts it back.
        enum Restoring: String, CaseIterable {
            case ours, shell, backupCall

            func restore(_ copy: String, to path: String) async throws {
                switch self {
                case .ours: try await JoinDatabase.restore(copy, to: path)
                case .shell: try await Shell.run(".restore '\(copy)'", on: path)
                case .backupCall: try OtherConnection(copy).backUp(to: path)
                }
            }
        }

        @Test("The next request sees it", arguments: Restoring.allCases, CopyTests.Way.allCases)
        func restored(_ restoring: Restoring, _ way: CopyTests.Way) async throws {
            let chat = try await Chat(agents: 20)
            let database = try chat.open()
            let log = "SELECT log_id FROM livechat_setting;"
            try await joinAll(chat.agents.prefix(10)) { await database.answer($0) }
            try await way.copy(chat.path, to: chat.file("copy.db"))
            let ids = try await chat.shell(log)
            // A shell that was forgotten, and whatever is remembered, see it too.
            let shell = try OpenShell(chat.path)
            try await shell.run("SELECT count(*) FROM livechat_user;")
            try await joinAll(chat.agents) { await database.answer($0) }
            try await chat.shell("UPDATE livechat_user SET active = 0 WHERE id IN ('agent3', 'agent4');")
            #expect(await database.answer("agent3") == 401)

            try await restoring.restore(chat.file("copy.db"), to: chat.path)
            #expect(await database.answer("agent3") == 200)
            #expect(await database.answer("agent4", "lobby") == 200)
            #expect(try await shell.run("SELECT count(*) FROM livechat_membership;") == ["11"])
            try await chat.expectJoined(chat.agents.prefix(10))
            #expect(try await (chat.shell(log) == ids) == (restoring != .ours), "the id of the event log")
            try await joinAll(chat.agents) { await database.answer($0) }
            try await chat.expectJoined(chat.agents)
            #expect(try await chat.shell("PRAGMA journal_mode;") == ["wal"])
            try await shell.close()
            await database.close()
            try await expectSound(chat.path)
        }

        @Test("One of another page size is refused beside the database, and put back once that has been moved away")
        func pageSize() async throws {
            let chat = try await Chat()
            let copy = chat.file("copy.db")
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            try await Shell.run("VACUUM INTO '\(copy)';", on: chat.path)
            try await Shell.run("PRAGMA page_size = 8192; VACUUM;", on: copy)
            #expect(await database.answer("agent1") == 200)
            let error = await #expect(throws: LivechatStoreError.self) {
                try await JoinDatabase.restore(copy, to: chat.path)
            }
            #expect(error?.description.contains("pages of another size") == true, "\(String(describing: error))")
            #expect(await database.answer("agent2") == 200)
            try await chat.expectJoined(chat.agents.prefix(3))
            await database.close()
            try FileManager.default.moveItem(atPath: chat.path, toPath: chat.file("old.db"))
            try await JoinDatabase.restore(copy, to: chat.path)
            let restored = try chat.open()
            #expect(await restored.answer("agent3") == 200)
            try await chat.expectJoined(["agent0", "agent3"])
            await restored.close()
            try await expectSound(chat.path)
        }
    }
}
