#if PostgreSQL
internal import LivechatJoin

/// A connection that holds one snapshot of the newest committed state, to read it piece by piece.
final class Snapshot: Sendable {
    private let line: Line

    /// The most rows that are read at a time.
    private static let page = 1_000

    /// Connects, and takes the snapshot.
    init(_ address: Address) async throws {
        line = Line(address, .bulk(.full))
        do {
            try await line.run { session in
                try session.run(script: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                // The snapshot is that of the first statement.
                try session.query("SELECT FROM livechat_setting")
            }
        } catch {
            await line.close()
            throw error
        }
    }

    /// Reads something of the snapshot.
    func read<Result: Sendable>(_ body: @escaping @Sendable (Session) throws -> Result) async throws -> Result {
        try await line.run(body)
    }

    /// Reads all rows of a list, in the order of their ids.
    ///
    /// - Parameters:
    ///   - select: A statement up to its WHERE, in which the listed table is `entry`.
    ///   - id: The id of an entry.
    ///   - decode: Makes an entry of a row.
    ///   - body: Takes each entry.
    /// - Throws: PostgreSQL's error, or what `body` throws.
    func each<Entry: Sendable>(
        _ select: String,
        _ id: KeyPath<Entry, String>,
        _ decode: @escaping @Sendable (borrowing Rows, Int) -> Entry,
        _ body: (Entry) throws -> Void
    ) async throws {
        var last = ""
        while true {
            let after = last
            let entries = try await line.run { session in
                let rows = try session.query(
                    select + " WHERE entry.id > $1 ORDER BY entry.id LIMIT $2",
                    [.text(after), .integer(Int64(Self.page))]
                )
                return (0..<rows.count).map { decode(rows, $0) }
            }
            for entry in entries { try body(entry) }
            guard entries.count == Self.page, let end = entries.last else { return }
            last = end[keyPath: id]
        }
    }

    /// Lets the snapshot go.
    func end() async { await line.close() }
}
#endif
