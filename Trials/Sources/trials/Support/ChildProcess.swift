import CTrials
import Foundation

/// A program that this one has started; it cannot outlive it.
final class ChildProcess: Sendable {
    let id: Int32
    private let input: Int32
    private let output: LineReader
    private let errors: LineReader

    /// The `livechat-join` that was built together with this program.
    static var livechatJoin: String { beside("livechat-join") }
    /// This program.
    static var trials: String { beside("trials") }

    private static func beside(_ name: String) -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: name).path
    }

    init(_ program: String, _ arguments: [String]) throws {
        var pointers = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var input: Int32 = -1
        var output: Int32 = -1
        var errors: Int32 = -1
        id = ctrials_start(&pointers, &input, &output, &errors)
        guard id > 0 else { throw TrialFailure("could not start \(program): \(String(cString: strerror(errno)))") }
        self.input = input
        self.output = LineReader(output)
        self.errors = LineReader(errors)
    }

    deinit {
        _ = ctrials_signal(id, SIGKILL)
        _ = ctrials_wait(id)
        ctrials_close(input)
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)
        guard ctrials_write(input, &bytes, bytes.count) == 0 else { throw TrialFailure("the process does not read") }
    }

    /// The next line of standard output, waiting for it; nil at the end. It holds the calling thread.
    func nextLine() -> String? { output.next() }

    /// Everything that was written to standard error. Call it after the process has ended.
    func allErrors() -> String {
        var lines: [String] = []
        while let line = errors.next() { lines.append(line) }
        return lines.joined(separator: "\n")
    }

    func signal(_ signal: Int32) { _ = ctrials_signal(id, signal) }

    /// Waits for the end. Returns the exit status, or 256 plus the signal.
    func wait() -> Int32 { ctrials_wait(id) }
}
