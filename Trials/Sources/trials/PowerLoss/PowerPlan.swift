import LivechatPersistence

/// What a machine does until its power goes, and when that is.
struct PowerPlan: Sendable {
    enum Work: String, CaseIterable, Sendable {
        /// Several join at the same time, with a small log that is checkpointed and restarts all the time.
        case crowd
        /// One joins after the other, with a log that is not checkpointed before the end.
        case one
        /// The database is made, filled, and joined.
        case beginning
        /// As the crowd, until the disk says once that a sync has failed; then a restart, and the rest of the joins.
        case badSync

        var words: String {
            switch self {
            case .crowd: "joins in groups, checkpoints, restarts of the log, close"
            case .one: "joins one by one, close"
            case .beginning: "a new file, migration, load, first joins, close"
            case .badSync: "joins in groups, a sync that fails, a restart, more joins, close"
            }
        }
    }

    var work: Work
    var durability: JoinDatabase.Options.Durability
    var atSync: Bool
    var nth: Int
    var seed: UInt64
    var dropsSyncs = false

    var arguments: [String] {
        [
            work.rawValue, durability == .full ? "full" : "normal", atSync ? "sync" : "write", "\(nth)", "\(seed)",
            dropsSyncs ? "drops" : "keeps",
        ]
    }

    init(
        _ work: Work,
        _ durability: JoinDatabase.Options.Durability,
        atSync: Bool,
        nth: Int,
        seed: UInt64,
        dropsSyncs: Bool = false
    ) {
        self.work = work
        self.durability = durability
        self.atSync = atSync
        self.nth = nth
        self.seed = seed
        self.dropsSyncs = dropsSyncs
    }

    init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        guard words.count == 6, let work = Work(rawValue: words[0]), let nth = Int(words[3]),
            let seed = UInt64(words[4])
        else { return nil }
        self.init(
            work,
            words[1] == "full" ? .full : .normal,
            atSync: words[2] == "sync",
            nth: nth,
            seed: seed,
            dropsSyncs: words[5] == "drops"
        )
    }
}
