internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStatements {
    // MARK: Keys

    func key(ofRole id: String) throws(SQLiteError) -> Int64? { try Self.key(roleKey, id) }
    func key(ofPermission id: String) throws(SQLiteError) -> Int64? { try Self.key(permissionKey, id) }
    func key(ofUser id: String) throws(SQLiteError) -> Int64? { try Self.key(userKey, id) }
    func key(ofDepartment id: String) throws(SQLiteError) -> Int64? { try Self.key(departmentKey, id) }
    func key(ofRoom id: String) throws(SQLiteError) -> Int64? { try Self.key(roomKey, id) }

    private static func key(_ statement: borrowing Statement, _ id: String) throws(SQLiteError) -> Int64? {
        try statement.bind(1, id)
        return try statement.first { row in row.integer(0) }
    }

    /// A row that was not inserted because it is there already.
    private static func existing(_ statement: borrowing Statement, _ id: String) throws(SQLiteError) -> Entered {
        guard let key = try key(statement, id) else { throw SQLiteError.ignoredInsert }
        return Entered(key: key, isNew: false)
    }

    // MARK: Entities

    func update(_ settings: FixtureSettings) throws(SQLiteError) {
        try setSettings.bind(1, settings.previewRoom.isGiven)
        try setSettings.bind(2, settings.previewRoom.value.map { $0 ? 1 : 0 } as Int64?)
        try setSettings.bind(3, settings.loginExpirationDays.isGiven)
        try setSettings.bind(4, settings.loginExpirationDays.value)
        try setSettings.run()
    }

    func enter(_ role: FixtureRole) throws(SQLiteError) -> Entered {
        func bind(to statement: borrowing Statement) throws(SQLiteError) {
            try statement.bind(1, role.id.string)
            try statement.bind(2, role.scope?.rawValue)
            try statement.bind(3, role.description.isGiven)
            try statement.bind(4, role.description.value)
        }
        try bind(to: insertRole)
        if let key = try insertRole.insert() { return Entered(key: key, isNew: true) }
        try bind(to: updateRole)
        try updateRole.run()
        return try Self.existing(roleKey, role.id.string)
    }

    func enter(_ permission: LivechatPermissionID) throws(SQLiteError) -> Entered {
        try insertPermission.bind(1, permission.string)
        if let key = try insertPermission.insert() { return Entered(key: key, isNew: true) }
        return try Self.existing(permissionKey, permission.string)
    }

    func enter(_ user: FixtureUser) throws(SQLiteError) -> Entered {
        func bind(to statement: borrowing Statement) throws(SQLiteError) {
            try statement.bind(1, user.id.string)
            try statement.bind(2, user.username.isGiven)
            try statement.bind(3, user.username.value)
            try statement.bind(4, user.active.map { $0 ? 1 : 0 } as Int64?)
        }
        try bind(to: insertUser)
        if let key = try insertUser.insert() { return Entered(key: key, isNew: true) }
        try bind(to: updateUser)
        try updateUser.run()
        return try Self.existing(userKey, user.id.string)
    }

    func enter(_ department: FixtureDepartment) throws(SQLiteError) -> Entered {
        func bind(to statement: borrowing Statement) throws(SQLiteError) {
            try statement.bind(1, department.id.string)
            try statement.bind(2, department.enabled.map { $0 ? 1 : 0 } as Int64?)
        }
        try bind(to: insertDepartment)
        if let key = try insertDepartment.insert() { return Entered(key: key, isNew: true) }
        try bind(to: updateDepartment)
        try updateDepartment.run()
        return try Self.existing(departmentKey, department.id.string)
    }

    /// Enters a room with what it refers to, as far as that is known yet.
    func enter(_ room: FixtureRoom, _ links: RoomLinks) throws(SQLiteError) -> Entered {
        func bind(to statement: borrowing Statement) throws(SQLiteError) {
            try statement.bind(1, room.id.string)
            try statement.bind(2, room.kind)
            try statement.bind(3, room.open.map { $0 ? 1 : 0 } as Int64?)
            try statement.bind(4, room.visitorToken.isGiven)
            try statement.bind(5, room.visitorToken.value?.value)
        }
        try bind(to: insertRoom)
        try insertRoom.bind(6, links.servedBy.value)
        try insertRoom.bind(7, links.department.value)
        if let key = try insertRoom.insert() { return Entered(key: key, isNew: true) }
        try bind(to: updateRoom)
        try updateRoom.run()
        let entered = try Self.existing(roomKey, room.id.string)
        try connect(room: entered.key, links)
        return entered
    }

    // MARK: Tokens

    func tokens(of user: Int64) throws(SQLiteError) -> [LivechatTokenDigest] {
        var digests: [LivechatTokenDigest] = []
        try tokensOfUser.bind(1, user)
        try tokensOfUser.eachRow { row in
            if let digest = LivechatTokenDigest(bytes: row.blob(0)) { digests.append(digest) }
        }
        return digests
    }

    func removeToken(_ digest: LivechatTokenDigest, of user: Int64) throws(SQLiteError) {
        try removeTokenOfUser.bind(1, user)
        try removeTokenOfUser.bind(2, digest.bytes.span)
        try removeTokenOfUser.run()
    }

    func enter(_ token: FixtureToken, of user: Int64, now: LivechatTimestamp) throws(SQLiteError) {
        func bind(to statement: borrowing Statement) throws(SQLiteError) {
            try statement.bind(1, user)
            try statement.bind(2, token.digest.bytes.span)
            try statement.bind(3, token.createdAt?.milliseconds)
            try statement.bind(4, now.milliseconds)
            try statement.bind(5, token.expiresAt.isGiven)
            try statement.bind(6, token.expiresAt.value?.milliseconds)
            try statement.bind(7, token.kind.map { $0 == .personalAccess ? 1 : 0 } as Int64?)
        }
        try bind(to: insertToken)
        if try insertToken.runAndCount() > 0 { return }
        try bind(to: updateToken)
        try updateToken.run()
    }
}

extension SQLiteError {
    /// Nothing of ours ignores an insert, but a trigger of the host's can.
    static let ignoredInsert = SQLiteError(code: 19, message: "a trigger kept a row from being inserted")
}
