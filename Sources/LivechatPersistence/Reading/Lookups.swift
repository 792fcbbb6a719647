internal import LivechatJoin
internal import LivechatMigrations
internal import LivechatSQLite

/// The look-ups of the decision over one connection, each a statement that is prepared once.
///
/// What is remembered of a user is good for one snapshot.
final class Lookups: JoinFacts {
    private let setting: Statement
    private let userByID: Statement
    private let loginStamp: Statement
    private let tokenByDigest: Statement
    private let rolesOfUser: Statement
    private let rolesOfMember: Statement
    private let roomStatement: Statement
    private let queueStatement: Statement
    private let wholeRoom: Statement
    private let departmentStatement: Statement
    private let roomByID: Statement
    private let schema: SchemaReader
    private let grants: GrantReader
    private let logins: LoginCache

    private var settings: Settings?
    /// The user who was asked about last.
    private var user: UserRow?

    /// What all connections of a database remember together.
    struct Memory: Sendable {
        let logins: LoginCache
        let grants = GrantMemory()
    }

    private struct Settings {
        let previewsQueue: Bool
        let loginExpirationDays: Double?
        let grantsStamp: Int64
    }

    /// What one snapshot has told of a user.
    private struct UserRow {
        let id: LivechatUserID
        /// nil when there is no such user.
        let key: Int64?
        let isActive: Bool
        var permissions: EffectivePermissions?
        /// The login the user presented, to be remembered once the roles are known.
        var login: (digest: LivechatTokenDigest, token: LivechatTokenRecord, stamp: Int64)?
    }

    init(_ connection: borrowing Connection, _ memory: Memory) throws(SQLiteError) {
        logins = memory.logins
        setting = try connection.prepare(SQL.setting)
        userByID = try connection.prepare(SQL.userByID)
        loginStamp = try connection.prepare(SQL.loginStamp)
        tokenByDigest = try connection.prepare(SQL.tokenByDigest)
        rolesOfUser = try connection.prepare(SQL.rolesOfUser)
        rolesOfMember = try connection.prepare(SQL.rolesOfMember)
        roomStatement = try connection.prepare(SQL.room)
        queueStatement = try connection.prepare(SQL.queue)
        wholeRoom = try connection.prepare(SQL.wholeRoom)
        departmentStatement = try connection.prepare(SQL.department)
        roomByID = try connection.prepare(SQL.roomByID)
        schema = try SchemaReader(connection)
        grants = try GrantReader(connection, memory.grants)
    }

    /// Forgets what an earlier snapshot showed.
    func forget() {
        settings = nil
        user = nil
    }

    /// Makes the transaction that has begun take its snapshot, by reading what every decision needs.
    func openSnapshot() throws(SQLiteError) {
        forget()
        _ = try readSettings()
    }

    private func readSettings() throws(SQLiteError) -> Settings {
        if let settings { return settings }
        var newerSchema: Int64?
        let read: Settings?
        try setting.bind(1, Int64(Migration.all.count))
        do throws(SQLiteError) {
            read = try setting.first { row in
                newerSchema = row.integerIfPresent(3)
                return Settings(
                    previewsQueue: row.bool(0),
                    loginExpirationDays: row.doubleIfPresent(1),
                    grantsStamp: row.integer(2)
                )
            }
        } catch {
            // A table that is gone is an error of its own, which says less.
            if error.isLogicError { try schema.require() }
            throw error
        }
        if let newerSchema { throw SQLiteError.newerSchema(newerSchema) }
        // SQLite compiles a statement again when the schema has changed, by whichever program.
        try schema.require(after: setting.recompilations)
        guard let read else { throw SQLiteError.missingSettings }
        settings = read
        return read
    }

    /// The grants that the snapshot shows.
    func grantSnapshot() throws(SQLiteError) -> GrantSnapshot { try grants.grants(readSettings().grantsStamp) }

