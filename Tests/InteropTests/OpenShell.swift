import Foundation
import ServerTesting
import Synchronization

/// A `sqlite3` shell that stays open between one script and the next.
final class OpenShell: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let errors = Pipe()
    private let results: URL
    private let count = Mutex(0)

    /// Opens a shell on a database; it has no lock and no snapshot yet.
    init(_ path: String) throws {
        results = FileManager.default.temporaryDirectory.appending(path: "shell-\(UUID().uuidString)")
        process.executableURL = Shell.program
        process.arguments = ["sqlite3", "-batch", "-init", "/dev/null", path]
        process.standardInput = input
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        try send(".timeout 60000\n")
    }

    deinit {
        // It ends with its input; a signal it may have inherited as blocked.
        try? input.fileHandleForWriting.close()
        try? FileManager.default.removeItem(at: results)
    }

    /// Runs a script and waits for its end.
    ///
    /// - Returns: The rows, a line each, columns parted by `|`.
    /// - Throws: `Shell.Failure` when a statement failed, or the shell has ended.
    @discardableResult
    func run(_ script: String) async throws -> [String] {
        let mark = count.withLock { count in
            count += 1
            return "end of script \(count)\n"
        }
        // Rows go into a file, which the shell closes and so completes; what goes to a pipe it would hold back.
        try send(".output '\(results.path)'\n\(script)\n.output\n.shell echo '\(mark.dropLast())' >&2\n")
        let said = try await offThread { [errors] in
            var text = ""
            while !text.hasSuffix(mark) {
                let read = errors.fileHandleForReading.availableData
                guard !read.isEmpty else { throw Shell.Failure(description: "the shell has ended: \(text)") }
                text += String(decoding: read, as: UTF8.self)
            }
            return String(text.dropLast(mark.count))
        }
        guard said.isEmpty else { throw Shell.Failure(description: said) }
        return try String(contentsOf: results, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Lets the shell close its connection and waits until it has ended.
    func close() async throws {
        try input.fileHandleForWriting.close()
        await offThread { [process] in process.waitUntilExit() }
    }

    private func send(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }
}
