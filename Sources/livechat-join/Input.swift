#if CommandLine
import Foundation
import LivechatSQLite
import Synchronization

/// Standard input, or a file in its place, read in pieces.
///
/// A file is not held. A pipe cannot be read twice, so what has been read of it is held.
struct Input: Sendable {
    private enum Source: Sendable {
        case file(FileHandle)
        case pipe(Pipe)
    }

    /// What was read of a pipe.
    ///
    /// Not more of it is read than somebody asks for: it need not have an end.
    private final class Pipe: Sendable {
        private struct State {
            var bytes: [UInt8] = []
            var isAtEnd = false
        }

        private let state = Mutex(State())
        private let handle: FileHandle

        init(_ handle: FileHandle) { self.handle = handle }

        func bytes(from offset: Int) throws -> [UInt8] {
            try state.withLock { state in
                while state.bytes.count <= offset, !state.isAtEnd {
                    let piece = try handle.read(upToCount: Input.pieceSize) ?? Data()
                    state.bytes += piece
                    state.isAtEnd = piece.isEmpty
                }
                guard offset < state.bytes.count else { return [] }
                return Array(state.bytes[offset..<min(offset + Input.pieceSize, state.bytes.count)])
            }
        }
    }

    private let source: Source
    private let name: String
    /// In bytes; nil for a pipe, whose end nobody knows.
    let size: Int?

    private static let pieceSize = 1 << 18
    /// Opens a file; `-` is standard input.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - patience: How long a FIFO may be without a writer.
    /// - Throws: `Failure` when there is no such file, it is neither a regular file nor a pipe, it may not be read, or
    ///   nobody writes to a FIFO in time.
    init(_ path: String, patience: DispatchTimeInterval = .seconds(10)) throws(Failure) {
        guard path != "-" else {
            name = "standard input"
            source = .pipe(Pipe(.standardInput))
            size = nil
            return
        }
        name = path
        guard let status = FileStatus(path: path) else { throw Failure("there is no file \(path)") }
        switch status.kind {
        case .folder: throw Failure("\(path) is a folder")
        case .other: throw Failure("\(path) is not a regular file or a pipe")
        case .regular:
            guard let file = FileHandle(forReadingAtPath: path) else { throw Self.forbidden(path) }
            source = .file(file)
            size = status.size
        case .pipe:
            source = .pipe(Pipe(try Self.openPipe(path, patience)))
            size = nil
        }
    }

    private static func forbidden(_ path: String) -> Failure {
        Failure("\(path) may not be read: look at its permissions")
    }

    /// Opens a FIFO, which waits for somebody to write to it.
    private static func openPipe(_ path: String, _ patience: DispatchTimeInterval) throws(Failure) -> FileHandle {
        let opened = Mutex<FileHandle?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let handle = FileHandle(forReadingAtPath: path)
            opened.withLock { $0 = handle }
            isDone.signal()
        }
        guard isDone.wait(timeout: .now() + patience) == .success else {
            throw Failure("\(path) is a FIFO that nobody writes to: start its writer first")
        }
        guard let handle = opened.withLock({ $0 }) else { throw forbidden(path) }
        return handle
    }

    /// The bytes from an offset on, as many as fit into a piece; none at the end.
    func bytes(from offset: Int) throws(Failure) -> [UInt8] {
        do {
            switch source {
            case .pipe(let pipe): return try pipe.bytes(from: offset)
            case .file(let file):
                try file.seek(toOffset: UInt64(offset))
                return Array(try file.read(upToCount: Self.pieceSize) ?? Data())
            }
        } catch {
            throw Failure("\(name) cannot be read")
        }
    }

    /// Reads standard input to its end.
    ///
    /// - Parameter most: The most bytes that it may have.
    /// - Returns: All of it.
    /// - Throws: `Failure` when it has more bytes or cannot be read.
    static func standardInput(atMost most: Int) throws(Failure) -> [UInt8] {
        let input = Pipe(.standardInput)
        let bytes: [UInt8]
        do {
            _ = try input.bytes(from: most)
            bytes = try input.bytes(from: 0)
        } catch {
            throw Failure("standard input cannot be read")
        }
        guard bytes.count <= most else { throw Failure("standard input has more than \(most) bytes") }
        return bytes
    }
}
#endif
