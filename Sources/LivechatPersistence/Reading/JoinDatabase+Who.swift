package import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Judges users as they stand to a room.
    package func users<Answer: Sendable>(
        _ page: LivechatPage<LivechatUserID>,
        standingTo room: LivechatRoomID?,
        _ judge: (LivechatUserID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatUserID, Answer)] {
        try scan { connection, previewsQueue, judging in
            let users = try UserScan(connection, page, room, previewsQueue, judging, judge)
            return try users.judged(page.limit, &judging, judge)
        }
    }

    /// Judges rooms as a user stands to them.
    package func rooms<Answer: Sendable>(
        _ page: LivechatPage<LivechatRoomID>,
        standingTo user: LivechatUserID,
        _ judge: (LivechatRoomID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatRoomID, Answer)] {
        try scan { connection, previewsQueue, judging in
            let rooms = try RoomScan(connection, page, user, previewsQueue, judging, judge)
            return try rooms.judged(page.limit, &judging, judge)
        }
    }

    /// Runs a scan on one snapshot, with a reader of its own: it may look at every row.
    private func scan<ID, Answer, Result: Sendable>(
        _ work: (borrowing Connection, Bool, inout Judge<ID, Answer>) throws -> Result
    ) throws(LivechatStoreError) -> Result {
        do {
            return try readers.makeReader().snapshot { reader in
                try reader.query { connection in
                    var judging = Judge<ID, Answer>(try reader.lookups.grantSnapshot())
                    return try work(connection, try reader.lookups.previewsQueue(), &judging)
                }
            }
        } catch is Standing.DanglingRole {
            throw LivechatStoreError(SQLiteError.danglingRole, path: path)
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }
}

extension WriterSession {
    /// The users who may join rooms at all on the newest state, that of the open transaction too: they are active and
    /// hold `view-l-room`.
    func usersWhoMayJoin() throws -> Set<LivechatUserID> {
        try lookups.openSnapshot()
        var judging = Judge<LivechatUserID, Bool>(try lookups.grantSnapshot())
        let users = try UserScan(connection, .all, nil, false, judging, Judge.mayJoinRooms)
        return Set(try users.judged(.max, &judging, Judge.mayJoinRooms).map(\.0))
    }
}

/// The most rows that are looked up one by one in place of a scan.
private let mostCandidates = 2_000

extension Connection {
    /// Prepares the scan of a page and binds where it begins or what is looked for.
    ///
    /// - Parameters:
    ///   - select: A statement up to its WHERE, in which the scanned table is `entry`.
    ///   - page: Which rows.
    ///   - candidates: The keys of the only rows that can have an answer; nil where they are not known.
    /// - Returns: The statement, whose further values are still to be bound.
    /// - Throws: `SQLiteError` when SQLite does not accept the statement or a value.
    fileprivate borrowing func prepare<Entity>(
        _ select: [StaticString],
        _ page: LivechatPage<LivechatID<Entity>>,
        _ candidates: [Int64]?
    ) throws(SQLiteError) -> Statement {
        let statement: Statement
        switch page {
        case .after(let id, _) where candidates != nil:
            let narrowed: StaticString =
                " WHERE entry.key IN (SELECT value FROM json_each(?7)) AND entry.id > ?1 ORDER BY entry.id"
            statement = try prepare(select + [narrowed])
            try statement.bind(1, id?.string ?? "")
            try statement.bind(7, candidates.map(Self.array))
        case .only(let id):
            statement = try prepare(select + [" WHERE entry.id = ?1"])
            try statement.bind(1, id.string)
        case .after(let id, _):
            statement = try prepare(select + [" WHERE entry.id > ?1 ORDER BY entry.id"])
            // No id is empty.
            try statement.bind(1, id?.string ?? "")
        }
        return statement
    }

    /// The keys that a statement gives.
    ///
    /// - Parameters:
    ///   - sql: A statement up to its LIMIT.
    ///   - values: What to bind, from ?1 on.
    ///   - array: The keys in the JSON array ?8.
    /// - Returns: nil when there are so many that a scan finds them as soon.
    /// - Throws: `SQLiteError` when the keys cannot be read.
    fileprivate borrowing func candidates(
        _ sql: StaticString,
        _ values: [Int64?],
        _ array: [Int64] = []
    ) throws(SQLiteError) -> [Int64]? {
        let statement = try prepare([sql, " LIMIT ?9"])
        for (index, value) in values.enumerated() { try statement.bind(Int32(index + 1), value) }
        try statement.bind(8, Self.array(array))
        try statement.bind(9, Int64(mostCandidates + 1))
        var keys: [Int64] = []
        try statement.eachRow { row in keys.append(row.integer(0)) }
        return keys.count > mostCandidates ? nil : keys
    }

    private static func array(_ keys: [Int64]) -> String { "[" + keys.map(String.init).joined(separator: ",") + "]" }

    /// The roles that members have in a room.
    fileprivate borrowing func prepareMemberRoles() throws(SQLiteError) -> Statement {
        try prepare(Lookups.SQL.rolesOfMember)
    }
}

