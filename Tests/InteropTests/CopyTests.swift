import Foundation
import LivechatJoin
import LivechatPersistence
import Testing

extension Interop {
    @Suite("Copies by others")
    struct CopyTests {
        /// How a copy is made.
        enum Way: String, CaseIterable {
            case backup, vacuum, dump, backupCall, vacuumByConnection

            func copy(_ path: String, to copy: String) async throws {
                switch self {
                case .backup: try await Shell.run(".backup '\(copy)'", on: path)
                case .vacuum: try await Shell.run("VACUUM INTO '\(copy)';", on: path)
                case .dump:
                    try await Shell.run(try await Shell.output(of: ".dump", on: path), on: copy)
                case .backupCall: try OtherConnection(path).backUp(to: copy)
                case .vacuumByConnection: try OtherConnection(path).run("VACUUM INTO '\(copy)'")
                }
            }
        }

        @Test("Of an open database: has all of it, is whole, and works", arguments: Way.allCases)
        func open(_ way: Way) async throws {
            let chat = try await Chat(agents: 40)
            let database = try chat.open()
            try await joinAll(chat.agents.prefix(20)) { await database.answer($0) }
            try await way.copy(chat.path, to: chat.file("copy.db"))
            try await expectSound(chat.file("copy.db"))
            let copy = try JoinDatabase(interop: chat.file("copy.db")) { $0.schema = .requireCurrent }
            #expect(try await copy.dump() == database.dump())
            #expect(try await copy.events(after: 0, kinds: [.joined]) == database.events(after: 0, kinds: [.joined]))
            try await joinAll(chat.agents) { await copy.answer($0) }
            #expect(try await copy.events(after: 0, kinds: [.joined]).count == chat.agents.count)
            await copy.close()
            try await expectSound(chat.file("copy.db"))
            // The original has taken no part in it.
            try await chat.expectJoined(chat.agents.prefix(20))
            try await joinAll(chat.agents) { await database.answer($0) }
            await database.close()
        }

        @Test("Beside joins: each copy is of one moment", arguments: Way.allCases)
        func beside(_ way: Way) async throws {
            let chat = try await Chat(agents: 200)
            let database = try chat.open()
            let copies = Copies()
            try await joinAll(chat.agents) {
                let acknowledged = try await database.events(after: 0, kinds: [.joined])
                let copy = chat.file("copy\(await copies.next()).db")
                try await way.copy(chat.path, to: copy)
                let opened = try JoinDatabase(interop: copy) { $0.schema = .requireCurrent }
                let events = try await opened.events(after: 0, kinds: [.joined])
                #expect(events.prefix(acknowledged.count) == acknowledged[...])
                let members = try await Shell.run("SELECT count(*) FROM livechat_membership;", on: copy)
                #expect(members == ["\(events.count)"])
                #expect(await opened.answer("agent0") == 200)
                await opened.close()
                try await expectSound(copy)
            } _: {
                await database.answer($0)
            }
            try await chat.expectJoined(chat.agents)
            await database.close()
        }

        private actor Copies {
            private var count = 0

            func next() -> Int {
                count += 1
                return count
            }
        }

        @Test("cp of a stopped database")
        func stopped() async throws {
            let chat = try await Chat()
            let database = try chat.open()
            try await joinAll(chat.agents) { await database.answer($0) }
            await database.close()
            try FileManager.default.copyItem(atPath: chat.path, toPath: chat.file("copy.db"))
            try await expectSound(chat.file("copy.db"))
            let copy = try JoinDatabase(interop: chat.file("copy.db")) { $0.schema = .requireCurrent }
            #expect(try await copy.events(after: 0, kinds: [.joined]).count == chat.agents.count)
            try await joinAll(chat.agents) { await copy.answer($0, "lobby") }
            await copy.close()
        }
    }
}