    /// Whether agents may look into queued rooms.
    func previewsQueue() throws(SQLiteError) -> Bool { try readSettings().previewsQueue }

    // MARK: Keys

    /// The key of a user; nil when there is none.
    func key(of id: LivechatUserID) throws(SQLiteError) -> Int64? { try find(id).key }

    private func find(_ id: LivechatUserID) throws(SQLiteError) -> UserRow {
        if let user, user.id == id { return user }
        try userByID.bind(1, id.string)
        let row = try userByID.first { row in (key: row.integer(0), isActive: row.bool(1)) }
        let found = UserRow(id: id, key: row?.key, isActive: row?.isActive == true)
        user = found
        return found
    }

    /// The key of a room; nil when there is none.
    func key(of id: LivechatRoomID) throws(SQLiteError) -> Int64? {
        try roomByID.bind(1, id.string)
        return try roomByID.first { row in row.integer(0) }
    }

    // MARK: LoginTokenLookup

    func login(of id: LivechatUserID, with digest: LivechatTokenDigest) throws -> LoginRecord? {
        let settings = try readSettings()
        if let login = logins.login(with: digest), login.user == id, login.grantsStamp == settings.grantsStamp,
            try stamp(ofUser: login.key) == login.stamp
        {
            let grants = try self.grants.grants(settings.grantsStamp)
            let permissions = EffectivePermissions(sortedRoles: login.roles, grants: grants.table)
            user = UserRow(id: id, key: login.key, isActive: true, permissions: permissions)
            return LoginRecord(
                token: login.token,
                userIsActive: true,
                loginExpirationDays: settings.loginExpirationDays
            )
        }
        guard let found = try token(of: id, with: digest) else { return nil }
        user = UserRow(
            id: id,
            key: found.user,
            isActive: found.isActive,
            login: found.isActive ? (digest, found.token, found.stamp) : nil
        )
        return LoginRecord(
            token: found.token,
            userIsActive: found.isActive,
            loginExpirationDays: settings.loginExpirationDays
        )
    }

    func isActive(_ id: LivechatUserID) throws -> Bool? {
        _ = try readSettings()
        let user = try find(id)
        return user.key == nil ? nil : user.isActive
    }

    /// The stamp of a user; nil when there is none of this key any more.
    private func stamp(ofUser key: Int64) throws(SQLiteError) -> Int64? {
        try loginStamp.bind(1, key)
        return try loginStamp.first { row in row.integer(0) }
    }

    private func token(
        of user: LivechatUserID,
        with digest: LivechatTokenDigest
    ) throws(SQLiteError) -> (user: Int64, isActive: Bool, stamp: Int64, token: LivechatTokenRecord)? {
        try tokenByDigest.bind(1, digest.bytes.span)
        try tokenByDigest.bind(2, user.string)
        return try tokenByDigest.first { row in
            let token = LivechatTokenRecord(
                kind: row.bool(5) ? .personalAccess : .login,
                createdAt: LivechatTimestamp(milliseconds: row.integer(3)),
                expiresAt: row.integerIfPresent(4).map(LivechatTimestamp.init(milliseconds:))
            )
            return (row.integer(0), row.bool(1), row.integer(2), token)
        }
    }

    // MARK: PermissionLookup

    func permissions(of id: LivechatUserID, in room: LivechatRoomID?) throws -> EffectivePermissions {
        let user = try find(id)
        if let room, let key = user.key, let room = try self.key(of: room) {
            return try permissions(ofMember: key, of: room)
        }
        if let permissions = user.permissions { return permissions }
        let permissions = try resolve(user)
        self.user?.permissions = permissions
        return permissions
    }

