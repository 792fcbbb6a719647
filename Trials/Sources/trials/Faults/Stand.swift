import CTrials
import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// A database in a folder of its own that can be put back to how it was.
///
/// The folder is in memory where there is such a place: nothing here is about the real disk, and a sync takes long.
final class Stand: Sendable {
    static let room = "hall"
    static let crowd = 40

    let folder: String
    var path: String { folder + "/chat.db" }
    private let removes: Bool
    private let world: [UInt8]

    /// Makes a stand with a world that is loaded once.
    ///
    /// - Parameter folder: A folder that somebody else will remove; nil for one of its own.
    /// - Throws: When the folder or the database cannot be made, or the world cannot be loaded.
    init(in folder: String? = nil) async throws {
        self.folder = try folder ?? Self.makeFolder()
        removes = folder == nil
        let path = self.folder + "/chat.db"
        let database = try JoinDatabase(path: path)
        try await database.load(fixture: Array(Self.fixture.utf8))
        await database.close()
        world = Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// Takes a folder that somebody else has made and will remove.
    init(folder: String) {
        self.folder = folder
        removes = false
        world = []
    }

    deinit { if removes { try? FileManager.default.removeItem(atPath: folder) } }

    static func makeFolder() throws -> String {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
        let folder = parent + "/livechat-join-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Removes every file of the database.
    func clear() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    /// Puts the world back.
    func reset() throws {
        try clear()
        try Data(world).write(to: URL(filePath: path))
    }

    /// How a database is opened here: one reader, so that every question goes to the one that has seen the fault.
    static func options(mapped: Bool, logBytes: Int? = nil) -> JoinDatabase.Options {
        var options = JoinDatabase.Options()
        options.readers = 1
        options.busyTimeout = .milliseconds(500)
        if !mapped { options.mappedBytes = 0 }
        if let logBytes { options.logBytes = logBytes }
        return options
    }

    func open(
        mapped: Bool = true,
        logBytes: Int? = nil,
        durability: JoinDatabase.Options.Durability = .full
    ) throws -> JoinDatabase {
        var options = Self.options(mapped: mapped, logBytes: logBytes)
        options.durability = durability
        return try JoinDatabase(path: path, options: options)
    }

    /// Agents who may enter, a user who may not, an open room and a closed one.
    ///
    /// Everybody's token is "raw-" and the id.
    static let fixture: String = {
        let agents = (0..<crowd).map { user("u\($0)", roles: #""livechat-agent""#) }
        return
            #"{"settings":{"previewRoom":true},"rooms":[{"id":"hall","visitorToken":"\#(visitor)","inquiry":{"status":"queued"}},"#
            + #"{"id":"closed","open":false,"servedBy":"u0"},{"id":"taken","inquiry":{"status":"taken"}}],"users":["#
            + (agents + [user("stranger", roles: "")]).joined(separator: ",") + "]}"
    }()

    /// Longer than a page, so that SQLite needs memory to hand it out.
    static let visitor = String(repeating: "visitor ", count: 1_000)

    static func user(_ id: String, roles: String) -> String {
        #"{"id":"\#(id)","roles":[\#(roles)],"tokens":[{"token":"raw-\#(id)"}]}"#
    }
}
