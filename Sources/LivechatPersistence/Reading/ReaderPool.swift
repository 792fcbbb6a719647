internal import Dispatch
internal import LivechatJoin
internal import LivechatSQLite
internal import Synchronization

/// The readers of one database.
///
/// A thread comes back to the reader that it used last, so taking one is a lock that nobody else wants as a rule;
/// nothing hops to another thread, since a look-up takes less time than a hop.
final class ReaderPool: Sendable {
    /// A place in the pool; empty once the database has been closed.
    private final class Slot: Sendable {
        let reader: Mutex<Reader?>

        init(_ reader: Reader) { self.reader = Mutex(reader) }
    }

    /// What monitors snapshots that are kept: one timer all the time, since making one takes memory.
    private struct Watch {
        let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
        /// Whether it goes off again and again.
        var isOn = false
        /// Whether a reader has begun to keep a snapshot since it last did.
        var isWanted = false
    }

    /// How long to wait where another program keeps readers out, as one that recovers the log does.
    let busyTimeout: Duration
    /// How long to wait before looking again.
    static let pause = Duration.milliseconds(1)
    private let path: String
    private let options: JoinDatabase.Options
    private let memory: Lookups.Memory
    private let files: OpenedFiles
    private let slots: [Slot]
    private let watch: Mutex<Watch>

    /// How long a snapshot that nobody asks is kept.
    ///
    /// While it is, a checkpoint of another program cannot restart the log; a writer that has stopped for that waits
    /// longer than this.
    private static let idleTime = DispatchTimeInterval.milliseconds(20)

    init(path: String, options: JoinDatabase.Options, memory: Lookups.Memory, files: OpenedFiles) throws {
        var slots: [Slot] = []
        for _ in 0..<max(1, options.readers) {
            let reader = try Reader(path: path, options: options, memory: memory, files: files)
            reader.setBusyTimeout(0)
            slots.append(Slot(reader))
        }
        self.path = path
        busyTimeout = .milliseconds(options.busyTimeout.sqliteMilliseconds)
        self.options = options
        self.memory = memory
        self.files = files
        self.slots = slots
        // Only now that nothing fails any more: a timer that is released before it was activated ends the program.
        watch = Mutex(Watch())
        watch.withLock { watch in
            watch.timer.setEventHandler { [weak self] in self?.monitorSnapshots() }
            watch.timer.schedule(deadline: .distantFuture)
            watch.timer.activate()
        }
    }

    deinit { watch.withLock { $0.timer.cancel() } }

    /// Runs work on the newest committed state, and waits where another program keeps readers out.
    func snapshot<Result: Sendable>(_ body: (Reader) throws -> Result) throws -> Result {
        let deadline = ContinuousClock.now + busyTimeout
        while true {
            do {
                return try snapshotAtOnce(body)
            } catch let error as LivechatStoreError where error.code == .busy && .now < deadline {
                // No reader is taken meanwhile, so that nobody waits for one.
                Writer.wait(Writer.pause)
            }
        }
    }

    /// Runs work on the newest committed state with whichever reader is free, waiting for one when none is.
    ///
    /// - Throws: `LivechatStoreError.Code.busy` at once where another program keeps readers out.
    func snapshotAtOnce<Result: Sendable>(_ body: (Reader) throws -> Result) throws -> Result {
        let own = ThreadNumber.current
        for offset in 0..<slots.count {
            let slot = slots[(own + offset) % slots.count]
            if let result = try slot.reader.withLockIfAvailable({ try run($0, body) }) { return result }
        }
        return try slots[own % slots.count].reader.withLock { try run($0, body) }
    }

    private func run<Result>(_ reader: Reader?, _ body: (Reader) throws -> Result) throws -> Result {
        guard let reader else { throw LivechatStoreError.closed }
        let wasHolding = reader.isHolding
        let result = try reader.snapshot(body)
        if !wasHolding, reader.isHolding { keepWatch() }
        return result
    }

    /// Monitors snapshots until none is kept any more.
    private func keepWatch() {
        watch.withLock { watch in
            watch.isWanted = true
            guard !watch.isOn else { return }
            watch.isOn = true
            watch.timer.schedule(deadline: .now() + Self.idleTime, repeating: Self.idleTime)
        }
    }

    private func monitorSnapshots() {
        watch.withLock { $0.isWanted = false }
        var isHolding = false
        // A snapshot that is in use all the time would not notice by itself.
        let areUsable = !files.hasFailedSync && files.areInPlace
        for slot in slots {
            guard areUsable else {
                slot.reader.withLock { $0?.release() }
                continue
            }
            // A reader that is busy is looked at the next time.
            isHolding =
                slot.reader.withLockIfAvailable { reader in
                    reader?.releaseIfUnused()
                    return reader?.isHolding ?? false
                } ?? true || isHolding
        }
        watch.withLock { watch in
            guard !isHolding, !watch.isWanted else { return }
            watch.isOn = false
            watch.timer.schedule(deadline: .distantFuture)
        }
    }

    /// Ends every snapshot that is not in use, before a checkpoint.
    func release() {
        for slot in slots { slot.reader.withLockIfAvailable { $0?.release() } }
    }

    /// Opens one more reader, for work that would keep a pooled one from short look-ups for long.
    ///
    /// It reads most of the file, so it maps nothing: what has been read of a mapping counts as this process's memory.
    ///
    /// - Throws: `LivechatStoreError` when the database has been closed or cannot be opened.
    func makeReader() throws -> Reader {
        try snapshot { _ in }
        var options = options
        options.mappedBytes = 0
        do {
            return try Reader(path: path, options: options, memory: memory, files: files)
        } catch {
            throw LivechatStoreError(error, path: path)
        }
    }

    /// Closes every reader once it is free.
    func close() {
        for slot in slots { slot.reader.withLock { $0 = nil } }
    }
}

extension LivechatStoreError {
    static let closed = LivechatStoreError(.closed, "the database has been closed")
}
