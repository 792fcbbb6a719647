import Foundation
import LivechatJoin
import LivechatPersistence
import Logging
import Testing

/// A database with agents who may all join the rooms of the public queue.
///
/// It is in a folder of its own, which goes with the value. Everybody's token is "raw-" and the id.
final class Chat: Sendable {
    let folder: URL
    let path: String
    let agents: [String]

    /// Makes the database and closes it.
    ///
    /// `more` has the keys of another fixture to load after it (contract C12).
    init(agents count: Int = 12, _ more: String = "") async throws {
        agents = (0..<count).map { "agent\($0)" }
        folder = FileManager.default.temporaryDirectory.appending(path: "interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "chat.db").path
        let users = agents.map { Self.user($0, roles: ["livechat-agent"]) }
        let database = try open()
        try await database.load(fixture: Array("{ \(Self.rooms), \"users\": [\(users.joined(separator: ","))] }".utf8))
        if !more.isEmpty { try await database.load(fixture: Array("{ \(more) }".utf8)) }
        await database.close()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static let rooms = """
        "settings": { "previewRoom": true },
        "departments": [{ "id": "sales" }],
        "rooms": [
          { "id": "public", "inquiry": { "status": "queued" } }, { "id": "lobby", "inquiry": { "status": "queued" } },
          { "id": "in-sales", "inquiry": { "status": "queued", "departmentId": "sales" } }
        ]
        """

    /// A user of a fixture.
    static func user(_ id: String, roles: [String]) -> String {
        #"{ "id": "\#(id)", "roles": \#(roles), "tokens": [{ "token": "raw-\#(id)" }] }"#
    }

    func open(_ change: (inout JoinDatabase.Options) -> Void = { _ in }) throws -> JoinDatabase {
        try JoinDatabase(interop: path, change)
    }

    /// Another file in the folder.
    func file(_ name: String) -> String { folder.appending(path: name).path }

    /// Runs a script in a shell, which opens and closes the database.
    @discardableResult
    func shell(_ script: String, timeout: Int = 60_000) async throws -> [String] {
        try await Shell.run(script, on: path, timeout: timeout)
    }

    /// How long a file beside the database is; 0 where there is none.
    ///
    /// It is looked at by its path: to open and close it would drop SQLite's locks.
    func bytes(_ suffix: String = "") -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
        return attributes?[.size] as? Int ?? 0
    }

    /// Checkpoints from a shell until the database has all of the log.
    ///
    /// A checkpoint that waits for readers does it at once; PASSIVE leaves what a reader may still need for the next
    /// time.
    func checkpointAll(_ mode: String) async throws {
        var isComplete = false
        repeat {
            try Task.checkCancellation()
            // Whether it was busy, the frames of the log, and how many of them are in the database.
            let row = try await shell("PRAGMA wal_checkpoint(\(mode));").first?.split(separator: "|") ?? []
            isComplete = row.count == 3 && row[0] == "0" && row[1] == row[2]
            #expect(isComplete || mode == "PASSIVE", "\(row)")
        } while !isComplete && mode == "PASSIVE"
    }

    /// Expects exactly these members of a room, each with one event, and the events without a gap.
    func expectJoined(
        _ users: some Sequence<String>,
        _ room: String = "public",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let members = try await shell(
            """
            SELECT livechat_user.id FROM livechat_membership
            JOIN livechat_user ON livechat_user.key = user JOIN livechat_room ON livechat_room.key = room
            WHERE livechat_room.id = '\(room)' ORDER BY livechat_user.id
            """ + ";"
        )
        #expect(members == users.sorted(), "the members", sourceLocation: sourceLocation)
        let events = try await shell(
            "SELECT user FROM livechat_event WHERE kind = 'joined' AND room = '\(room)' ORDER BY user;"
        )
        #expect(events == users.sorted(), "one event each", sourceLocation: sourceLocation)
        let gaps = try await shell("SELECT max(sequence) - min(sequence) + 1 - count(*) FROM livechat_event;")
        #expect(gaps == ["0"] || users.sorted().isEmpty, "the sequence has no gap", sourceLocation: sourceLocation)
    }
}

extension JoinDatabase {
    /// Opens a database without a word in the log of the tests.
    convenience init(interop path: String, _ change: (inout Options) -> Void = { _ in }) throws {
        var options = Options()
        change(&options)
        try self.init(path: path, options: options, logger: .silent)
    }

    /// Asks to join with a user's own token.
    ///
    /// - Returns: The status.
    func answer(_ user: String, _ room: String = "public") async -> Int {
        await JoinService(store: self, logger: .silent).answer(user, room)
    }
}

extension JoinService {
    func answer(_ user: String, _ room: String = "public") async -> Int {
        await respond(to: JoinRequest(userID: user, token: "raw-\(user)", roomID: room)).status
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Expects `check` to find nothing wrong.
func expectSound(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let findings = try await JoinDatabase.check(path: path).filter { !$0.holds }
    #expect(findings == [], sourceLocation: sourceLocation)
}
