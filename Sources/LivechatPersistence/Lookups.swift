internal import LivechatJoin
internal import LivechatSQLite

/// The look-ups of the decision over one connection, each a statement that is prepared once.
///
/// Ids are looked up once per snapshot and followed as integer keys from there. What is kept from one question to the
/// next is valid for one snapshot only; `begin` forgets it.
final class Lookups: JoinFacts {
    private var userByID: Statement
    private var loginByUser: Statement
    private var rolesByUser: Statement
    private var rolesByMember: Statement
    private var roomByID: Statement
    private var roomWhole: Statement
    private var membership: Statement
    private var inquiryByRoom: Statement
    private var departmentByKey: Statement
    private var agent: Statement
    private var setting: Statement
    private let grants: GrantCache

    private var user: (id: UserID, key: Int64?)?
    private var foundRoom: (id: RoomID, row: RoomRow?)?
    private var settings: Settings?
    private var userPermissions: (id: UserID, permissions: EffectivePermissions)?

    private struct RoomRow {
        let key: Int64
        let state: RoomState
        let servedBy: Int64?
        let department: Int64?
    }

    private struct Settings {
        let previewsQueue: Bool
        let loginExpirationDays: Double?
        let grantsStamp: Int64
    }

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        userByID = try connection.prepare(SQL.userByID)
        loginByUser = try connection.prepare(SQL.loginByUser)
        rolesByUser = try connection.prepare(SQL.rolesByUser)
        rolesByMember = try connection.prepare(SQL.rolesByMember)
        roomByID = try connection.prepare(SQL.roomByID)
        roomWhole = try connection.prepare(SQL.roomWhole)
        membership = try connection.prepare(SQL.membership)
        inquiryByRoom = try connection.prepare(SQL.inquiryByRoom)
        departmentByKey = try connection.prepare(SQL.departmentByKey)
        agent = try connection.prepare(SQL.agent)
        setting = try connection.prepare(SQL.setting)
        grants = try GrantCache(connection)
    }

    /// Forgets what an earlier snapshot showed.
    func begin() {
        user = nil
        foundRoom = nil
        settings = nil
        userPermissions = nil
    }

    // MARK: Keys

    /// The key of a user; nil when there is none.
    func key(of id: UserID) throws(SQLiteError) -> Int64? {
        if let user, user.id == id { return user.key }
        try userByID.bind(1, id.string)
        let key = try userByID.first { row in row.integer(0) }
        user = (id, key)
        return key
    }

    /// The key of a room; nil when there is none.
    func key(of id: RoomID) throws(SQLiteError) -> Int64? { try row(of: id)?.key }

    private func row(of id: RoomID) throws(SQLiteError) -> RoomRow? {
        if let foundRoom, foundRoom.id == id { return foundRoom.row }
        try roomByID.bind(1, id.string)
        let row = try roomByID.first { row in
            RoomRow(
                key: row.integer(0),
                state: RoomState(isLivechat: row.equals(1, Room.livechatKind.utf8.span), isOpen: row.bool(2)),
                servedBy: row.integerIfPresent(3),
                department: row.integerIfPresent(4)
            )
        }
        foundRoom = (id, row)
        return row
    }

    private func readSettings() throws(SQLiteError) -> Settings {
        if let settings { return settings }
        let read = try setting.first { row in
            Settings(
                previewsQueue: row.bool(0),
                loginExpirationDays: row.doubleIfPresent(1),
                grantsStamp: row.integer(2)
            )
        }
        guard let read else { throw SQLiteError.missingSettings }
        settings = read
        return read
    }

    // MARK: LoginTokenLookup

    /// An unknown user has the key that no user has, so that their token is looked for just the same (contract C4).
    func login(of id: UserID, with digest: TokenDigest) throws -> LoginRecord? {
        let days = try readSettings().loginExpirationDays
        let user = try key(of: id)
        try loginByUser.bind(1, user ?? 0)
        try loginByUser.bind(2, digest.bytes.span)
        return try loginByUser.first { row in
            LoginRecord(
                token: TokenRecord(
                    kind: row.bool(2) ? .personalAccess : .login,
                    createdAt: Timestamp(milliseconds: row.integer(0)),
                    expiresAt: row.integerIfPresent(1).map(Timestamp.init(milliseconds:))
                ),
                userIsActive: row.bool(3),
                loginExpirationDays: days
            )
        }
    }

    // MARK: PermissionLookup

    func permissions(of id: UserID, in room: RoomID?) throws -> EffectivePermissions {
        if room == nil, let userPermissions, userPermissions.id == id { return userPermissions.permissions }
        var roles: [Int64] = []
        if let user = try key(of: id) {
            try rolesByUser.bind(1, user)
            try rolesByUser.forEach { row in roles.append(row.integer(0)) }
            if let room, let room = try key(of: room) {
                try rolesByMember.bind(1, room)
                try rolesByMember.bind(2, user)
                try rolesByMember.forEach { row in roles.append(row.integer(0)) }
            }
        }
        let permissions = try grants.permissions(ofRoles: roles, stamp: readSettings().grantsStamp)
        if room == nil { userPermissions = (id, permissions) }
        return permissions
    }

    // MARK: RoomLookup

    func roomState(_ room: RoomID) throws -> RoomState? { try row(of: room)?.state }

    func room(_ id: RoomID) throws -> Room? {
        try roomWhole.bind(1, id.string)
        return try roomWhole.first { row in
            Room(
                id: id,
                isOpen: row.bool(0),
                servedBy: row.textIfPresent(1).map(UserID.init(stored:)),
                departmentID: row.textIfPresent(2).map(DepartmentID.init(stored:)),
                visitorToken: row.textIfPresent(3).map(VisitorToken.init),
                membersCount: Int(row.integer(4))
            )
        }
    }

    func isMember(_ user: UserID, of room: RoomID) throws -> Bool {
        guard let user = try key(of: user), let room = try key(of: room) else { return false }
        try membership.bind(1, room)
        try membership.bind(2, user)
        return try membership.first { _ in true } ?? false
    }

    func isServing(_ user: UserID, _ room: RoomID) throws -> Bool {
        guard let user = try key(of: user), let servedBy = try row(of: room)?.servedBy else { return false }
        return servedBy == user
    }

    func previewsQueue() throws -> Bool { try readSettings().previewsQueue }

    func queuedInquiry(of room: RoomID, for user: UserID) throws -> QueuedInquiry? {
        guard let user = try key(of: user), let room = try key(of: room) else { return nil }
        try inquiryByRoom.bind(1, room)
        let inquiry = try inquiryByRoom.first { row in
            (department: row.integerIfPresent(0), agent: row.integerIfPresent(1))
        }
        guard let inquiry else { return nil }
        return QueuedInquiry(
            isForUser: inquiry.agent == user,
            department: try standing(of: user, to: inquiry.department)
        )
    }

    private func standing(of user: Int64, to department: Int64?) throws -> QueuedInquiry.Department {
        guard let department else { return .none }
        try departmentByKey.bind(1, department)
        let isEnabled = try departmentByKey.first { row in row.bool(0) } ?? false
        return try isEnabled && isAgent(user, of: department) ? .ofUser : .other
    }

    func isDepartmentAgent(_ user: UserID, of room: RoomID) throws -> Bool {
        guard let user = try key(of: user), let department = try row(of: room)?.department else { return false }
        return try isAgent(user, of: department)
    }

    private func isAgent(_ user: Int64, of department: Int64) throws(SQLiteError) -> Bool {
        try agent.bind(1, department)
        try agent.bind(2, user)
        return try agent.first { _ in true } ?? false
    }
}

