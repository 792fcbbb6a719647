import Foundation

/// A fresh folder that is removed with this value.
final class TemporaryFolder: Sendable {
    let path: String

    /// Makes the folder.
    ///
    /// - Parameter inMemory: Whether to take memory for it where there is a file system of that kind, for what need not
    ///   wait for a disk.
    /// - Throws: When the folder cannot be made.
    init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
        let parent = isThere ? memory : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "livechat-join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A file in the folder.
    func file(_ name: String) -> String { path + "/" + name }
}
