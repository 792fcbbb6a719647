import ServerTesting
import Testing

/// Who else uses the file.
enum Other: String, CaseIterable, CustomTestStringConvertible {
    case shell = "the shell"
    case connection = "a connection of this process"

    var testDescription: String { rawValue }

    /// Opens the database, runs a script and closes the database.
    ///
    /// - Returns: The rows, columns parted by `|`.
    @discardableResult
    func run(_ script: String, on path: String) async throws -> [String] {
        switch self {
        case .shell: try await Shell.run(script, on: path)
        case .connection: try await offThread { try OtherConnection(path).run(script) }
        }
    }
}
