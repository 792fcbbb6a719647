#if PostgreSQL
/// What a connection is for, and how its session is set.
struct LineSettings: Sendable {
    /// What it is called in the name of its thread.
    let name: String
    /// How long a statement may take.
    let patience: Duration
    /// Settings of the session beside those that all have.
    private let values: [(name: String, value: String)]
    private let durability: PostgreSQLJoinDatabase.Options.Durability

    private init(
        _ name: String,
        _ patience: Duration,
        _ durability: PostgreSQLJoinDatabase.Options.Durability,
        _ values: [(name: String, value: String)]
    ) {
        self.name = name
        self.patience = patience
        self.durability = durability
        self.values = values
    }

    /// Statements that are searches by key, planned once, whatever the size of the tables was then.
    private static let searches = [
        ("plan_cache_mode", "force_generic_plan"), ("jit", "off"), ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
    ]

    /// For decisions.
    static func decisions(_ patience: Duration) -> LineSettings {
        LineSettings("decisions", patience, .full, searches + [("default_transaction_read_only", "on")])
    }

    /// For joins, which wait for the row of settings and the event log alone.
    static func joins(
        _ patience: Duration,
        _ durability: PostgreSQLJoinDatabase.Options.Durability
    ) -> LineSettings {
        LineSettings("joins", patience, durability, searches + [("lock_timeout", "1s")])
    }

    /// For administration and look-ups.
    static func work(_ durability: PostgreSQLJoinDatabase.Options.Durability) -> LineSettings {
        LineSettings(
            "work",
            .seconds(30),
            durability,
            [("jit", "off"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "60s")]
        )
    }

    /// For what may take as long as the database is large.
    static func bulk(_ durability: PostgreSQLJoinDatabase.Options.Durability) -> LineSettings {
        LineSettings("bulk", .seconds(86_400), durability, [("jit", "off"), ("statement_timeout", "0")])
    }

    /// Connects, and makes the session what every session of this store is.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - first: Which of its hosts is tried first.
    /// - Returns: The session.
    /// - Throws: `PostgreSQLError` when there is no server, or it is not one that this store can use.
    func open(_ address: Address, from first: Int) throws(PostgreSQLError) -> Session {
        let session = Session(try Connection(address, from: first), patience: patience)
        // Within this time, or the settings of `connect_timeout`, a server answers.
        let deadline = ContinuousClock.now + .seconds(5)
        let settings =
            [("search_path", "livechat, pg_temp"), ("default_transaction_isolation", "read committed")] + values
        let found = try session.query(
            """
            SELECT array_agg(set_config(name, value, false)),
                set_config('synchronous_commit', CASE
                    WHEN $3 THEN 'off'
                    WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply', 'remote_write')
                    THEN current_setting('synchronous_commit') ELSE 'on' END, false),
                current_setting('server_encoding'), current_setting('server_version_num')::bigint, pg_is_in_recovery()
            FROM unnest($1::text[], $2::text[]) AS setting (name, value)
            """,
            [
                .texts(settings.map { $0.0 }), .texts(settings.map { $0.1 }), .flag(durability == .normal),
            ],
            until: deadline
        )
        if found.flag(0, 4) {
            throw PostgreSQLError(
                .notConnected,
                "the server is a standby, whose answers would be stale: name the primary, or all servers, as in "
                    + "postgres://one,two/DATABASE"
            )
        }
        if let encoding = found.text(0, 2), encoding != "UTF8" {
            throw PostgreSQLError(
                .notConnected,
                "the database's encoding is \(encoding), and ids are UTF-8: make one with ENCODING 'UTF8'"
            )
        }
        if let version = found.integer(0, 3), version < 140_000 {
            throw PostgreSQLError(.notConnected, "the server is older than PostgreSQL 14: use a newer one")
        }
        return session
    }
}
#endif
