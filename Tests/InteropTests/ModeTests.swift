#if CommandLine
import Foundation
import LivechatPersistence
import ServerTesting
import Testing

extension Interop {
    @Suite("Who may read the files")
    struct ModeTests {
        private static func mode(_ path: String) throws -> String {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return String(try #require(attributes[.posixPermissions] as? Int), radix: 8)
        }

        private static func run(_ arguments: String..., umask: String) async throws {
            let result = try await Tool.run(arguments, umask: umask)
            try #require(result.status == 0, "\(result.errors)")
        }

        @Test("Nobody but its owner, whatever the umask", arguments: ["022", "000", "077"])
        func umask(_ umask: String) async throws {
            let chat = try await Chat()
            let (path, copy) = (chat.file("new.db"), chat.file("copy.db"))
            try await Self.run("migrate", "--database", path, umask: umask)
            #expect(try Self.mode(path) == "600")
            try await Server.with(path, umask: umask) { server in
                try await server.expect(401, "nobody")
                // A write, so that there is a log.
                let tool = try await Tool.run(
                    ["load", "-", "--database", path],
                    input: #"{ "users": [{ "id": "u" }] }"#
                )
                #expect(tool.status == 0, "\(tool.errors)")
                for suffix in ["", "-wal", "-shm"] { #expect(try Self.mode(path + suffix) == "600", "\(suffix)") }
                try await Self.run("backup", copy, "--database", path, umask: umask)
            }
            #expect(try Self.mode(copy) == "600")
        }

        @Test("A library's new database is its owner's too")
        func library() async throws {
            let chat = try await Chat()
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            for suffix in ["", "-wal", "-shm"] { #expect(try Self.mode(chat.path + suffix) == "600", "\(suffix)") }
            await database.close()
        }

        @Test("A mode that was given to the database is that of its next log and index", arguments: ["660", "640"])
        func shared(_ mode: String) async throws {
            let chat = try await Chat()
            let permissions = try #require(Int(mode, radix: 8))
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: chat.path)
            try await Server.with(chat.path, umask: "077") { server in
                try await joinAll(chat.agents) { try await server.answer($0) }
                for suffix in ["", "-wal", "-shm"] { #expect(try Self.mode(chat.path + suffix) == mode, "\(suffix)") }
                try await Self.run("backup", chat.file("copy.db"), "--database", chat.path, umask: "000")
            }
            #expect(try Self.mode(chat.path) == mode)
            #expect(try Self.mode(chat.file("copy.db")) == "600")
            try await chat.expectJoined(chat.agents)
        }
    }
}
#endif
