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

/// Standard input, or a file in its place.
enum Input {
    /// Reads a file whole, or a pipe to its end; `-` is standard input.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        guard path != "-" else { return try standardInput() }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes else { throw Failure("there is no file \(path)") }
        if attributes[.type] as? FileAttributeType == .typeDirectory { throw Failure("\(path) is a folder") }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure("\(path) may not be read: look at its permissions")
        }
        defer { try? file.close() }
        do {
            return try readToEnd(file)
        } catch {
            throw Failure("\(path) cannot be read: its disk fails")
        }
    }

    /// In pieces, so that what has been read is held once.
    private static func readToEnd(_ file: FileHandle) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { bytes += piece }
        return bytes
    }

    static func standardInput() throws(Failure) -> [UInt8] {
        do {
            return try readToEnd(.standardInput)
        } catch {
            throw Failure("standard input cannot be read")
        }
    }
}
#endif
