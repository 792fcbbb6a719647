import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("A database for a test")
struct TemporaryTests {
    @Test("It has a folder of its own, the default grants, and goes when it is closed")
    func lives() async throws {
        let (one, other) = (try JoinDatabase.temporary(), try JoinDatabase.temporary())
        #expect(one.path != other.path)
        try await one.addUser("ann", roles: ["livechat-agent"])
        #expect(try await other.user("ann") == nil)
        let folder = URL(filePath: one.path).deletingLastPathComponent().path
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        await one.close()
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(FileManager.default.fileExists(atPath: other.path))
        await other.close()
    }

    @Test("What is not a file says what is meant", arguments: [":memory:", ""])
    func notAFile(_ path: String) throws {
        let error = try #require(throws: LivechatStoreError.self) { _ = try JoinDatabase(path: path) }
        #expect("\(error)".contains("\"\(path)\" is not the path of a file"))
        #expect("\(error)".contains("JoinDatabase.temporary()"))
    }

    @Test("A missing folder is named")
    func missingFolder() throws {
        let path = "/nowhere-\(UUID().uuidString)/chat.db"
        let error = try #require(throws: LivechatStoreError.self) { _ = try JoinDatabase(path: path) }
        #expect("\(error)".hasPrefix("there is no folder /nowhere-"))
    }
}
