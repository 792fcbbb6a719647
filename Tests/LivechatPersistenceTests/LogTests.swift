import Foundation
import LivechatJoin
import LivechatPersistence
import Testing

@Suite("The write-ahead log", .serialized, .timeLimit(.minutes(2)))
struct LogTests {
    private static let logBytes = 1 << 18
    /// Some fifty times as much as may wait to be written back.
    private static let writes = 200
    private static let bytesPerWrite = 1 << 16
    /// Four times what may wait to be written back, once more for what comes before the next try, and the frames' heads.
    private static let bound = 6 * logBytes

    @Test("Writes that go on while another process reads now and then do not let it grow without end")
    func bounded() async throws {
        let temporary = try TemporaryDatabase()
        let writing = try temporary.open { $0.logBytes = Self.logBytes }
        try await writing.load(fixture: Array(#"{"users":[{"id":"u"}]}"#.utf8))
        let reading = try temporary.open { $0.logBytes = Self.logBytes }
        var longest = 0
        for number in 0..<Self.writes {
            let text = String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: Self.bytesPerWrite)
            try await writing.setUser(UserID("u"), username: text)
            if number.isMultiple(of: 5) {
                let service = JoinService(store: reading)
                _ = try await service.join(JoinRequest(userID: "u", token: "t", roomID: "r"))
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path + "-wal")
            longest = max(longest, (attributes[.size] as? Int) ?? 0)
        }
        #expect(longest < Self.bound)
        await reading.close()
        await writing.close()
        #expect(!FileManager.default.fileExists(atPath: temporary.path + "-wal"))
    }
}