extension Lookups {
    /// The statements of the decision; a test asserts that each is a search by key.
    enum SQL {
        static let userByID: StaticString = "SELECT key FROM user WHERE id = ?1"
        static let loginByUser: StaticString = """
            SELECT login_token.created_at, login_token.expires_at, login_token.personal_access, user.active
            FROM login_token JOIN user ON user.key = login_token.user
            WHERE login_token.user = ?1 AND login_token.digest = ?2
            """
        static let rolesByUser: StaticString = "SELECT role FROM user_role WHERE user = ?1"
        static let rolesByMember: StaticString = "SELECT role FROM membership_role WHERE room = ?1 AND user = ?2"
        static let roomByID: StaticString = "SELECT key, kind, open, served_by, department FROM room WHERE id = ?1"
        static let roomWhole: StaticString = """
            SELECT room.open, user.id, department.id, room.visitor_token, room.members_count
            FROM room
            LEFT JOIN user ON user.key = room.served_by
            LEFT JOIN department ON department.key = room.department
            WHERE room.id = ?1
            """
        static let membership: StaticString = "SELECT 1 FROM membership WHERE room = ?1 AND user = ?2"
        static let inquiryByRoom: StaticString = """
            SELECT department, default_agent FROM inquiry WHERE room = ?1 AND status = 'queued'
            """
        static let departmentByKey: StaticString = "SELECT enabled FROM department WHERE key = ?1"
        static let agent: StaticString = "SELECT 1 FROM department_agent WHERE department = ?1 AND user = ?2"
        static let setting: StaticString = """
            SELECT preview_room, login_expiration_days, grants_stamp FROM setting WHERE key = 1
            """

        static let all = [
            userByID, loginByUser, rolesByUser, rolesByMember, roomByID, roomWhole, membership, inquiryByRoom,
            departmentByKey, agent, setting,
        ]
    }
}

extension SQLiteError {
    static let missingSettings = SQLiteError(code: 11, message: "the row of settings is missing")
}
