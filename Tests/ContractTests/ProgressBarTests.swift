#if CommandLine
import Synchronization
import Testing

@testable import livechat_join

@Suite("The progress bar")
struct ProgressBarTests {
    /// A terminal that keeps what was written to it, and a clock that is set by hand.
    private final class Terminal: Sendable {
        let written = Mutex<[String]>([])
        let time = Mutex(ContinuousClock.now)

        var bar: ProgressBar {
            ProgressBar(
                now: { self.time.withLock { $0 } },
                write: { text in self.written.withLock { $0.append(text) } }
            )
        }

        func wait(_ duration: Duration) { time.withLock { $0 += duration } }
        var lines: [String] { written.withLock { $0 } }
    }

    @Test(
        "A line is a label, a bar and a share",
        arguments: [
            (0, 200, "loading [........................................]   0 %"),
            (99, 200, "loading [###################.....................]  49 %"),
            (200, 200, "loading [########################################] 100 %"),
            (300, 200, "loading [########################################] 100 %"),
            (0, 0, "loading [########################################] 100 %"),
        ]
    )
    func line(_ done: Int, _ total: Int, _ line: String) {
        #expect(ProgressBar.line("loading", done, of: total) == line)
    }

    @Test("It is drawn ten times a second at most, and at once when something else begins")
    func seldom() {
        let terminal = Terminal()
        let bar = terminal.bar
        bar.show("loading", 0, of: 10)
        bar.show("loading", 1, of: 10)
        terminal.wait(.milliseconds(99))
        bar.show("loading", 2, of: 10)
        terminal.wait(.milliseconds(1))
        bar.show("loading", 3, of: 10)
        bar.show("following references", 0, of: 10)
        let lines =
            [ProgressBar.line("loading", 0, of: 10), ProgressBar.line("loading", 3, of: 10)]
            + [ProgressBar.line("following references", 0, of: 10)]
        #expect(terminal.lines == lines.map { "\r\u{1b}[K" + $0 })
    }

    @Test("It goes where it was drawn, and nothing is written where it was not")
    func clear() {
        let terminal = Terminal()
        let bar = terminal.bar
        bar.clear()
        #expect(terminal.lines.isEmpty)
        bar.show("loading", 0, of: 10)
        bar.clear()
        bar.clear()
        #expect(terminal.lines.dropFirst() == ["\r\u{1b}[K"])
    }
}
#endif
