#if PostgreSQL
extension PostgreSQLJoinDatabase {
    /// How a database is opened; the defaults suit a server.
    public struct Options: Sendable {
        /// What happens to a schema that is not the program's own.
        public enum Schema: Sendable {
            /// Makes the schema when it is missing, and brings an older one up to date.
            case migrate
            /// Refuses a missing and an older schema.
            case requireCurrent
        }

        /// What an acknowledged join survives
        /// (https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT).
        public enum Durability: Sendable {
            /// What the server's `synchronous_commit` says, and at least the end of the server and the loss of power.
            case full
            /// A crash of the server can take the newest joins back, all of them whole.
            case normal
        }

        /// What happens to a schema that is not the program's own.
        public var schema: Schema = .migrate
        /// What an acknowledged join survives.
        public var durability: Durability = .full
        /// How many connections ask for decisions, at least 1.
        public var decisionConnections = 2
        /// How long a decision and a join may take in all before they fail.
        public var patience: Duration = .seconds(2)

        /// The defaults: migrate, full durability, 2 connections for decisions, 2 seconds.
        public init() {}
    }
}
#endif
