#if PostgreSQL
/// Why a call of PostgreSQL's failed, in its words; never a password, and never a value.
struct PostgreSQLError: Error, Hashable {
    /// How far the call came.
    enum Kind: Hashable {
        /// There is no connection, and nothing was sent.
        case notConnected
        /// The connection broke: what was sent may have been done.
        case lost
        /// The deadline passed: what was sent may have been done.
        case late
        /// The server could not show that it is still the primary, and nothing was asked of it, or nothing was taken.
        case unproven
        /// The server refused it, and nothing was done.
        case refused
        /// A value that PostgreSQL cannot hold was not sent.
        case notSent
    }

    let kind: Kind
    /// The server's five characters (https://www.postgresql.org/docs/current/errcodes-appendix.html); empty where the
    /// server said nothing.
    let state: String
    let message: String

    init(_ kind: Kind, _ message: String, state: String = "") {
        self.kind = kind
        self.state = state
        self.message = message
    }

    /// Whether the same transaction may succeed when it is tried again: it met another one.
    var isConflict: Bool { ["40001", "40P01", "55P03"].contains(state) }

    /// Whether the server at the other end only reads: it is a standby, or was a primary.
    var isReadOnly: Bool { state == "25006" }

    /// Whether the connection is of no more use.
    var endsConnection: Bool {
        switch kind {
        case .notConnected, .lost, .late, .unproven: true
        case .notSent: false
        case .refused: isReadOnly || state.hasPrefix("08") || state.hasPrefix("57P") || state == "53300"
        }
    }

    /// Whether what was sent may have been done although no answer came.
    var leavesOutcomeOpen: Bool {
        switch kind {
        case .lost, .late: true
        case .notConnected, .notSent, .unproven: false
        // A server that shuts down closes connections whose commit may have succeeded.
        case .refused: state.hasPrefix("57P") || state.hasPrefix("08")
        }
    }

    static let late = PostgreSQLError(.late, "no answer in time")
    static let unproven = PostgreSQLError(.unproven, "no synchronous standby has confirmed in time that it follows")
    static let holdsNUL = PostgreSQLError(.notSent, "PostgreSQL cannot hold text with a NUL byte: leave it out")
}

extension PostgreSQLError: CustomStringConvertible {
    var description: String { state.isEmpty ? message : "\(message) (SQLSTATE \(state))" }
}
#endif
