#if PostgreSQL
internal import LivechatJoin

/// What one snapshot holds about one user, one token and one room.
struct Facts: Sendable {
    /// What was asked about.
    let query: JoinQuery
    fileprivate(set) var previewsQueue = false
    fileprivate(set) var loginExpirationDays: Double?
    fileprivate(set) var grants: GrantSnapshot
    fileprivate var isActive: Bool?
    fileprivate var roles: [LivechatRoleID] = []
    fileprivate var memberRoles: [LivechatRoleID] = []
    fileprivate var token: LivechatTokenRecord?
    fileprivate var roomFact: RoomFact?
    fileprivate var queueFact = QueueFact()
    fileprivate var wholeRoom: LivechatRoom?
    fileprivate var queueDepartment: LivechatDepartmentID?
    /// What has to be unchanged when a join is written; nil where nobody asks for it, or there is no such user or room.
    fileprivate(set) var versions: Versions?

    /// The versions of the rows that a join is decided on.
    struct Versions: Sendable {
        let stamp: Int64
        let userKey: Int64
        let user: Int64
        let roomKey: Int64
        let room: Int64
    }

    /// When the token that opens the door expires by itself.
    var expiry: LivechatTimestamp? { token?.expiry(loginExpirationDays: loginExpirationDays) }
}

extension Facts: LoginTokenLookup, PermissionLookup, RoomLookup {
    func login(of user: LivechatUserID, with digest: LivechatTokenDigest) -> LoginRecord? {
        guard user == query.userID, digest == query.digest, let token, let isActive else { return nil }
        return LoginRecord(token: token, userIsActive: isActive, loginExpirationDays: loginExpirationDays)
    }

    func isActive(_ user: LivechatUserID) -> Bool? { user == query.userID ? isActive : nil }

    func permissions(of user: LivechatUserID, in room: LivechatRoomID?) throws -> EffectivePermissions {
        guard user == query.userID else { return EffectivePermissions(roles: [], grants: grants.table) }
        guard let room, room == query.roomID else {
            return EffectivePermissions(sortedRoles: roles, grants: grants.table)
        }
        try require(.roomRoles)
        return EffectivePermissions(roles: roles + memberRoles, grants: grants.table)
    }

    func room(_ room: LivechatRoomID, for user: LivechatUserID) -> RoomFact? {
        guard room == query.roomID, var fact = roomFact else { return nil }
        if user != query.userID { (fact.isMember, fact.isServing) = (false, false) }
        return fact
    }

    func queue(of room: LivechatRoomID, for user: LivechatUserID) throws -> QueueFact {
        guard room == query.roomID, let roomFact else { return QueueFact() }
        // Neither is read where no join asks for it.
        if !roomFact.isOpen { try require(.closedRoom) }
        if !previewsQueue, !query.purposes.contains(.closedRoom) { try require(.wholeRoom) }
        guard user == query.userID else {
            var fact = queueFact
            fact.isDepartmentAgent = false
            fact.inquiry?.isForUser = false
            fact.inquiry?.department?.hasUser = false
            return fact
        }
        return queueFact
    }

    func room(_ room: LivechatRoomID) throws -> LivechatRoom? {
        guard room == query.roomID else { return nil }
        try require(.wholeRoom)
        return wholeRoom
    }

    func departmentOfInquiry(of room: LivechatRoomID) throws -> LivechatDepartmentID? {
        guard room == query.roomID else { return nil }
        try require(.wholeRoom)
        return queueDepartment
    }

    /// What was not fetched must not pass for what is not there.
    private func require(_ purpose: JoinQuery.Purposes) throws(LivechatStoreError) {
        guard !query.purposes.contains(purpose) else { return }
        throw LivechatStoreError(.storage, "the query does not say that this is asked: add its purpose")
    }
}

extension Facts {
    /// The statement that reads facts: `$1` to `$4` are the questions, and `$5` is the newest schema that the program
    /// knows.
    static let sql = """
        SELECT facts.*, (SELECT max(version) FROM livechat_migration WHERE version > $5)
        FROM livechat_facts($1, $2, $3, $4) AS facts
        ORDER BY facts.question
        """

    /// The bit of a purpose of the store's own: the versions of the rows, to compare when a join is written.
    static let versions = JoinQuery.Purposes(rawValue: 8)

