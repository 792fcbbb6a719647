import Foundation

/// Files in one fresh folder, which goes when the program ends; in memory where the system has a place for that.
enum TemporaryFile {
    static func path(_ name: String) -> String { folder + "/" + name }

    private static let folder: String = {
        var isFolder: ObjCBool = false
        let inMemory = FileManager.default.fileExists(atPath: "/dev/shm", isDirectory: &isFolder) && isFolder.boolValue
        let parent = inMemory ? URL(filePath: "/dev/shm") : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "fuzz-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            fail("\(error)")
        }
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFile.path("")) }
        return folder.path
    }()
}
