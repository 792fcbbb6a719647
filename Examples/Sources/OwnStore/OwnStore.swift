public import GRDB
public import LivechatJoin

/// The engine over the accounts and conversations that a host has already: two calls, and the facts that they need.
///
/// Rooms are the host's conversations, which have no departments and no queue. An agent may join the conversation that
/// is theirs, and a supervisor every one.
public struct OwnStore: JoinStore {
    private let pool: DatabasePool

    /// Opens the host's tables; a real host has them long since.
    public init(_ pool: DatabasePool) throws {
        self.pool = pool
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS account (
                        id TEXT PRIMARY KEY, disabled BOOLEAN NOT NULL DEFAULT 0, supervisor BOOLEAN NOT NULL DEFAULT 0
                    );
                    CREATE TABLE IF NOT EXISTS session (
                        digest TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id), ends INTEGER NOT NULL
                    );
                    CREATE TABLE IF NOT EXISTS conversation (
                        id TEXT PRIMARY KEY, ended BOOLEAN NOT NULL DEFAULT 0, agent TEXT REFERENCES account(id)
                    );
                    CREATE TABLE IF NOT EXISTS participant (
                        conversation TEXT NOT NULL REFERENCES conversation(id),
                        account TEXT NOT NULL REFERENCES account(id),
                        since INTEGER NOT NULL,
                        PRIMARY KEY (conversation, account)
                    );
                    CREATE TABLE IF NOT EXISTS outbox (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, account TEXT NOT NULL
                    );
                    """
            )
        }
    }

    /// Evaluates on one snapshot: everything that the query can ask about is read in one transaction.
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try evaluate(await pool.read { database in try Facts(database, query) })
    }

    /// Evaluates inside the transaction that writes, so that what has been revoked before it commits joins nobody.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await pool.write { database in
            let verdict = try evaluate(Facts(database, query))
            if case .allowed(let admission) = verdict, admission.isNew {
                let (room, user) = (admission.room.string, admission.user.string)
                try database.execute(
                    sql: "INSERT INTO participant (conversation, account, since) VALUES (?, ?, ?)",
                    arguments: [room, user, admission.at.milliseconds]
                )
                try database.execute(
                    sql: "INSERT INTO outbox (conversation, account) VALUES (?, ?)",
                    arguments: [room, user]
                )
            }
            return verdict
        }
    }
}
