internal import Crypto
internal import CryptoExtras
internal import Dispatch
internal import Foundation
public import GRDB
public import LivechatJoin

/// Passwords, as a salt and a hash for each user, in a table of the host's own.
public struct Passwords: Sendable {
    private let pool: DatabasePool
    private let rounds: Int
    /// A hash takes 0.2 s, and the threads of the handlers serve everybody's joins.
    private let queue = DispatchQueue(label: "passwords")

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - pool: The pool.
    ///   - rounds: What a hash costs, a power of two; tests need no more than 2.
    /// - Throws: GRDB's `DatabaseError` when the table cannot be made.
    public init(_ pool: DatabasePool, rounds: Int = 1 << 14) throws {
        self.pool = pool
        self.rounds = rounds
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS password (
                        user INTEGER NOT NULL UNIQUE REFERENCES livechat_user(key) ON DELETE CASCADE,
                        salt BLOB NOT NULL,
                        hash BLOB NOT NULL
                    )
                    """
            )
        }
    }

    /// Sets the password of a user, in place of the one that they have.
    ///
    /// - Throws: GRDB's `DatabaseError` where there is no such user.
    public func set(_ password: String, of user: LivechatUserID) async throws {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
        let hash = try await hash(password, salt).withUnsafeBytes { Data($0) }
        try await pool.write { database in
            try database.execute(
                sql: """
                    INSERT INTO password (user, salt, hash)
                    VALUES ((SELECT key FROM livechat_user WHERE id = ?), ?, ?)
                    ON CONFLICT (user) DO UPDATE SET salt = excluded.salt, hash = excluded.hash
                    """,
                arguments: [user.string, salt, hash]
            )
        }
    }

    /// Whether a password is a user's; for nobody it takes as long, so that the time does not tell who exists.
    public func isRight(_ password: String, of user: LivechatUserID) async throws -> Bool {
        let stored = try await pool.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT salt, hash FROM password JOIN livechat_user AS user ON user.key = password.user
                    WHERE user.id = ?
                    """,
                arguments: [user.string]
            )
            .map { (salt: $0["salt"] as Data, hash: SymmetricKey(data: $0["hash"] as Data)) }
        }
        // Keys are compared in constant time.
        return try await hash(password, stored?.salt ?? Data(count: 16)) == stored?.hash
    }

    private func hash(_ password: String, _ salt: Data) async throws -> SymmetricKey {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        try KDF.Scrypt.deriveKey(
                            from: Data(password.utf8),
                            salt: salt,
                            outputByteCount: 32,
                            rounds: rounds,
                            blockSize: 8,
                            parallelism: 5
                        )
                    }
                )
            }
        }
    }
}