extension Statement {
    /// The keys of the roles of a member.
    fileprivate borrowing func roles(ofMember user: Int64, in room: Int64) throws(SQLiteError) -> [Int64] {
        try bind(1, room)
        try bind(2, user)
        var roles: [Int64] = []
        try eachRow { row in roles.append(row.integer(0)) }
        return roles
    }
}

/// Goes through users as they stand to one room.
private final class UserScan {
    private let users: Statement
    private let memberRoles: Statement
    /// How a user without any relation stands to the room.
    private let stranger: Standing
    private let room: Int64?

    init<Answer>(
        _ connection: borrowing Connection,
        _ page: LivechatPage<LivechatUserID>,
        _ id: LivechatRoomID?,
        _ previewsQueue: Bool,
        _ judging: Judge<LivechatUserID, Answer>,
        _ judge: Judge<LivechatUserID, Answer>.Opinion
    ) throws {
        memberRoles = try connection.prepareMemberRoles()
        var stranger = Standing()
        // Of the room, its agent, the inquiry's agent, and their departments.
        var keys: [Int64?] = [nil, nil, nil, nil, nil]
        if let id {
            let room = try connection.prepare(
                """
                SELECT room.key, room.kind, room.open, room.served_by, room.department,
                    inquiry.room, inquiry.status, inquiry.default_agent, inquiry.department, queue.enabled
                FROM livechat_room AS room
                LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
                LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
                WHERE room.id = ?1
                """
            )
            try room.bind(1, id.string)
            try room.lendFirst { row in
                keys = [0, 3, 7, 4, 8].map { row.integerIfPresent($0) }
                stranger.room = RoomFact(kind: row.text(1), isOpen: row.bool(2), previewsQueue: previewsQueue)
                if row.isNull(5) { return }
                stranger.queue.inquiry = QueueFact.Inquiry(
                    status: row.textIfPresent(6),
                    // A department that is gone is disabled, and no public queue.
                    department: row.isNull(8) ? nil : QueueFact.Department(isEnabled: row.bool(9), hasUser: false)
                )
            }
        }
        var candidates: [Int64]?
        if case .after = page, let roles = try judging.helpfulRoles(LivechatUserID(stored: "-"), stranger, judge) {
            // Who stands to the room in some way, or has one of the roles.
            candidates = try connection.candidates(
                """
                SELECT ?2 UNION ALL SELECT ?3
                UNION ALL SELECT user FROM livechat_membership WHERE room = ?1
                UNION ALL SELECT user FROM livechat_department_agent WHERE department IN (?4, ?5)
                UNION ALL SELECT user FROM livechat_user_role WHERE role IN (SELECT value FROM json_each(?8))
                """,
                keys,
                roles
            )
        }
        // A user has a row for each role, and at least one.
        users = try connection.prepare(
            [
                """
                SELECT entry.key, entry.id, entry.active, given.role, entry.key = ?3, entry.key = ?4,
                    EXISTS (SELECT 1 FROM livechat_membership WHERE room = ?2 AND user = entry.key),
                    EXISTS (SELECT 1 FROM livechat_department_agent WHERE department = ?5 AND user = entry.key),
                    EXISTS (SELECT 1 FROM livechat_department_agent WHERE department = ?6 AND user = entry.key)
                FROM livechat_user AS entry LEFT JOIN livechat_user_role AS given ON given.user = entry.key
                """
            ],
            page,
            candidates
        )
        for (index, key) in keys.enumerated() { try users.bind(Int32(index + 2), key) }
        room = keys[0]
        self.stranger = stranger
    }

    func judged<Answer>(
        _ limit: Int,
        _ judging: inout Judge<LivechatUserID, Answer>,
        _ judge: Judge<LivechatUserID, Answer>.Opinion
    ) throws -> [(LivechatUserID, Answer)] {
        var found: [(LivechatUserID, Answer)] = []
        var user: (key: Int64, id: LivechatUserID, standing: Standing)?
        func finish(_ judging: inout Judge<LivechatUserID, Answer>) throws {
            guard let user, let answer = try judging.answer(user.id, user.standing, judge) else { return }
            found.append((user.id, answer))
        }
        if limit == 0 { return [] }
        try users.rows { row in
            let key = row.integer(0)
            if user?.key != key {
                try finish(&judging)
                user = nil
                if found.count == limit { return false }
                user = (key, LivechatUserID(stored: row.text(1)), try standing(row, key))
            }
            if !row.isNull(3) { user?.standing.roles.append(row.integer(3)) }
            return true
        }
        try finish(&judging)
        return found
    }

    private func standing(_ row: borrowing Row, _ key: Int64) throws -> Standing {
        var standing = stranger
        standing.isActive = row.bool(2)
        guard let room else { return standing }
        standing.room?.isServing = row.bool(4)
        standing.queue.inquiry?.isForUser = row.bool(5)
        standing.queue.isDepartmentAgent = row.bool(7)
        standing.queue.inquiry?.department?.hasUser = row.bool(8)
        if row.bool(6) {
            standing.room?.isMember = true
            standing.memberRoles = try memberRoles.roles(ofMember: key, in: room)
        }
        return standing
    }
}

