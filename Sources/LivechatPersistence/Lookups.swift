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
    private let tokenBeginning: Statement
    private let tokenByDigest: Statement
    private let userByKey: Statement
    private let rolesOfUser: Statement
    private let rolesOfMember: Statement
    private let roomByID: Statement
    private let roomWhole: Statement
    private let membership: Statement
    private let inquiryOfRoom: Statement
    private let agentOfDepartment: Statement
    private let grants: GrantCache
    private let logins: LoginCache

    private var settings: Settings?
    /// The user and the room that were asked about last; read where they stand, since copying one costs more than
    /// comparing ids.
    private var user = UserRow()
    private var place = RoomRow()

    private struct Settings {
        let previewsQueue: Bool
        let loginExpirationDays: Double?
        let grantsStamp: Int64
        let loginsStamp: Int64
    }

    private struct UserRow {
        /// nil when this snapshot has been asked about none; what follows is left over then and not to be read.
        var id: UserID?
        /// nil when there is no such user.
        var key: Int64?
        var permissions: EffectivePermissions?
        /// What the login that was remembered says of the user's roles.
        var combination: Int?
        /// The login with which the user came, to be remembered once the permissions are known.
        var login: (digest: TokenDigest, token: TokenRecord)?
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

    init(_ connection: borrowing Connection, _ logins: LoginCache) throws(SQLiteError) {
        self.logins = logins
        setting = try connection.prepare(SQL.setting)
        userByID = try connection.prepare(SQL.userByID)
        tokenBeginning = try connection.prepare(SQL.tokenBeginning)
        tokenByDigest = try connection.prepare(SQL.tokenByDigest)
        userByKey = try connection.prepare(SQL.userByKey)
        rolesOfUser = try connection.prepare(SQL.rolesOfUser)
        rolesOfMember = try connection.prepare(SQL.rolesOfMember)
        roomByID = try connection.prepare(SQL.roomByID)
        roomWhole = try connection.prepare(SQL.roomWhole)
        membership = try connection.prepare(SQL.membership)
        inquiryOfRoom = try connection.prepare(SQL.inquiryOfRoom)
        agentOfDepartment = try connection.prepare(SQL.agentOfDepartment)
        grants = try GrantCache(connection)
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
        try setting.lendFirst { row in
            newerSchema = row.integerIfPresent(4)
            read = Settings(
                previewsQueue: row.bool(0),
                loginExpirationDays: row.doubleIfPresent(1),
                grantsStamp: row.integer(2),
                loginsStamp: row.integer(3)
            )
        }
        if let newerSchema { throw SQLiteError.newerSchema(newerSchema) }
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

    /// The digest is looked up first, whoever is named: where it is not stored, nothing is asked about the user, so that
    /// an unknown one costs what a known one does (contract C4).
    func login(of id: UserID, with digest: TokenDigest) throws -> LoginRecord? {
        let settings = try readSettings()
        if let login = logins.login(of: id, with: digest, settings.loginsStamp) {
            user = UserRow(id: id, key: login.key, combination: login.combination)
            return LoginRecord(
                token: login.token,
                userIsActive: true,
                loginExpirationDays: settings.loginExpirationDays
            )
        }
        guard try isKnown(digest.beginning), let (key, isActive, token) = try token(of: id, with: digest) else {
            return nil
        }
        if user.id != id { user = UserRow(id: id, key: key) }
        user.login = isActive ? (digest, token) : nil
        return LoginRecord(
            token: token,
            userIsActive: isActive,
            loginExpirationDays: settings.loginExpirationDays
        )
    }

    /// Whether a digest is stored that begins so.
    private func isKnown(_ beginning: Int64) throws(SQLiteError) -> Bool {
        try tokenBeginning.bind(1, beginning)
        return try tokenBeginning.hasRow()
    }

    private func token(
        of user: UserID,
        with digest: TokenDigest
    ) throws -> (user: Int64, isActive: Bool, token: TokenRecord)? {
        var found: (user: Int64, isActive: Bool, token: TokenRecord)?
        try tokenByDigest.bind(1, digest.bytes.span)
        // Nothing keeps two users from having the same token.
        try tokenByDigest.eachRowThrowing { row in
            let key = row.integer(0)
            try userByKey.bind(1, key)
            try userByKey.bind(2, user.string)
            var isActive: Bool?
            try userByKey.lendFirst { row in isActive = row.bool(0) }
            guard let isActive else { return }
            let token = TokenRecord(
                kind: row.bool(3) ? .personalAccess : .login,
                createdAt: Timestamp(milliseconds: row.integer(1)),
                expiresAt: row.integerIfPresent(2).map(Timestamp.init(milliseconds:))
            )
            found = (key, isActive, token)
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
        let number = user.combination
        if let number, let known = grants.permissions(ofCombination: number, stamp: settings.grantsStamp) {
            return known
        }
        var roles = try grants.begin(stamp: settings.grantsStamp)
        if let number {
            for role in logins.combinations.roles(number) { roles = grants.adding(role, to: roles) }
        } else if let key {
            roles = try addRoles(ofUser: key, to: roles)
        }
        let permissions = try grants.permissions(of: roles)
        if let number {
            grants.remember(permissions, ofCombination: number)
        } else if let key, let login = user.login, let number = logins.combinations.number(of: roles.roles) {
            logins.remember(
                LoginCache.Login(key: key, token: login.token, combination: number, stamp: settings.loginsStamp),
                of: id,
                with: login.digest
            )
        }
        return permissions
    }

    private func permissions(ofMember user: Int64, of room: Int64) throws(SQLiteError) -> EffectivePermissions {
        var roles = try addRoles(ofUser: user, to: grants.begin(stamp: readSettings().grantsStamp))
        try rolesOfMember.bind(1, room)
        try rolesOfMember.bind(2, user)
        try rolesOfMember.eachRow { row in roles = grants.adding(row.integer(0), to: roles) }
        return try grants.permissions(of: roles)
    }

    private func addRoles(
        ofUser user: Int64,
        to combination: GrantCache.Combination
    ) throws(SQLiteError) -> GrantCache.Combination {
        var roles = combination
        try rolesOfUser.bind(1, user)
        try rolesOfUser.eachRow { row in roles = grants.adding(row.integer(0), to: roles) }
        return roles
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
