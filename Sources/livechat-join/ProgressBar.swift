#if CommandLine
import Foundation
import Synchronization

/// How far a long command is: one line on the terminal, drawn over and gone in the end.
final class ProgressBar: Sendable {
    private struct Drawn {
        var label = ""
        var time: ContinuousClock.Instant?
    }

    private let drawn = Mutex(Drawn())
    private let now: @Sendable () -> ContinuousClock.Instant
    private let write: @Sendable (String) -> Void

    private static let width = 40
    /// Ten times a second is as often as anybody can follow.
    private static let pause = Duration.milliseconds(100)

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        write: @escaping @Sendable (String) -> Void
    ) {
        self.now = now
        self.write = write
    }

    /// The bar on standard error; nil where nobody watches it: a pipe, a file, a terminal that cannot draw over, or CI.
    static func onTerminal() -> ProgressBar? {
        let environment = ProcessInfo.processInfo.environment
        guard isatty(FileHandle.standardError.fileDescriptor) == 1, environment["TERM"] != "dumb",
            environment["CI"] == nil
        else { return nil }
        return ProgressBar { text in try? FileHandle.standardError.write(contentsOf: Array(text.utf8)) }
    }

    /// Draws how much is done, unless it has just been drawn.
    func show(_ label: String, _ done: Int, of total: Int) {
        let time = now()
        let isDue = drawn.withLock { drawn in
            if drawn.label == label, let last = drawn.time, last.duration(to: time) < Self.pause { return false }
            drawn = Drawn(label: label, time: time)
            return true
        }
        if isDue { write("\r\u{1b}[K" + Self.line(label, done, of: total)) }
    }

    /// Takes the bar away.
    func clear() {
        let isThere = drawn.withLock { drawn in
            defer { drawn = Drawn() }
            return drawn.time != nil
        }
        if isThere { write("\r\u{1b}[K") }
    }

    static func line(_ label: String, _ done: Int, of total: Int) -> String {
        let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
        let filled = Int(share * Double(width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let percent = String(Int(share * 100))
        return "\(label) [\(bar)] " + String(repeating: " ", count: 3 - percent.count) + percent + " %"
    }
}
#endif
