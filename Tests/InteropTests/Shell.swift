import Foundation
import ServerTesting

/// The `sqlite3` shell, which knows nothing of this program.
enum Shell {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Found on the path: `apt-get install sqlite3`.
    static let program = URL(filePath: "/usr/bin/env")
    /// Without what the user's own settings would change, and ending at the first error.
    static let arguments = ["sqlite3", "-batch", "-bail", "-init", "/dev/null"]

    /// Runs a script on a database.
    ///
    /// - Returns: The rows, a line each, columns parted by `|`.
    /// - Throws: `Failure` with what the shell said when a statement failed.
    @discardableResult
    static func run(_ script: String, on path: String, timeout: Int = 60_000) async throws -> [String] {
        try await output(of: script, on: path, timeout: timeout).split(separator: "\n").map(String.init)
    }

    /// Runs a script on a database and returns what the shell prints.
    static func output(of script: String, on path: String, timeout: Int = 60_000) async throws -> String {
        let result = try await ChildProcess.run(
            program,
            arguments + [path],
            input: ".timeout \(timeout)\n" + script + "\n"
        )
        guard result.status == 0, result.errors.isEmpty else { throw Failure(description: result.errors) }
        return result.output
    }
}
