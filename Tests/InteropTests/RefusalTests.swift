import Foundation
import LivechatJoin
import LivechatPersistence
import Testing

extension Interop {
    @Suite("Files that are refused at opening")
    struct RefusalTests {
        /// What stands at the path.
        enum Kind: String, CaseIterable {
            case hardLink, otherHardLink, fifo, folder, nullDevice, zeroDevice, linkToNullDevice, linkToFIFO

            /// Makes it, and returns its path.
            func make(_ chat: Chat) throws -> String {
                let files = FileManager.default
                let path = chat.file("other.db")
                switch self {
                case .hardLink:
                    try files.linkItem(atPath: chat.path, toPath: path)
                    return chat.path
                case .otherHardLink: try files.linkItem(atPath: chat.path, toPath: path)
                case .fifo: #expect(unsafe mkfifo(path, 0o600) == 0)
                case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
                case .nullDevice: return "/dev/null"
                case .zeroDevice: return "/dev/zero"
                case .linkToNullDevice: try files.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
                case .linkToFIFO:
                    #expect(unsafe mkfifo(chat.file("fifo"), 0o600) == 0)
                    try files.createSymbolicLink(atPath: path, withDestinationPath: chat.file("fifo"))
                }
                return path
            }
        }

        @Test("What SQLite cannot keep whole, or is no file", arguments: Kind.allCases)
        func refused(_ kind: Kind) async throws {
            let chat = try await Chat()
            let path = try kind.make(chat)
            let before = try Self.listing(chat)
            // With the other end open, opening a FIFO fails at once instead of waiting for ever.
            let end = [.fifo, .linkToFIFO].contains(kind) ? FileHandle(forUpdatingAtPath: path) : nil
            defer { try? end?.close() }
            for schema in [JoinDatabase.Options.Schema.migrate, .requireCurrent] {
                let error = #expect(throws: LivechatStoreError.self) {
                    _ = try JoinDatabase(interop: path) { $0.schema = schema }
                }
                // It was seen for what it is, and is not what SQLite stumbled over.
                let said = String(describing: error)
                #expect(error?.code != .storage, "\(said)")
                // It says what it is about and, behind a colon or a semicolon, what to do.
                #expect(said.contains(path) && said.contains { ":;".contains($0) }, "\(said)")
            }
            #expect(throws: LivechatStoreError.self) { _ = try JoinDatabase.migrate(path: path) }
            #expect(try Self.listing(chat) == before)
        }

        @Test("Once the second name is gone, it opens")
        func secondNameGone() async throws {
            let chat = try await Chat()
            try FileManager.default.linkItem(atPath: chat.path, toPath: chat.file("other.db"))
            #expect(throws: LivechatStoreError.self) { _ = try chat.open() }
            try FileManager.default.removeItem(atPath: chat.file("other.db"))
            let database = try chat.open()
            try await joinAll(chat.agents) { await database.answer($0) }
            await database.close()
        }

        /// What another program's file has in it.
        private static let contents = [
            "CREATE TABLE host_thing (id TEXT); INSERT INTO host_thing VALUES ('mine');", "",
        ]

        @Test("A file without our tables, unless they are to be added", arguments: contents)
        func withoutTables(_ content: String) async throws {
            let chat = try await Chat()
            let path = chat.file("other.db")
            try await Shell.run("PRAGMA user_version = 3; " + content, on: path)
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(throws: LivechatStoreError.self) {
                _ = try JoinDatabase(interop: path) { $0.schema = .requireCurrent }
            }
            await #expect(throws: LivechatStoreError.self) {
                try await JoinDatabase.backup(path, to: chat.file("copy.db"))
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
            #expect(try Self.listing(chat) == ["chat.db", "other.db"])
            let database = try JoinDatabase(interop: path)
            await database.close()
            let again = try JoinDatabase(interop: path) { $0.schema = .requireCurrent }
            await again.close()
            try await expectSound(path)
        }

        private static func listing(_ chat: Chat) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: chat.folder.path).sorted()
        }
    }
}
