internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStatements {
    // MARK: Keys

    func key(ofRole id: String) throws -> Int64? { try Self.key(roleKey, id) }
    func key(ofPermission id: String) throws -> Int64? { try Self.key(permissionKey, id) }
    func key(ofUser id: String) throws -> Int64? { try Self.key(userKey, id) }
    func key(ofDepartment id: String) throws -> Int64? { try Self.key(departmentKey, id) }
    func key(ofRoom id: String) throws -> Int64? { try Self.key(roomKey, id) }

    private static func key(_ statement: borrowing Statement, _ id: String) throws -> Int64? {
        try statement.bind(1, id)
        return try statement.first { row in row.integer(0) }
    }

    /// Runs a statement that returns the key of what it entered, to its end.
    private static func entered(_ statement: borrowing Statement) throws -> Int64 {
        var key: Int64 = 0
        try statement.eachRow { row in key = row.integer(0) }
        return key
    }

    // MARK: Entities

    func update(_ settings: FixtureSettings) throws {
        try setSettings.bind(1, settings.previewRoom.isGiven)
        try setSettings.bind(2, settings.previewRoom.value.map { $0 ? 1 : 0 } as Int64?)
        try setSettings.bind(3, settings.loginExpirationDays.isGiven)
        try setSettings.bind(4, settings.loginExpirationDays.value)
        try setSettings.run()
    }

    func enter(_ role: FixtureRole) throws -> Int64 {
        try enterRole.bind(1, role.id.string)
        try enterRole.bind(2, role.scope?.rawValue)
        try enterRole.bind(3, role.description.isGiven)
        try enterRole.bind(4, role.description.value)
        return try Self.entered(enterRole)
    }

    func enterIfMissing(_ role: RoleID) throws {
        try enterMissingRole.bind(1, role.string)
        try enterMissingRole.run()
    }

    func enter(_ permission: PermissionID) throws -> Int64 {
        try enterPermission.bind(1, permission.string)
        return try Self.entered(enterPermission)
    }

    func enter(_ user: FixtureUser) throws -> Entered {
        try bind(user, to: insertUser)
        if let key = try insertUser.insert() { return Entered(key: key, isNew: true) }
        try bind(user, to: updateUser)
        return Entered(key: try Self.entered(updateUser), isNew: false)
    }

    private func bind(_ user: FixtureUser, to statement: borrowing Statement) throws {
        try statement.bind(1, user.id.string)
        try statement.bind(2, user.username.isGiven)
        try statement.bind(3, user.username.value)
        try statement.bind(4, user.active.map { $0 ? 1 : 0 } as Int64?)
    }

    func enter(_ department: FixtureDepartment) throws -> Int64 {
        try enterDepartment.bind(1, department.id.string)
        try enterDepartment.bind(2, department.enabled.map { $0 ? 1 : 0 } as Int64?)
        return try Self.entered(enterDepartment)
    }

    /// Enters a room with what it refers to, as far as that is known yet.
    func enter(_ room: FixtureRoom, _ links: RoomLinks) throws -> Entered {
        try bind(room, to: insertRoom)
        try insertRoom.bind(6, links.servedBy.value)
        try insertRoom.bind(7, links.department.value)
        if let key = try insertRoom.insert() { return Entered(key: key, isNew: true) }
        try bind(room, to: updateRoom)
        let key = try Self.entered(updateRoom)
        try connect(room: key, links)
        return Entered(key: key, isNew: false)
    }

    private func bind(_ room: FixtureRoom, to statement: borrowing Statement) throws {
        try statement.bind(1, room.id.string)
        try statement.bind(2, room.kind)
        try statement.bind(3, room.open.map { $0 ? 1 : 0 } as Int64?)
        try statement.bind(4, room.visitorToken.isGiven)
        try statement.bind(5, room.visitorToken.value?.value)
    }

    func tokens(of user: Int64) throws -> [TokenDigest] {
        var digests: [TokenDigest] = []
        try tokensOfUser.bind(1, user)
        try tokensOfUser.eachRow { row in
            if let digest = TokenDigest(bytes: row.blob(0)) { digests.append(digest) }
        }
        return digests
    }

    func removeToken(_ digest: TokenDigest, of user: Int64) throws {
        try removeTokenOfUser.bind(1, user)
        try removeTokenOfUser.bind(2, digest.bytes.span)
        try removeTokenOfUser.run()
        try removeTokenBeginning.bind(1, digest.beginning)
        try removeTokenBeginning.bind(2, digest.bytes.span.extracting(first: 4))
        try removeTokenBeginning.run()
    }

    func enter(_ token: FixtureToken, of user: Int64, now: Timestamp) throws {
        try bind(token, of: user, now: now, to: insertToken)
        if try insertToken.runAndCount() == 0 {
            try bind(token, of: user, now: now, to: updateToken)
            try updateToken.run()
        }
        // Of one that was there, too: a load is what cures a beginning that is lost.
        try insertTokenBeginning.bind(1, token.digest.beginning)
        try insertTokenBeginning.run()
    }

    private func bind(
        _ token: FixtureToken,
        of user: Int64,
        now: Timestamp,
        to statement: borrowing Statement
    ) throws {
        try statement.bind(1, user)
        try statement.bind(2, token.digest.bytes.span)
        try statement.bind(3, token.createdAt?.milliseconds)
        try statement.bind(4, now.milliseconds)
        try statement.bind(5, token.expiresAt.isGiven)
        try statement.bind(6, token.expiresAt.value?.milliseconds)
        try statement.bind(7, token.kind.map { $0 == .personalAccess ? 1 : 0 } as Int64?)
    }
}
