#if CommandLine
import Foundation

/// The three streams that a program starts with, or may have been started without.
enum StandardStreams {
    /// Stand-ins for streams that are closed.
    ///
    /// With them no file or socket that is opened later gets a stream's number and what is written to the stream. They
    /// are opened the wrong way round, so using one fails as it should.
    private static let standIns: [FileHandle?] = ([0, 1, 2] as [Int32]).map { stream in
        guard fcntl(stream, F_GETFD) == -1 else { return nil }
        return stream == 0 ? FileHandle(forWritingAtPath: "/dev/null") : FileHandle(forReadingAtPath: "/dev/null")
    }

    /// Call it before anything is opened.
    static func prepare() {
        _ = standIns
        // A reader that has gone is an error of the write, and no reason to end at once.
        signal(SIGPIPE, SIG_IGN)
    }
}

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
    /// Writes a line, unless nobody reads it: then the exit status has to do.
    static func line(_ text: String) {
        let writer = LogWriter(to: write)
        writer.append(Array((text + "\n").utf8))
        writer.flush(within: .seconds(1))
    }

    static func write(_ bytes: [UInt8]) throws { try FileHandle.standardError.write(contentsOf: bytes) }
}
#endif
