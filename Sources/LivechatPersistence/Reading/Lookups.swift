internal import LivechatJoin
internal import LivechatMigrations
internal import LivechatSQLite

/// The look-ups of the decision over one connection, each a statement that is prepared once.
///
/// An id is looked up once per snapshot, together with what is asked of it next, and followed as an integer key from
/// there. What is remembered is good for one snapshot.
final class Lookups: JoinFacts {
    private let setting: Statement
    private let userByID: Statement
    private let loginStamp: Statement
    private let tokenByDigest: Statement
    private let rolesOfUser: Statement
    private let rolesOfMember: Statement
    private let roomByID: Statement
    private let roomWhole: Statement
    private let membership: Statement
    private let inquiryOfRoom: Statement
    private let agentOfDepartment: Statement
    private let schema: SchemaReader
    private let grants: GrantReader
    private let logins: LoginCache

    private var settings: Settings?
    /// The user and the room that were asked about last; read where they stand, since copying one costs more than
    /// comparing ids.
    private var user = UserRow()
    private var place = RoomRow()

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

    private struct UserRow {
        /// nil when this snapshot has been asked about none; what follows is left over then and not to be read.
        var id: UserID?
        /// nil when there is no such user.
        var key: Int64?
        var permissions: EffectivePermissions?
        /// The login with which the user came, to be remembered once the roles are known.
        var login: (digest: TokenDigest, token: TokenRecord, stamp: Int64)?
    }

    private struct RoomRow {
        /// nil when this snapshot has been asked about none; what follows is left over then and not to be read.
        var id: RoomID?
        /// nil when there is no such room.
        var key: Int64?
        var state = RoomState(isLivechat: false, isOpen: false)
        var servedBy: Int64?
        var department: Int64?
        /// Of whom the two below tell.
        var asker: Int64?
        /// nil when it has not been looked up.
        var isMember: Bool?
        /// nil when it has not been looked up.
        var standing: SQL.Standing?

        /// Takes the first columns of `roomByID` and `roomWhole`.
        mutating func take(_ row: borrowing Row, asker: Int64?, _ standing: SQL.Standing?) {
            key = row.integer(0)
            state = RoomState(isLivechat: row.equals(1, Room.livechatKind.utf8.span), isOpen: row.bool(2))
            servedBy = row.integerIfPresent(3)
            department = row.integerIfPresent(4)
            self.asker = asker
            isMember = standing?.isMember
            self.standing = standing
        }
    }

    init(_ connection: borrowing Connection, _ memory: Memory) throws(SQLiteError) {
        logins = memory.logins
        setting = try connection.prepare(SQL.setting)
        userByID = try connection.prepare(SQL.userByID)
        loginStamp = try connection.prepare(SQL.loginStamp)
        tokenByDigest = try connection.prepare(SQL.tokenByDigest)
        rolesOfUser = try connection.prepare(SQL.rolesOfUser)
        rolesOfMember = try connection.prepare(SQL.rolesOfMember)
        roomByID = try connection.prepare(SQL.roomByID)
        roomWhole = try connection.prepare(SQL.roomWhole)
        membership = try connection.prepare(SQL.membership)
        inquiryOfRoom = try connection.prepare(SQL.inquiryOfRoom)
        agentOfDepartment = try connection.prepare(SQL.agentOfDepartment)
        schema = try SchemaReader(connection)
        grants = try GrantReader(connection, memory.grants)
    }

    /// Forgets what an earlier snapshot showed.
    func forget() {
        settings = nil
        user.id = nil
        place.id = nil
    }

    /// Makes the transaction that has begun take its snapshot, by reading what every decision needs.
    func openSnapshot() throws(SQLiteError) {
        forget()
        _ = try readSettings()
    }

