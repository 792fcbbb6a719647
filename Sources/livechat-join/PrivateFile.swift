#if CommandLine
import Foundation
import LivechatSQLite

/// A new file that only its owner may read and write (contract C17).
struct PrivateFile {
    private let path: String
    private let handle: FileHandle

    /// Makes the file.
    ///
    /// - Throws: `Failure` when there is a file of that name, or none can be made.
    init(_ path: String) throws(Failure) {
        do {
            try makePrivateFile(path)
        } catch {
            throw Failure("\(path) cannot be made: \(error)")
        }
        guard let handle = FileHandle(forWritingAtPath: path) else { throw Failure("\(path) cannot be written") }
        self.path = path
        self.handle = handle
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw Failure("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Takes away what is not whole.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
#endif
