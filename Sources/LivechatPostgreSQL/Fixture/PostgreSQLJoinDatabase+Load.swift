#if PostgreSQL
public import LivechatFixture
internal import LivechatJoin

extension PostgreSQLJoinDatabase {
    /// Puts a fixture into the database (contract C12): all of it, in one transaction, or nothing.
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
    /// Decisions are answered meanwhile; joins wait for the rows that are written, and fail after a second.
    ///
    /// - Parameters:
    ///   - merge: Whether to add to lists in place of replacing them, and remove nothing.
    ///   - dryRun: Whether to write nothing in the end.
    ///   - document: Gives the bytes of the document from an offset on, as many as it likes but none at its end. It is
    ///     read from its beginning to its end three or four times, and has to be the same each time.
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
        _ merging: FixtureLoader.Merging,
        _ dryRun: Bool,
        of source: FixtureSource? = nil
    ) async throws -> FixtureSummary {
        let (now, by) = (clock.now, JoinActor.current)
        var reader = reader
        reader.latest = now.adding(days: 1)
        let fixture = reader
        do {
            return try await Self.bulk(address, options.durability) { session in
                // What was exported has been read whole before, and refers to nothing that it does not bring. A document
                // is checked without a snapshot: references are resolved again as they are written.
                if source == nil {
                    try FixtureChecker { kind, id in
                        try session.query("SELECT FROM livechat_\(kind.word) WHERE id = $1", [.text(id)]).count > 0
                    }.check(fixture)
                }
                return try session.transaction {
                    let before = source == nil ? [] : try session.usersWhoMayJoin()
                    let loader = FixtureLoader(session, now: now, merging: merging)
                    var summary = try loader.load(fixture, source?.removal)
                    if source != nil { summary.compareUsers(before, try session.usersWhoMayJoin()) }
                    if dryRun { throw DryRun(summary: summary) }
                    if let deed = summary.deed {
                        let change = ChangeSession(session, at: now.writable, by: by)
                        change.record(deed)
                        try change.appendEvents()
                    }
                    return summary
                }
            }
        } catch let end as DryRun {
            return end.summary
        } catch let error as PostgreSQLError {
            throw LivechatStoreError(error, address)
        }
    }

    /// Ends a load whose transaction is not kept.
    private struct DryRun: Error {
        let summary: FixtureSummary
    }
}
#endif