    private func readSettings() throws(SQLiteError) -> Settings {
        if let settings { return settings }
        var (read, newerSchema): (Settings?, Int64?)
        try setting.bind(1, Int64(Migration.all.count))
        do throws(SQLiteError) {
            try setting.lendFirst { row in
                newerSchema = row.integerIfPresent(3)
                read = Settings(
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

    // MARK: Keys

    /// The key of a user; nil when there is none.
    func key(of id: UserID) throws(SQLiteError) -> Int64? {
        if user.id == id { return user.key }
        try userByID.bind(1, id.string)
        var key: Int64?
        try userByID.lendFirst { row in key = row.integer(0) }
        user = UserRow(id: id, key: key)
        return key
    }

    /// The key of a room; nil when there is none.
    func key(of id: RoomID) throws(SQLiteError) -> Int64? {
        try find(id)
        return place.key
    }

    /// Sees to it that `place` is this room, and with it whether the user whom this snapshot knows is a member.
    private func find(_ id: RoomID) throws(SQLiteError) {
        if place.id == id { return }
        let asker = user.id == nil ? nil : user.key
        try roomByID.bind(1, id.string)
        try roomByID.bind(2, asker)
        var found = RoomRow(id: id)
        try roomByID.lendFirst { row in
            found.take(row, asker: asker, row.integerIfPresent(5).map(SQL.Standing.init))
        }
        place = found
    }

    // MARK: LoginTokenLookup

    func login(of id: UserID, with digest: TokenDigest) throws -> LoginRecord? {
        let settings = try readSettings()
        if let login = logins.login(with: digest), login.user == id, login.grantsStamp == settings.grantsStamp,
            try stamp(ofUser: login.key) == login.stamp
        {
            let grants = try self.grants.grants(settings.grantsStamp)
            user = UserRow(id: id, key: login.key)
            user.permissions = EffectivePermissions(sortedRoles: login.roles, grants: grants.table)
            return LoginRecord(
                token: login.token,
                userIsActive: true,
                loginExpirationDays: settings.loginExpirationDays
            )
        }
        guard let found = try token(of: id, with: digest) else { return nil }
        if user.id != id { user = UserRow(id: id, key: found.user) }
        user.login = found.isActive ? (digest, found.token, found.stamp) : nil
        return LoginRecord(
            token: found.token,
            userIsActive: found.isActive,
            loginExpirationDays: settings.loginExpirationDays
        )
    }

    /// The stamp of a user; nil when there is none of this key any more.
    private func stamp(ofUser key: Int64) throws(SQLiteError) -> Int64? {
        try loginStamp.bind(1, key)
        var stamp: Int64?
        try loginStamp.lendFirst { row in stamp = row.integer(0) }
        return stamp
    }

    private func token(
        of user: UserID,
        with digest: TokenDigest
    ) throws(SQLiteError) -> (user: Int64, isActive: Bool, stamp: Int64, token: TokenRecord)? {
        var found: (user: Int64, isActive: Bool, stamp: Int64, token: TokenRecord)?
        try tokenByDigest.bind(1, digest.bytes.span)
        try tokenByDigest.bind(2, user.string)
        try tokenByDigest.lendFirst { row in
            let token = TokenRecord(
                kind: row.bool(5) ? .personalAccess : .login,
                createdAt: Timestamp(milliseconds: row.integer(3)),
                expiresAt: row.integerIfPresent(4).map(Timestamp.init(milliseconds:))
            )
            found = (row.integer(0), row.bool(1), row.integer(2), token)
        }
        return found
    }

    // MARK: PermissionLookup

    func permissions(of id: UserID, in room: RoomID?) throws -> EffectivePermissions {
        let key = try key(of: id)
        if let room, let key, try isMember(id, of: room), let room = try self.key(of: room) {
            return try permissions(ofMember: key, of: room)
        }
        if let permissions = user.permissions { return permissions }
        let permissions = try resolve(id, key)
        user.permissions = permissions
        return permissions
    }

    private func resolve(_ id: UserID, _ key: Int64?) throws(SQLiteError) -> EffectivePermissions {
        let settings = try readSettings()
        let grants = try self.grants.grants(settings.grantsStamp)
        var roles: [RoleID] = []
        if let key { roles = try Self.ids(of: self.roles(ofUser: key), grants) }
        if let key, let login = user.login {
            logins.remember(
                LoginCache.Login(
                    user: id,
                    key: key,
                    token: login.token,
                    roles: roles,
                    stamp: login.stamp,
                    grantsStamp: settings.grantsStamp
                ),
                with: login.digest
            )
        }
        return EffectivePermissions(sortedRoles: roles, grants: grants.table)
    }

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
    private static func ids(of keys: [Int64], _ grants: GrantSnapshot) throws(SQLiteError) -> [RoleID] {
        var ids: [RoleID] = []
        for key in keys {
            guard let id = grants.roleIDs[key] else {
                throw SQLiteError.danglingReference(in: "livechat_user_role or livechat_membership_role")
            }
            ids.append(id)
        }
        return ids.sorted()
    }

    // MARK: RoomLookup

    func roomState(_ room: RoomID) throws -> RoomState? {
        try find(room)
        return place.key == nil ? nil : place.state
    }

    func room(_ id: RoomID) throws -> Room? {
        let asker = user.id == nil ? nil : user.key
        try roomWhole.bind(1, id.string)
        try roomWhole.bind(2, asker)
        var (found, room) = (RoomRow(id: id), Room?.none)
        try roomWhole.lendFirst { row in
            found.take(row, asker: asker, nil)
            guard let members = row.integerIfPresent(5) else { return }
            let isServing = asker != nil && found.servedBy == asker
            room = Room(
                id: id,
                isOpen: found.state.isOpen,
                servedBy: isServing ? user.id : row.textIfPresent(7).map(UserID.init(stored:)),
                departmentID: row.textIfPresent(8).map(DepartmentID.init(stored:)),
                visitorToken: row.textIfPresent(6).map(VisitorToken.init),
                membersCount: Int(members)
            )
        }
        place = found
        return room
    }

    func isMember(_ user: UserID, of room: RoomID) throws -> Bool {
        guard let user = try key(of: user), let key = try key(of: room) else { return false }
        if place.asker == user, let isMember = place.isMember { return isMember }
        try membership.bind(1, key)
        try membership.bind(2, user)
        let isMember = try membership.hasRow()
        place.asker = user
        place.isMember = isMember
        place.standing = nil
        return isMember
    }

    func isServing(_ user: UserID, _ room: RoomID) throws -> Bool {
        guard let user = try key(of: user) else { return false }
        try find(room)
        return place.servedBy == user
    }

    func previewsQueue() throws -> Bool { try readSettings().previewsQueue }

    func queuedInquiry(of room: RoomID, for user: UserID) throws -> QueuedInquiry? {
        guard let user = try key(of: user), let room = try key(of: room) else { return nil }
        // Of a member the room's statement has not asked for the inquiry.
        if place.asker == user, let standing = place.standing, !standing.isMember { return standing.inquiry }
        try inquiryOfRoom.bind(1, room)
        try inquiryOfRoom.bind(2, user)
        var inquiry: QueuedInquiry?
        try inquiryOfRoom.lendFirst { row in inquiry = SQL.Standing(code: row.integer(0)).inquiry }
        return inquiry
    }

    func isDepartmentAgent(_ user: UserID, of room: RoomID) throws -> Bool {
        guard let user = try key(of: user) else { return false }
        try find(room)
        guard let department = place.department else { return false }
        try agentOfDepartment.bind(1, department)
        try agentOfDepartment.bind(2, user)
        return try agentOfDepartment.hasRow()
    }
}
