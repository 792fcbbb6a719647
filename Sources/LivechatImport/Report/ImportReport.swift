/// What an export holds, what comes of it, and what is left out and why (contract C19); never a token.
public struct ImportReport: Hashable, Sendable {
    /// One of the server's collections.
    public struct Collection: Hashable, Sendable {
        /// The collection's name, such as "rocketchat_room".
        public let name: String
        /// The file; nil when there is none.
        public let file: String?
        /// How many documents were read.
        public package(set) var read = 0
        /// How many of them are imported; of what the server has removed, how many are to be removed.
        public package(set) var imported = 0
        /// What a missing file means.
        public let meaning: String

        var deed: String { name == LivechatImport.Collection.trash.rawValue ? "removed" : "imported" }
    }

    /// What was found about some documents of a collection.
    public struct Finding: Hashable, Sendable {
        /// The collection's name.
        public let collection: String
        /// What was found.
        public let what: String
        /// Whether something was left out for it.
        public let isSkip: Bool
        /// How many documents it was found of.
        public package(set) var count: Int
        /// The ids of the first ten.
        public package(set) var ids: [String]
    }

    /// The tokens that are imported, counted.
    public struct Tokens: Hashable, Sendable {
        /// Made by logging in.
        public package(set) var login = 0
        /// Made by hand for programs.
        public package(set) var personalAccess = 0
        /// Of both, how many had expired at the time of the import.
        public package(set) var expired = 0
    }

    /// The collections that are looked for.
    public package(set) var collections: [Collection] = []
    /// What was found, in the order in which it was.
    public package(set) var findings: [Finding] = []
    /// The tokens.
    public package(set) var tokens = Tokens()
}
