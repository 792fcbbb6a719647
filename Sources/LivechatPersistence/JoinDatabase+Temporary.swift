public import LivechatJoin
public import Logging

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension JoinDatabase {
    /// Makes a new database in a folder of its own among the system's temporary files, for a test or a trial.
    ///
    /// ```swift
    /// let database = try JoinDatabase.temporary()
    /// try await database.addUser(LivechatUser(id: LivechatUserID("ann")))
    /// await database.close()
    /// ```
    ///
    /// ``close()`` removes the folder; one that is never closed stays. It is a real database with the default roles and
    /// grants, and as durable as any other: where nothing needs SQLite, a store in memory is faster.
    ///
    /// - Parameters:
    ///   - options: How it is opened.
    ///   - clock: Where the time of administration comes from.
    ///   - logger: Receives what a database has to say.
    /// - Returns: The open database.
    /// - Throws: `LivechatStoreError` when the folder cannot be written.
    public static func temporary(
        options: Options = Options(),
        clock: LivechatClock = .system,
        logger: Logger = Logger(label: "livechat-join")
    ) throws(LivechatStoreError) -> JoinDatabase {
        let folder = FileManager.default.temporaryDirectory.path + "/livechat-join-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw LivechatStoreError(.storage, "\(folder) cannot be made: \(error)")
        }
        var options = options
        options.temporaryFolder = folder
        do {
            return try JoinDatabase(path: folder + "/chat.db", options: options, clock: clock, logger: logger)
        } catch {
            DatabaseFile.remove(folder: folder)
            throw error
        }
    }
}

extension DatabaseFile {
    /// Removes a temporary folder with everything in it.
    static func remove(folder: String) {
        // What stays behind is in nobody's way.
        try? FileManager.default.removeItem(atPath: folder)
    }
}
