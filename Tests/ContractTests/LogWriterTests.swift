#if CommandLine
import Dispatch
import Synchronization
import Testing

@testable import livechat_join

@Suite("The writer of the log")
struct LogWriterTests {
    /// What lines are written to: it can be held up, and can fail.
    private final class Reader: Sendable {
        struct Gone: Error {}

        let text = Mutex("")
        let isGone = Atomic(false)
        /// Signalled once for each write that begins.
        let arrived = DispatchSemaphore(value: 0)
        private let gate = Mutex<DispatchSemaphore?>(nil)

        func stopReading() { gate.withLock { $0 = DispatchSemaphore(value: 0) } }

        func readOn() { gate.withLock { $0.take() }?.signal() }

        func write(_ bytes: [UInt8]) throws {
            arrived.signal()
            gate.withLock { $0 }?.wait()
            if isGone.load(ordering: .relaxed) { throw Gone() }
            text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        }

        func writer(capacity: Int = 1 << 20) -> LogWriter {
            LogWriter(capacity: capacity, notice: { Array("(\($0) dropped)\n".utf8) }, to: write)
        }
    }

    private static func line(_ number: Int) -> [UInt8] { Array("line \(number)\n".utf8) }

    @Test("Lines arrive whole and in order")
    func order() {
        let reader = Reader()
        let writer = reader.writer()
        for number in 0..<1_000 { writer.append(Self.line(number)) }
        #expect(writer.flush(within: .seconds(60)))
        #expect(reader.text.withLock { $0 } == (0..<1_000).map { "line \($0)\n" }.joined())
    }

    @Test("While nobody reads, what does not fit is dropped, and counted once somebody does")
    func full() {
        let reader = Reader()
        reader.stopReading()
        let writer = reader.writer(capacity: 70)
        writer.append(Self.line(0))
        reader.arrived.wait()
        // Ten lines of seven bytes fit, and the first of them is being written.
        for number in 1...25 { writer.append(Self.line(number % 10)) }
        #expect(!writer.flush(within: .milliseconds(1)))
        reader.readOn()
        #expect(writer.flush(within: .seconds(60)))
        let expected = (0..<10).map { "line \($0)\n" }.joined() + "(16 dropped)\n"
        #expect(reader.text.withLock { $0 } == expected)
        writer.append(Self.line(7))
        #expect(writer.flush(within: .seconds(60)))
        #expect(reader.text.withLock { $0 } == expected + "line 7\n")
    }

    @Test("A line longer than everything that may wait is dropped, and nothing stands still")
    func tooLong() {
        let reader = Reader()
        let writer = reader.writer(capacity: 7)
        writer.append(Self.line(10))
        #expect(writer.flush(within: .seconds(60)))
        writer.append(Self.line(1))
        #expect(writer.flush(within: .seconds(60)))
        #expect(reader.text.withLock { $0 } == "line 1\n(1 dropped)\n")
    }

    @Test("What cannot be written is counted too, until it can")
    func failing() {
        let reader = Reader()
        let writer = reader.writer()
        reader.isGone.store(true, ordering: .relaxed)
        for number in 0..<3 {
            writer.append(Self.line(number))
            #expect(writer.flush(within: .seconds(60)))
        }
        reader.isGone.store(false, ordering: .relaxed)
        writer.append(Self.line(3))
        #expect(writer.flush(within: .seconds(60)))
        #expect(reader.text.withLock { $0 } == "line 3\n(3 dropped)\n")
    }
}
#endif
