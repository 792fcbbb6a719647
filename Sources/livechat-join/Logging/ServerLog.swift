#if CommandLine
import Dispatch
import LivechatJoin
import Logging
import Synchronization

/// The log of a command that runs for long: lines on standard error, in text or JSON, that nobody has to read.
final class ServerLog: Sendable {
    private let format: LogFormat
    private let clock: LivechatClock
    private let now: @Sendable () -> ContinuousClock.Instant
    private let writer: LogWriter
    private let repetitions = Mutex(Repetitions())
    private let timer = DispatchQueue(label: "livechat-join.log-counts")
    private let isTimerSet = Atomic(false)

    /// Makes a log; lines that come faster than they can be written are dropped and counted.
    ///
    /// - Parameters:
    ///   - format: How a line looks.
    ///   - clock: What time the lines tell.
    ///   - now: What a second is measured with.
    ///   - capacity: The most bytes that wait to be written.
    ///   - write: Writes lines, however long it takes.
    init(
        _ format: LogFormat,
        clock: LivechatClock = .system,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        capacity: Int = 1 << 20,
        to write: @escaping @Sendable ([UInt8]) throws -> Void = StandardError.write
    ) {
        self.format = format
        self.clock = clock
        self.now = now
        writer = LogWriter(
            capacity: capacity,
            notice: { dropped in
                let line = LogLine(
                    time: clock.now,
                    level: .warning,
                    label: Self.label,
                    message: "log lines were dropped: they came faster than they could be written",
                    metadata: ["count": .stringConvertible(dropped)]
                )
                return line.bytes(format)
            },
            to: write
        )
    }

    static let label = "livechat-join"

    /// A logger that writes here.
    func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: Self.label) { label in ServerLogHandler(log: self, label: label) }
        logger.logLevel = level
        return logger
    }

    fileprivate func take(_ label: String, _ event: LogEvent, _ metadata: Logger.Metadata) {
        let line = LogLine(
            time: clock.now,
            level: event.level,
            label: label,
            message: "\(event.message)",
            metadata: metadata
        )
        let time = now()
        let (first, isCounting) = repetitions.withLock { ($0.take(line, at: time), $0.isCounting) }
        if let first { writer.append(first.bytes(format)) }
        if isCounting { setTimer() }
    }

    /// Makes sure that counts are written even when no further line comes.
    private func setTimer() {
        guard !isTimerSet.exchange(true, ordering: .relaxed) else { return }
        timer.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
            guard let self else { return }
            isTimerSet.store(false, ordering: .relaxed)
            writeCounts()
            if repetitions.withLock({ $0.isCounting }) { setTimer() }
        }
    }

    /// Writes the counts that are due.
    func writeCounts() {
        let time = now()
        for line in repetitions.withLock({ $0.due(at: time) }) { writer.append(line.bytes(format)) }
    }

    /// Writes what is left, if somebody reads it within the time.
    func close(within time: DispatchTimeInterval = .seconds(1)) {
        for line in repetitions.withLock({ $0.rest() }) { writer.append(line.bytes(format)) }
        writer.flush(within: time)
    }
}

private struct ServerLogHandler: LogHandler {
    let log: ServerLog
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(log: ServerLog, label: String) {
        self.log = log
        self.label = label
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
        if let metadata = event.metadata { all.merge(metadata) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        log.take(label, event, all)
    }
}
#endif
