#if CommandLine
import Dispatch
import LivechatJoin
import LivechatJoinTesting
import Logging
import Synchronization
import Testing

@testable import livechat_join

@Suite("Lines that repeat")
struct RepetitionTests {
    private static let start = ContinuousClock.now

    private static func line(
        _ message: String,
        _ metadata: Logger.Metadata = [:],
        _ level: Logger.Level = .error
    ) -> LogLine {
        LogLine(
            time: LivechatTimestamp(milliseconds: 0),
            level: level,
            label: "test",
            message: message,
            metadata: metadata
        )
    }

    @Test("The first is written, a flood counted, and at most one line a second tells how many and the newest")
    func counted() {
        var repetitions = Repetitions()
        var written: [String] = []
        for millisecond in 0..<10_000 {
            let time = Self.start + .milliseconds(millisecond)
            for line in repetitions.due(at: time) {
                written.append("\(line.metadata["count"] ?? "") \(line.metadata["n"] ?? "")")
            }
            if let line = repetitions.take(
                Self.line("join failed", ["error": "busy", "n": "\(millisecond)"]),
                at: time
            ) {
                written.append("\(line.metadata["count"] ?? "first") \(line.metadata["n"] ?? "")")
            }
        }
        #expect(written == ["first 0"] + (1...9).map { "\($0 == 1 ? 999 : 1_000) \($0 * 1_000 - 1)" })
        #expect(repetitions.rest().map { "\($0.metadata["count"] ?? "")" } == ["1000"])
        #expect(!repetitions.isCounting)
    }

    @Test("Lines a second apart are all written")
    func slow() {
        var repetitions = Repetitions()
        for second in 0..<5 {
            #expect(repetitions.take(Self.line("x"), at: Self.start + .seconds(second)) != nil)
            #expect(!repetitions.isCounting)
        }
    }

    @Test("Lines differ by level, message and error, not by user or room")
    func kinds() {
        var repetitions = Repetitions()
        let lines = [
            Self.line("a", ["error": "1"]), Self.line("a", ["error": "2"]), Self.line("b", ["error": "1"]),
            Self.line("a", ["error": "1"], .warning), Self.line("a"),
        ]
        for line in lines { #expect(repetitions.take(line, at: Self.start) != nil) }
        for var line in lines {
            line.metadata["user"] = "another"
            #expect(repetitions.take(line, at: Self.start) == nil)
        }
    }

    @Test("Below info every line is written")
    func debug() {
        var repetitions = Repetitions()
        for _ in 0..<100 { #expect(repetitions.take(Self.line("x", [:], .debug), at: Self.start) != nil) }
    }

    @Test("Errors that are never the same do not make a line each, nor a table without bound")
    func everNew() {
        var repetitions = Repetitions()
        var written = 0
        for number in 0..<10_000 where repetitions.take(Self.line("x", ["error": "\(number)"]), at: Self.start) != nil {
            written += 1
        }
        #expect(written == 65)
        #expect(repetitions.due(at: Self.start + .seconds(1)).count == 1)
        #expect(repetitions.take(Self.line("x", ["error": "new"]), at: Self.start + .seconds(3)) != nil)
    }

    @Test("A count is written though no further line comes, and what is left when the log closes")
    func tail() async {
        let text = Mutex("")
        let (lines, arrived) = AsyncStream.makeStream(of: Void.self)
        let time = Mutex(Self.start)
        let log = ServerLog(
            .text,
            clock: SettableClock().wallClock,
            now: { time.withLock { $0 } },
            to: { bytes in
                text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
                arrived.yield()
            }
        )
        let logger = log.logger(.info)
        for number in 0..<3 { logger.error("failed", metadata: ["n": "\(number)"]) }
        time.withLock { $0 += .seconds(1) }
        var arrivals = lines.makeAsyncIterator()
        await arrivals.next()
        await arrivals.next()
        #expect(text.withLock { $0 }.hasSuffix("error livechat-join: failed count=2 n=2\n"))
        for number in 3..<5 { logger.error("failed", metadata: ["n": "\(number)"]) }
        log.close(within: .seconds(60))
        #expect(text.withLock { $0 }.split(separator: "\n").count == 3)
        #expect(text.withLock { $0 }.hasSuffix("error livechat-join: failed count=2 n=4\n"))
    }

    @Test("A logger passes on its own metadata, and errors beside the message")
    func logger() {
        struct Trouble: Error {}
        let text = Mutex("")
        let log = ServerLog(
            .text,
            clock: SettableClock().wallClock,
            to: { bytes in
                text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
        )
        var logger = log.logger(.info)
        logger[metadataKey: "request"] = "7"
        logger.debug("not this")
        logger.info("this", metadata: ["a": "b"])
        log.close(within: .seconds(60))
        #expect(text.withLock { $0 }.hasSuffix(" info livechat-join: this a=b request=7\n"))
        #expect(text.withLock { $0 }.split(separator: "\n").count == 1)
    }
}
#endif
