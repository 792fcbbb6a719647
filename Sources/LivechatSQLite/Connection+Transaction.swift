extension Connection {
    /// How a transaction begins.
    package enum TransactionKind: String, Sendable {
        /// Takes its snapshot at the first read. It may not write: SQLite would answer `SQLITE_BUSY_SNAPSHOT` at
        /// once when another connection has committed since, whatever the busy timeout is.
        case deferred = "BEGIN DEFERRED"
        /// Takes the write lock first, waiting up to the busy timeout.
        case immediate = "BEGIN IMMEDIATE"
    }

    /// Runs work in a transaction of its own: committed when it returns, rolled back when it throws.
    ///
    /// - Throws: What `body` throws, or `SQLiteError` when the transaction cannot begin or commit; nothing is
    ///   written then.
    package func transaction<Result>(
        _ kind: TransactionKind,
        _ body: () throws -> Result
    ) throws -> Result {
        try execute(kind.rawValue)
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends the open transaction without writing, if SQLite has not done so by itself.
    package func rollBack() {
        guard !isAutocommit else { return }
        // A rollback fails only when there is nothing left to roll back; the error that led here is the one to tell.
        try? execute("ROLLBACK")
    }

    /// Runs work in a savepoint of the open transaction: kept when it returns, undone when it throws.
    ///
    /// - Throws: What `body` throws, or `SQLiteError`. Look at `isAutocommit` afterwards: an error such as a full
    ///   disk can have ended the whole transaction.
    package func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("SAVEPOINT one")
        do {
            let result = try body()
            try execute("RELEASE one")
            return result
        } catch {
            if !isAutocommit {
                try execute("ROLLBACK TO one")
                try execute("RELEASE one")
            }
            throw error
        }
    }
}
