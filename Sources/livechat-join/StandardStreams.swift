#if CommandLine
import Foundation

/// Standard output, written at once: nothing waits in a buffer when a reader wants to see it.
enum StandardOutput {
    static func line(_ text: String) throws(Failure) { try write(Array((text + "\n").utf8)) }

    static func write(_ bytes: [UInt8]) throws(Failure) {
        do {
            try FileHandle.standardOutput.write(contentsOf: bytes)
        } catch {
            throw Failure("cannot write to standard output: its reader has gone, or there is no room left")
        }
    }
}

/// Standard error, for the one line that says why.
enum StandardError {
    static func line(_ text: String) {
        // Where nobody can be told, the exit status has to do.
        try? FileHandle.standardError.write(contentsOf: Array((text + "\n").utf8))
    }
}

/// Standard input, or a file in its place, read in pieces.
///
/// A file is not held. What cannot be read for a second time, as a pipe, is read to its end and held.
struct Input: Sendable {
    private enum Source: Sendable {
        case file(FileHandle)
        case bytes([UInt8])
    }

    private let source: Source
    private let path: String
    let size: Int

    private static let pieceSize = 1 << 18

    /// Opens a file; `-` is standard input.
    init(_ path: String) throws(Failure) {
        self.path = path
        if path == "-" {
            let bytes = try Self.standardInput()
            source = .bytes(bytes)
            size = bytes.count
            return
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes else { throw Failure("there is no file \(path)") }
        if attributes[.type] as? FileAttributeType == .typeDirectory { throw Failure("\(path) is a folder") }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure("\(path) may not be read: look at its permissions")
        }
        do {
            if Self.isRegular(path) {
                size = Int(clamping: try file.seekToEnd())
                source = .file(file)
            } else {
                let bytes = try Self.readToEnd(file)
                size = bytes.count
                source = .bytes(bytes)
            }
        } catch {
            throw Self.unreadable(path)
        }
    }

    /// Whether it is a file on a disk, which has a size and can be read again.
    private static func isRegular(_ path: String) -> Bool {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// The bytes from an offset on, as many as fit into a piece; none at the end.
    func bytes(from offset: Int) throws(Failure) -> [UInt8] {
        switch source {
        case .bytes(let bytes): return Array(bytes[offset..<min(offset + Self.pieceSize, bytes.count)])
        case .file(let file):
            do {
                try file.seek(toOffset: UInt64(offset))
                return Array(try file.read(upToCount: Self.pieceSize) ?? Data())
            } catch {
                throw Self.unreadable(path)
            }
        }
    }

    private static func unreadable(_ path: String) -> Failure { Failure("\(path) cannot be read: its disk fails") }

    private static func readToEnd(_ file: FileHandle) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { bytes += piece }
        return bytes
    }

    /// Reads standard input to its end.
    static func standardInput() throws(Failure) -> [UInt8] {
        do {
            return try readToEnd(.standardInput)
        } catch {
            throw Failure("standard input cannot be read")
        }
    }
}
#endif