/// Goes through rooms as one user stands to them.
private final class RoomScan {
    private let rooms: Statement
    private let memberRoles: Statement
    private let previewsQueue: Bool
    private let user: Int64?
    /// What the user is, whatever the room.
    private let person: Standing

    init<Answer>(
        _ connection: borrowing Connection,
        _ page: LivechatPage<LivechatRoomID>,
        _ id: LivechatUserID,
        _ previewsQueue: Bool,
        _ judging: Judge<LivechatRoomID, Answer>,
        _ judge: Judge<LivechatRoomID, Answer>.Opinion
    ) throws {
        self.previewsQueue = previewsQueue
        memberRoles = try connection.prepareMemberRoles()
        var person = Standing()
        let user = try connection.prepare(Lookups.SQL.userByID)
        try user.bind(1, id.string)
        let row = try user.first { row in (key: row.integer(0), isActive: row.bool(1)) }
        self.user = row?.key
        person.isActive = row?.isActive
        if let key = row?.key {
            let roles = try connection.prepare(Lookups.SQL.rolesOfUser)
            try roles.bind(1, key)
            try roles.eachRow { row in person.roles.append(row.integer(0)) }
        }
        self.person = person
        var candidates: [Int64]?
        func hasAnswer(_ tie: Tie?) throws -> Bool {
            try judging.hasAnswer(LivechatRoomID(stored: "-"), to: person, previewsQueue: previewsQueue, tie, judge)
        }
        if case .after = page, try !hasAnswer(nil) {
            // The rooms that the user stands to in a way that lets the user in. What is most frequent comes first, so
            // that too many are found soon.
            candidates = try connection.candidates(
                """
                SELECT room FROM livechat_inquiry WHERE ?5 AND department IS NULL
                UNION ALL SELECT room FROM livechat_inquiry WHERE ?6 AND department IS NOT NULL
                UNION ALL SELECT room FROM livechat_inquiry WHERE ?4 AND (default_agent = ?1
                    OR department IN (SELECT department FROM livechat_department_agent WHERE user = ?1))
                UNION ALL SELECT room FROM livechat_membership WHERE ?2 AND user = ?1
                UNION ALL SELECT key FROM livechat_room INDEXED BY livechat_room_by_id
                    WHERE ?3 AND id > '' AND served_by = ?1
                """,
                [row?.key] + Tie.allCases.map { try hasAnswer($0) ? 1 : 0 }
            )
        }
        rooms = try connection.prepare(
            [
                """
                SELECT entry.key, entry.id, entry.kind, entry.open, entry.served_by = ?2,
                    EXISTS (SELECT 1 FROM livechat_membership WHERE room = entry.key AND user = ?2),
                    EXISTS (SELECT 1 FROM livechat_department_agent WHERE department = entry.department AND user = ?2),
                    inquiry.room, inquiry.status, inquiry.default_agent = ?2, inquiry.department, queue.enabled,
                    EXISTS (SELECT 1 FROM livechat_department_agent WHERE department = inquiry.department AND user = ?2)
                FROM livechat_room AS entry
                """,
                candidates == nil ? " INDEXED BY livechat_room_by_id " : " ",
                """
                LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = entry.key
                LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
                """,
            ],
            page,
            candidates
        )
        try rooms.bind(2, row?.key)
    }

    func judged<Answer>(
        _ limit: Int,
        _ judging: inout Judge<LivechatRoomID, Answer>,
        _ judge: Judge<LivechatRoomID, Answer>.Opinion
    ) throws -> [(LivechatRoomID, Answer)] {
        var found: [(LivechatRoomID, Answer)] = []
        if limit == 0 { return [] }
        try rooms.rows { row in
            let id = LivechatRoomID(stored: row.text(1))
            if let answer = try judging.answer(id, try standing(row), judge) { found.append((id, answer)) }
            return found.count < limit
        }
        return found
    }

    private func standing(_ row: borrowing Row) throws -> Standing {
        var standing = person
        standing.room = RoomFact(
            kind: row.text(2),
            isOpen: row.bool(3),
            isMember: row.bool(5),
            isServing: row.bool(4),
            previewsQueue: previewsQueue
        )
        if let user, row.bool(5) { standing.memberRoles = try memberRoles.roles(ofMember: user, in: row.integer(0)) }
        standing.queue.isDepartmentAgent = row.bool(6)
        if row.isNull(7) { return standing }
        standing.queue.inquiry = QueueFact.Inquiry(
            status: row.textIfPresent(8),
            isForUser: row.bool(9),
            department: row.isNull(10) ? nil : QueueFact.Department(isEnabled: row.bool(11), hasUser: row.bool(12))
        )
        return standing
    }
}
