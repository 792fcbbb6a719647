#if CommandLine
import Dispatch
import Synchronization

/// Writes lines on a thread of its own, so that a log that nobody reads stops neither an answer nor a stop.
///
/// What waits is bounded in bytes. A line that does not fit, or that cannot be written, is dropped and counted, and the
/// count is a line of its own as soon as something can be written again.
final class LogWriter: Sendable {
    private struct Waiting {
        var lines: [[UInt8]] = []
        /// Of the lines that wait and of those that are being written.
        var bytes = 0
        var dropped = 0
        var isDraining = false
    }

    private let waiting = Mutex(Waiting())
    private let thread = DispatchQueue(label: "livechat-join.log")
    private let capacity: Int
    private let notice: @Sendable (_ dropped: Int) -> [UInt8]
    private let write: @Sendable ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - capacity: The most bytes that wait.
    ///   - notice: The line that says how many lines were dropped.
    ///   - write: Writes lines, however long it takes; throws when they could not be written.
    init(
        capacity: Int = 1 << 20,
        notice: @escaping @Sendable (_ dropped: Int) -> [UInt8] = { _ in [] },
        to write: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.capacity = capacity
        self.notice = notice
        self.write = write
    }

    /// Takes a line with its end; never waits.
    func append(_ line: [UInt8]) {
        let startsDraining = waiting.withLock { waiting in
            if waiting.bytes + line.count <= capacity {
                waiting.lines.append(line)
                waiting.bytes += line.count
            } else {
                waiting.dropped += 1
            }
            defer { waiting.isDraining = true }
            return !waiting.isDraining
        }
        if startsDraining { thread.async { self.drain() } }
    }

    private func drain() {
        while let (lines, dropped) = next() {
            do {
                try write(Array(lines.joined()))
                release(lines)
            } catch {
                release(lines, dropped: dropped + lines.count)
                continue
            }
            guard dropped > 0 else { continue }
            do {
                try write(notice(dropped))
            } catch {
                release([], dropped: dropped)
            }
        }
    }

    /// The lines to write now, and how many were dropped behind them.
    private func next() -> (lines: [[UInt8]], dropped: Int)? {
        waiting.withLock { waiting in
            guard !waiting.lines.isEmpty else {
                waiting.isDraining = false
                return nil
            }
            defer { (waiting.lines, waiting.dropped) = ([], 0) }
            return (waiting.lines, waiting.dropped)
        }
    }

    private func release(_ lines: [[UInt8]], dropped: Int = 0) {
        waiting.withLock { waiting in
            waiting.bytes -= lines.reduce(0) { $0 + $1.count }
            waiting.dropped += dropped
        }
    }

    /// Waits until what was appended before is written, but not for longer than this.
    ///
    /// - Returns: Whether it was written, or dropped, in time.
    @discardableResult
    func flush(within time: DispatchTimeInterval) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        thread.async { isDone.signal() }
        return isDone.wait(timeout: .now() + time) == .success
    }
}
#endif
