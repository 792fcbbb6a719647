internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite
internal import Synchronization

extension JoinDatabase {
    /// Puts a fixture into the database (contract C12): all of it, in one transaction, or nothing.
    ///
    /// ```swift
    /// do {
    ///     let summary = try await database.load(fixture: Array(#"{"users":[{"id":"ann"}]}"#.utf8), dryRun: true)
    ///     for permission in summary.permissions where !permission.lost.isEmpty { print(permission) }
    /// } catch let error as FixtureError {
    ///     print(error.place, error.message)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - fixture: The document, as UTF-8.
    ///   - merge: Whether to add to lists in place of replacing them, and remove nothing.
    ///   - dryRun: Whether to write nothing in the end.
    /// - Returns: What has been written, or would have been.
    /// - Throws: `FixtureError` for the first mistake, naming its place, or `LivechatStoreError`; nothing has been
    ///   loaded then.
    @discardableResult
    public func load(
        fixture: [UInt8],
        merge: Bool = false,
        dryRun: Bool = false
    ) async throws -> FixtureSummary {
        try await load(FixtureReader(fixture), merge ? .everything : .nothing, dryRun)
    }

    /// Puts a fixture into the database as the call with its bytes does, without holding the whole of it.
    ///
    /// - Parameters:
    ///   - merge: Whether to add to lists in place of replacing them, and remove nothing.
    ///   - dryRun: Whether to write nothing in the end.
    ///   - document: Gives the bytes of the document from an offset on, as many as it likes but none at its end. It is
    ///     read from its beginning to its end twice, and has to be the same each time: to be checked, and to be
    ///     written, when it should not take its time, since nobody else can write then. A document that refers to
    ///     something that does not exist is checked twice. The ids in it are kept in memory while it is checked.
    /// - Returns: What has been written, or would have been.
    /// - Throws: `FixtureError` for the first mistake, naming its place, `LivechatStoreError`, or what `document`
    ///   throws; nothing has been loaded then.
    @discardableResult
    public func load(
        merge: Bool = false,
        dryRun: Bool = false,
        fixture document: @escaping @Sendable (_ offset: Int) throws -> [UInt8]
    ) async throws -> FixtureSummary {
        try await load(FixtureReader(document), merge ? .everything : .nothing, dryRun)
    }

    /// Puts into the database what another program has exported (contract C19): all of it, in one transaction, or
    /// nothing.
    ///
    /// - Parameters:
    ///   - source: What was exported.
    ///   - dryRun: Whether to write nothing in the end.
    /// - Returns: What has been written, or would have been.
    /// - Throws: `LivechatStoreError`, `FixtureError` or what the source throws; nothing has been loaded then.
    @discardableResult
    public func load(_ source: FixtureSource, dryRun: Bool = false) async throws -> FixtureSummary {
        try await load(source.reader, source.isWhole ? .nothing : .agentsAndMembers, dryRun, of: source)
    }

    private func load(
        _ reader: FixtureReader,
        _ merging: FixtureStore.Merging,
        _ dryRun: Bool,
        of source: FixtureSource? = nil
    ) async throws -> FixtureSummary {
        let (now, by, cacheBytes) = (clock.now, JoinActor.current, loadCacheBytes)
        var reader = reader
        reader.latest = now.adding(days: 1)
        let fixture = reader
        do {
            // What was exported has been read whole before, and refers to nothing that it does not bring.
            if source == nil { try check(fixture, now) }
            return try await writer.write(isAlone: true) { session in
                try session.connection.forBulk(cacheBytes: cacheBytes) {
                    let before = source == nil ? [] : try session.usersWhoMayJoin()
                    let store = try FixtureStore(session.connection, now: now, merging: merging)
                    var summary = try store.load(fixture) {
                        try source?.removal.map { try store.prune($0, session.connection) } ?? []
                    }
                    if source != nil { summary.compareUsers(before, try session.usersWhoMayJoin()) }
                    if dryRun { throw DryRun(summary: summary) }
                    if let deed = summary.deed {
                        try ChangeSession(writer: session, at: now.writable, by: by).record(deed)
                    }
                    return summary
                }
            }
        } catch let end as DryRun {
            return end.summary
        } catch let error as SQLiteError {
            throw LivechatStoreError(error, path: path)
        }
    }

    private func check(_ fixture: FixtureReader, _ now: LivechatTimestamp) throws {
        // It needs no snapshot: references are resolved again as they are written.
        try readers.makeReader().query { connection in
            let references = try FixtureReferences(connection, now: now)
            try FixtureChecker { kind, id in try references.key(of: kind, id) != nil }.check(fixture)
        }
    }

    /// Ends a load whose transaction is not kept.
    private struct DryRun: Error {
        let summary: FixtureSummary
    }

    /// Writes the whole state as a fixture, in a stable order: raw tokens are not known and events not written.
    ///
    /// - Parameters:
    ///   - progress: Told now and then how many users and rooms have been written, and how many there are.
    ///   - sink: Takes the document in pieces of some 64 KiB. One snapshot is held until it returns for the last time,
    ///     so it should not take its time.
    /// - Throws: `LivechatStoreError` when the database cannot be read, or what `sink` throws.
    public func dump(
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil,
        to sink: @escaping ([UInt8]) throws -> Void
    ) async throws {
        let reader = try readers.makeReader()
        try reader.snapshot { reader in
            try reader.query { connection in
                let count = "SELECT (SELECT count(*) FROM livechat_user) + (SELECT count(*) FROM livechat_room)"
                let total = progress == nil ? 0 : Int(try connection.integer(count) ?? 0)
                var done = 0
                func advance() {
                    done += 1
                    // The caller reads the clock each time, which takes as long as a small row.
                    if done % 256 == 0 || done == total { progress?(done, total) }
                }
                try FixtureStore(connection, now: clock.now).dump(count: advance, to: sink)
            }
        }
    }

    /// Writes the whole state as a fixture and returns it.
    ///
    /// - Returns: The document, as UTF-8; use `dump(to:)` for a large database.
    /// - Throws: `LivechatStoreError` when the database cannot be read.
    public func dump() async throws -> [UInt8] {
        let document = Mutex<[UInt8]>([])
        try await dump { piece in document.withLock { $0 += piece } }
        return document.withLock { $0 }
    }
}

extension Connection {
    /// Runs a load with room for the pages that it comes back to, and without a mapping: for each page SQLite would
    /// look in the log whether the mapping may be used.
    func forBulk<Result>(cacheBytes: Int, _ load: () throws -> Result) throws -> Result {
        let cache = try integer("PRAGMA cache_size") ?? -2_000
        let mapped = try integer("PRAGMA mmap_size") ?? 0
        defer {
            // The two sizes want memory, and only cost some when they stay.
            try? execute("PRAGMA cache_size = \(cache)")
            try? execute("PRAGMA mmap_size = \(mapped)")
        }
        try setPageCache(bytes: cacheBytes)
        try execute("PRAGMA mmap_size = 0")
        return try load()
    }
}