    private func resolve(_ user: UserRow) throws(SQLiteError) -> EffectivePermissions {
        let settings = try readSettings()
        let grants = try self.grants.grants(settings.grantsStamp)
        var roles: [LivechatRoleID] = []
        if let key = user.key {
            roles = try Self.ids(of: self.roles(ofUser: key), grants)
            if let login = user.login {
                logins.remember(
                    LoginCache.Login(
                        user: user.id,
                        key: key,
                        token: login.token,
                        roles: roles,
                        stamp: login.stamp,
                        grantsStamp: settings.grantsStamp
                    ),
                    with: login.digest
                )
            }
        }
        return EffectivePermissions(sortedRoles: roles, grants: grants.table)
    }

    /// The roles of a member count in this room beside the user's own; who is no member has none.
    private func permissions(ofMember user: Int64, of room: Int64) throws(SQLiteError) -> EffectivePermissions {
        let grants = try self.grants.grants(readSettings().grantsStamp)
        var keys = try self.roles(ofUser: user)
        try rolesOfMember.bind(1, room)
        try rolesOfMember.bind(2, user)
        try rolesOfMember.eachRow { row in keys.append(row.integer(0)) }
        return EffectivePermissions(roles: try Self.ids(of: keys, grants), grants: grants.table)
    }

    private func roles(ofUser user: Int64) throws(SQLiteError) -> [Int64] {
        var keys: [Int64] = []
        try rolesOfUser.bind(1, user)
        try rolesOfUser.eachRow { row in keys.append(row.integer(0)) }
        return keys
    }

    /// The ids of roles, in their order.
    ///
    /// - Throws: `SQLiteError` when one of them does not exist: the role that is gone may be a restricted one.
    static func ids(of keys: [Int64], _ grants: GrantSnapshot) throws(SQLiteError) -> [LivechatRoleID] {
        guard let ids = grants.ids(of: keys) else {
            throw SQLiteError.danglingRole
        }
        return ids
    }

    // MARK: RoomLookup

    func room(_ id: LivechatRoomID, for user: LivechatUserID) throws -> RoomFact? {
        let previewsQueue = try readSettings().previewsQueue
        try roomStatement.bind(1, id.string)
        try roomStatement.bind(2, try key(of: user))
        return try roomStatement.first { row in
            RoomFact(
                kind: row.text(0),
                isOpen: row.bool(1),
                isMember: row.bool(3),
                isServing: row.bool(2),
                previewsQueue: previewsQueue
            )
        }
    }

    func queue(of id: LivechatRoomID, for user: LivechatUserID) throws -> QueueFact {
        try queueStatement.bind(1, id.string)
        try queueStatement.bind(2, try key(of: user))
        var fact = QueueFact()
        try queueStatement.lendFirst { row in
            fact.isDepartmentAgent = row.bool(0)
            if row.isNull(1) { return }
            let department = row.isNull(4) ? nil : QueueFact.Department(isEnabled: row.bool(5), hasUser: row.bool(6))
            fact.inquiry = QueueFact.Inquiry(
                status: row.textIfPresent(2),
                isForUser: row.bool(3),
                department: department
            )
        }
        return fact
    }

    func departmentOfInquiry(of id: LivechatRoomID) throws -> LivechatDepartmentID? {
        try departmentStatement.bind(1, id.string)
        return try departmentStatement.first { row in LivechatDepartmentID(stored: row.text(0)) }
    }

    func room(_ id: LivechatRoomID) throws -> LivechatRoom? {
        try wholeRoom.bind(1, id.string)
        let room: LivechatRoom?? = try wholeRoom.first { row in
            guard row.text(0) == LivechatRoom.livechatKind else { return nil }
            return LivechatRoom(
                id: id,
                isOpen: row.bool(1),
                servedBy: row.textIfPresent(2).map(LivechatUserID.init(stored:)),
                departmentID: row.textIfPresent(3).map(LivechatDepartmentID.init(stored:)),
                visitorToken: row.textIfPresent(4).map(LivechatVisitorToken.init),
                membersCount: Int(row.integer(5))
            )
        }
        return room ?? nil
    }
}