    /// Reads the facts of some questions in one round trip, and in two where the grants are others than those known.
    ///
    /// - Parameters:
    ///   - queries: The questions.
    ///   - session: The connection.
    ///   - memory: The grants that are known; renewed where there are others.
    ///   - deadline: When to give up.
    /// - Returns: The facts of each question, in their order.
    /// - Throws: `PostgreSQLError` or `LivechatStoreError`.
    static func read(
        _ queries: [JoinQuery],
        _ session: Session,
        _ memory: GrantMemory,
        until deadline: ContinuousClock.Instant
    ) throws -> [Facts] {
        while true {
            let rows = try session.query(
                sql,
                [
                    .texts(queries.map { $0.userID?.string }),
                    .byteStrings(queries.map { $0.digest.map(\.array) }),
                    .texts(queries.map { $0.roomID?.string }),
                    .integers(queries.map { Int64($0.purposes.rawValue) }),
                    .integer(Int64(Migrator.newest)),
                ],
                until: deadline
            )
            guard rows.count == queries.count, let stamp = rows.integer(0, 3) else {
                throw LivechatStoreError(
                    .damaged,
                    "the row of settings is missing, so nobody can join: insert it again, with key 1"
                )
            }
            if let newer = rows.integer(0, 30) { throw Migrator.newer(newer) }
            if memory.newest?.stamp != stamp {
                // In the same statement they would double its price, also where they are known.
                memory.newest = try GrantSnapshot(session, until: deadline)
            }
            // They may have changed between the two, or been read by another line.
            guard let grants = memory.newest, grants.stamp == stamp else { continue }
            return try queries.indices.map { try Facts(queries[$0], grants, rows, $0) }
        }
    }

    private init(_ query: JoinQuery, _ grants: GrantSnapshot, _ rows: borrowing Rows, _ row: Int) throws {
        self.query = query
        self.grants = grants
        previewsQueue = rows.flag(row, 1)
        loginExpirationDays = rows.number(row, 2)
        if !rows.isNull(row, 4) {
            isActive = rows.flag(row, 5)
            guard let roles = grants.ids(of: rows.integers(row, 6)),
                let memberRoles = grants.ids(of: rows.integers(row, 22))
            else { throw LivechatStoreError.danglingRole }
            self.roles = roles
            self.memberRoles = memberRoles
        }
        if let createdAt = rows.integer(row, 7) {
            token = LivechatTokenRecord(
                kind: rows.flag(row, 9) ? .personalAccess : .login,
                createdAt: LivechatTimestamp(milliseconds: createdAt),
                expiresAt: rows.integer(row, 8).map(LivechatTimestamp.init(milliseconds:))
            )
        }
        if let userKey = rows.integer(row, 4), let user = rows.integer(row, 28), let roomKey = rows.integer(row, 10),
            let room = rows.integer(row, 29)
        {
            versions = Versions(
                stamp: grants.stamp,
                userKey: userKey,
                user: user,
                roomKey: roomKey,
                room: room
            )
        }
        guard let id = query.roomID, !rows.isNull(row, 10) else { return }
        let kind = rows.text(row, 11) ?? ""
        roomFact = RoomFact(
            kind: kind,
            isOpen: rows.flag(row, 12),
            isMember: rows.flag(row, 14),
            isServing: rows.flag(row, 13),
            previewsQueue: previewsQueue
        )
        queueFact.isDepartmentAgent = rows.flag(row, 21)
        if !rows.isNull(row, 15) {
            queueFact.inquiry = QueueFact.Inquiry(
                status: rows.text(row, 16),
                isForUser: rows.flag(row, 17),
                department: rows.isNull(row, 18)
                    ? nil : QueueFact.Department(isEnabled: rows.flag(row, 19), hasUser: rows.flag(row, 20))
            )
        }
        guard query.purposes.contains(.wholeRoom) else { return }
        queueDepartment = rows.text(row, 27).map(LivechatDepartmentID.init(stored:))
        guard kind == LivechatRoom.livechatKind else { return }
        wholeRoom = LivechatRoom(
            id: id,
            isOpen: rows.flag(row, 12),
            servedBy: rows.text(row, 23).map(LivechatUserID.init(stored:)),
            departmentID: rows.text(row, 24).map(LivechatDepartmentID.init(stored:)),
            visitorToken: rows.text(row, 25).map(LivechatVisitorToken.init),
            membersCount: Int(rows.integer(row, 26) ?? 0)
        )
    }
}

extension LivechatTokenDigest {
    /// The 32 bytes of the digest.
    var array: [UInt8] {
        let bytes = bytes
        return bytes.indices.map { bytes[$0] }
    }
}
#endif
