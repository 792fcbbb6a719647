import CTrials
import Foundation
import Synchronization

/// A program that this one has started; it cannot outlive it.
final class ChildProcess: Sendable {
    let id: Int32
    private let input: Int32
    private let output: LineReader
    private let errors: LineReader
    /// The status with which it has ended; its id may be another program's once it has been waited for.
    private let status = Atomic<Int32>(-1)

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
        (id, input, output, errors) = try Starter.shared.run {
            var pointers = ([program] + arguments).map { strdup($0) } + [nil]
            defer { for pointer in pointers { free(pointer) } }
            var input: Int32 = -1
            var output: Int32 = -1
            var errors: Int32 = -1
            let id = ctrials_start(&pointers, &input, &output, &errors)
            guard id > 0 else { throw TrialFailure("could not start \(program): \(String(cString: strerror(errno)))") }
            return (id, input, LineReader(output), LineReader(errors))
        }
    }

    deinit {
        signal(SIGKILL)
        _ = wait()
        ctrials_close(input)
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)
        guard ctrials_write(input, &bytes, bytes.count) == 0 else { throw TrialFailure("the process does not read") }
    }

    /// The next line of standard output, for which the calling thread waits; nil at the end.
    func nextLine() -> String? { output.next() }

    /// The next line of standard error, for which the calling thread waits; nil at the end.
    func nextErrorLine() -> String? { errors.next() }

    /// Everything that was written to standard error; call it after the process has ended.
    func allErrors() -> String {
        var lines: [String] = []
        while let line = errors.next() { lines.append(line) }
        return lines.joined(separator: "\n")
    }

    func signal(_ signal: Int32) {
        if status.load(ordering: .relaxed) < 0 { _ = ctrials_signal(id, signal) }
    }

    /// Waits for the end, and returns the exit status, or 256 plus the signal.
    func wait() -> Int32 {
        let known = status.load(ordering: .relaxed)
        if known >= 0 { return known }
        let ended = ctrials_wait(id)
        status.store(ended, ordering: .relaxed)
        return ended
    }
}

/// Starts processes on one thread that never ends: Linux takes the end of the thread that has started a process for the
/// end of its parent.
private final class Starter: Sendable {
    static let shared = Starter()

    private let work = Mutex<[@Sendable () -> Void]>([])
    private let hasWork = DispatchSemaphore(value: 0)

    private init() {
        Thread { [self] in
            while true {
                hasWork.wait()
                work.withLock { $0.removeFirst() }()
            }
        }.start()
    }

    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
        let isDone = DispatchSemaphore(value: 0)
        let outcome = Outcome<Result>()
        work.withLock {
            $0.append {
                outcome.result.withLock { $0 = Swift.Result { try body() } }
                isDone.signal()
            }
        }
        hasWork.signal()
        isDone.wait()
        guard let result = outcome.result.withLock({ $0 }) else { throw TrialFailure("nothing was started") }
        return try result.get()
    }

    private final class Outcome<Result: Sendable>: Sendable {
        let result = Mutex<Swift.Result<Result, any Error>?>(nil)
    }
}
