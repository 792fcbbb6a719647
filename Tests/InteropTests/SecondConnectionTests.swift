import Foundation
import LivechatJoin
import LivechatPersistence
import ServerTesting
import Testing

extension Interop {
    /// Closing any descriptor of a file drops the locks that the process has on it.
    ///
    /// SQLite sees to that for its own connections; nothing else in this process may open the files.
    @Suite("Connections of this process beside an open database")
    struct SecondConnectionTests {
        /// What is done in this process before another asks for locks.
        enum Act: String, CaseIterable {
            case connections, writes, backupCall, check, backup, refusedBackup, restore, dump, load, secondDatabase,
                throughLink, migrate, health, logBytes

            func run(_ chat: Chat, _ database: JoinDatabase) async throws {
                switch self {
                case .connections:
                    try await offThread {
                        for _ in 0..<50 { try OtherConnection(chat.path).run("SELECT count(*) FROM livechat_user") }
                    }
                case .writes:
                    try await offThread {
                        for number in 0..<50 {
                            try OtherConnection(chat.path).run("UPDATE livechat_user SET username = 'name \(number)'")
                        }
                    }
                case .backupCall:
                    try await offThread { try OtherConnection(chat.path).backUp(to: chat.file("copy.db")) }
                case .check: try await expectSound(chat.path)
                case .backup: try await database.backup(to: chat.file("copy.db"))
                case .refusedBackup:
                    await #expect(throws: LivechatStoreError.self) { try await database.backup(to: chat.path) }
                case .restore:
                    try await database.backup(to: chat.file("copy.db"))
                    try await JoinDatabase.restore(chat.file("copy.db"), to: chat.path)
                case .throughLink:
                    let link = chat.file("link.db")
                    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: chat.path)
                    let second = try JoinDatabase(interop: link)
                    #expect(await second.answer("agent0") == 200)
                    await second.close()
                    try await expectSound(link)
                case .dump: _ = try await database.dump()
                case .load: try await database.load(fixture: database.dump())
                case .secondDatabase:
                    for _ in 0..<5 {
                        let second = try chat.open()
                        #expect(await second.answer("agent0") == 200)
                        await second.close()
                    }
                case .migrate: _ = try JoinDatabase.migrate(path: chat.path)
                case .health: try await database.checkHealth()
                case .logBytes: #expect(database.logBytes >= 0)
                }
            }
        }

        @Test("Locks are kept, so others cannot take the log away, and nothing is lost", arguments: Act.allCases)
        func locks(_ act: Act) async throws {
            let chat = try await Chat(agents: 20)
            let database = try chat.open()
            try await joinAll(chat.agents.prefix(10)) { await database.answer($0) }
            try await Self.expectLocked(chat, "before")
            try await act.run(chat, database)
            try await Self.expectLocked(chat, "after")
            try await joinAll(chat.agents) { await database.answer($0) }
            try await Self.expectLocked(chat, "after joins")
            try await chat.expectJoined(chat.agents)
            await database.close()
            try await chat.expectJoined(chat.agents)
            try await expectSound(chat.path)
        }

        /// What only a program that is alone on the file may do.
        private static let exclusive = [
            "PRAGMA journal_mode = DELETE;",
            "PRAGMA locking_mode = EXCLUSIVE; SELECT count(*) FROM livechat_user;",
        ]

        private static func expectLocked(_ chat: Chat, _ when: String) async throws {
            for script in exclusive {
                let error = await #expect(throws: Shell.Failure.self, "\(when): \(script)") {
                    try await chat.shell(script, timeout: 0)
                }
                #expect(error?.description.contains("locked") == true, "\(when): \(String(describing: error))")
            }
            let error = #expect(throws: OtherConnection.Failure.self) {
                try OtherConnection(chat.path, timeout: 0).run("PRAGMA journal_mode = DELETE")
            }
            #expect(error?.description.contains("locked") == true, "\(when): \(String(describing: error))")
            #expect(try await chat.shell("PRAGMA journal_mode;") == ["wal"])
        }

        @Test("Connections that come and go beside joins")
        func beside() async throws {
            let chat = try await Chat(agents: 300)
            let database = try chat.open()
            try await joinAll(chat.agents) {
                try await Act.connections.run(chat, database)
                try await Act.writes.run(chat, database)
            } _: {
                await database.answer($0)
            }
            try await Self.expectLocked(chat, "afterwards")
            try await chat.expectJoined(chat.agents)
            await database.close()
            try await expectSound(chat.path)
        }

        @Test("One that stays open across a stop and a restart, and longer than both")
        func acrossRestart() async throws {
            let chat = try await Chat(agents: 40)
            let other = try OtherConnection(chat.path)
            for script in [
                "SELECT count(*) FROM livechat_membership", "BEGIN; SELECT count(*) FROM livechat_membership",
            ] {
                try other.run(script)
                for half in [chat.agents.prefix(20), chat.agents.suffix(20)] {
                    let database = try chat.open()
                    try await joinAll(half) {
                        await database.answer($0, script.hasPrefix("BEGIN") ? "lobby" : "public")
                    }
                    await database.close()
                }
            }
            #expect(try other.run("COMMIT; SELECT count(*) FROM livechat_membership") == ["80"])
            try other.run("UPDATE livechat_user SET active = 0 WHERE id = 'agent0'")
            let database = try chat.open()
            #expect(await database.answer("agent0") == 401)
            #expect(await database.answer("agent1") == 200)
            await database.close()
            try await chat.expectJoined(chat.agents)
            try await chat.expectJoined(chat.agents, "lobby")
            try await expectSound(chat.path)
        }
    }
}
