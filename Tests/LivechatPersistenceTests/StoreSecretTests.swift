import Foundation
import LivechatJoin
import LivechatPersistence
import Testing

@Suite("Raw tokens are nowhere (C4)", .serialized)
struct StoreSecretTests {
    private static let canary = "canary-3fAq9ZkT"

    private static func fixture(_ rest: String = "") -> String {
        #"{"users":[{"id":"u","roles":["livechat-agent"],"tokens":[{"token":"\#(canary)"}\#(rest)]}],"#
            + #""rooms":[{"id":"r","servedBy":"u"}]}"#
    }

    /// Every file in which a text stands, the database, its log and its index.
    private static func files(of temporary: TemporaryDatabase, with text: String) throws -> [String] {
        try temporary.files().filter { Data($0.value).range(of: Data(text.utf8)) != nil }.map(\.key).sorted()
    }

    @Test("No file holds a token that was loaded, used, added, issued or revoked")
    func files() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: Self.fixture())
        let request = JoinRequest(userID: "u", token: Self.canary, roomID: "r")
        #expect(try await JoinService(store: database).join(request) == .joined(.serving))
        try await database.addToken(
            LivechatToken(Self.canary + "-added"),
            for: id("u"),
            LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0))
        )
        let issued = try await database.issueToken(for: id("u")).reveal()
        try await database.revokeToken(LivechatToken(Self.canary).digest, of: id("u"))
        let dump = String(decoding: try await database.dump(), as: UTF8.self)
        #expect(!dump.contains(Self.canary) && !dump.contains(issued))
        // With the log still beside it, then with the log taken into the file. Nothing reads the database after.
        for name in ["log", "file"] {
            #expect(try Self.files(of: temporary, with: Self.canary) == [], "\(name)")
            #expect(try Self.files(of: temporary, with: issued) == [], "\(name)")
            await database.close()
        }
        // The search finds what is there.
        #expect(try Self.files(of: temporary, with: "livechat-agent") == ["chat.db"])
    }

    @Test(
        "No error speaks of a token",
        arguments: [
            #","x":1"#, #",{"token":"canary-3fAq9ZkT"}"#, #",{"token":7}"#, #",{"hashedToken":"canary-3fAq9ZkT"}"#,
            #",{"token":"canary-3fAq9ZkT","hashedToken":"x"}"#, #",{"token":"canary-3fAq9ZkT","kind":"k"}"#,
            #",{"token":"canary-3fAq9ZkT","createdAt":"never"}"#, #",{"canary":1,"token":"canary-3fAq9ZkT"}"#,
            #",{"token":"canary-3fAq9ZkT\ud800"}"#, #",{"token":"canary-3fAq9ZkT"#, #",{"token":["canary-3fAq9ZkT"]}"#,
        ]
    )
    func errors(_ rest: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let error = await #expect(throws: (any Error).self) {
            try await database.load(fixture: Array(Self.fixture(rest).utf8))
        }
        let text = [error.map { "\($0)" }, error.map { String(reflecting: $0) }].compactMap(\.self).joined()
        #expect(!text.isEmpty && !text.contains(Self.canary), "\(text.count)")
        await database.close()
        #expect(try Self.files(of: temporary, with: Self.canary) == [])
    }

    @Test("No database error speaks of a token")
    func databaseErrors() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: Self.fixture())
        let token = LivechatToken(Self.canary)
        let record = LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0))
        try temporary.execute("DROP TABLE livechat_login_token")
        let calls: [@Sendable () async throws -> Void] = [
            { try await database.addToken(token, for: id("u"), record) },
            { try await database.addToken(token, for: id("nobody"), record) },
            { try await database.revokeToken(token.digest, of: id("u")) },
            { _ = try await database.issueToken(for: id("u")) },
            {
                _ = try await JoinService(store: database)
                    .join(JoinRequest(userID: "u", token: Self.canary, roomID: "r"))
            },
        ]
        for call in calls {
            let error = await #expect(throws: (any Error).self) { try await call() }
            let text = [error.map { "\($0)" }, error.map { String(reflecting: $0) }].compactMap(\.self).joined()
            #expect(!text.isEmpty && !text.contains(Self.canary) && !text.contains(token.digest.base64))
        }
        await database.close()
    }
}
