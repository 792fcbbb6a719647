internal import Synchronization

/// The readers of one database. Taking one costs a lock that nobody else wants as a rule; nothing hops to another
/// thread, since a look-up takes less time than a hop.
final class ReaderPool: Sendable {
    /// A place in the pool; empty once the database has been closed.
    private final class Slot: Sendable {
        let reader: Mutex<Reader?>

        init(_ reader: Reader) { self.reader = Mutex(reader) }
    }

    private let path: String
    private let options: JoinDatabase.Options
    private let slots: [Slot]
    private let next = Atomic<Int>(0)

    init(path: String, options: JoinDatabase.Options) throws {
        var slots: [Slot] = []
        for _ in 0..<max(1, options.readers) { slots.append(Slot(try Reader(path: path, options: options))) }
        self.path = path
        self.options = options
        self.slots = slots
    }

    /// Opens one more reader, for work that would keep a pooled one from short look-ups for long.
    ///
    /// - Throws: `DatabaseError` when the database has been closed or cannot be opened.
    func makeReader() throws -> Reader {
        try snapshot { _ in }
        do {
            return try Reader(path: path, options: options)
        } catch {
            throw DatabaseError(error, path: path)
        }
    }

    /// Runs work on one snapshot with whichever reader is free, waiting for one when none is.
    func snapshot<Result: Sendable>(_ body: (Reader) throws -> Result) throws -> Result {
        let start = next.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max
        for offset in 0..<slots.count {
            let slot = slots[(start + offset) % slots.count]
            if let result = try slot.reader.withLockIfAvailable({ try Self.run($0, body) }) { return result }
        }
        return try slots[start % slots.count].reader.withLock { try Self.run($0, body) }
    }

    private static func run<Result>(_ reader: Reader?, _ body: (Reader) throws -> Result) throws -> Result {
        guard let reader else { throw DatabaseError.closed }
        return try reader.snapshot(body)
    }

    /// Closes every reader once it is free.
    func close() {
        for slot in slots { slot.reader.withLock { $0 = nil } }
    }
}

extension DatabaseError {
    static let closed = DatabaseError(.closed, "the database has been closed")
}
