import Foundation
import LivechatJoin
import LivechatPersistence

/// A database in a folder of its own, which goes with the value.
final class TemporaryDatabase: Sendable {
    let folder: URL
    let path: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "livechat-join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "chat.db").path
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func open(_ change: (inout JoinDatabase.Options) -> Void = { _ in }) throws -> JoinDatabase {
        var options = JoinDatabase.Options()
        change(&options)
        return try JoinDatabase(path: path, options: options)
    }

    func open(fixture: String) async throws -> JoinDatabase {
        let database = try open()
        try await database.load(fixture: Array(fixture.utf8))
        return database
    }
}
