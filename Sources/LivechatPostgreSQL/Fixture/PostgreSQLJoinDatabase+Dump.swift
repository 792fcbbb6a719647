#if PostgreSQL
internal import LivechatFixture
internal import LivechatJoin
internal import Synchronization

extension PostgreSQLJoinDatabase {
    /// Writes the whole state as a fixture, in a stable order: raw tokens are not known and events not written.
    ///
    /// - Parameters:
    ///   - progress: Told now and then how many users and rooms have been written, and how many there are.
    ///   - sink: Takes the document in pieces of some 64 KiB. One snapshot is held until it returns for the last time,
    ///     which keeps the server from cleaning up behind it, so it should not take its time.
    /// - Throws: `LivechatStoreError` when the database cannot be read, or what `sink` throws.
    public func dump(
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil,
        to sink: @escaping ([UInt8]) throws -> Void
    ) async throws {
        let snapshot = try await Snapshot(address)
        do {
            try await dump(snapshot, progress, sink)
        } catch let error as PostgreSQLError {
            await snapshot.end()
            throw LivechatStoreError(error, address)
        } catch {
            await snapshot.end()
            throw error
        }
        await snapshot.end()
    }

    private func dump(
        _ snapshot: Snapshot,
        _ progress: ((_ done: Int, _ total: Int) -> Void)?,
        _ sink: @escaping ([UInt8]) throws -> Void
    ) async throws {
        var writer = FixtureWriter(to: sink)
        let total = try await snapshot.read { session in
            let count = "SELECT (SELECT count(*) FROM livechat_user) + (SELECT count(*) FROM livechat_room)"
            return Int(try session.query(count).integer(0, 0) ?? 0)
        }
        var done = 0
        func advance() {
            done += 1
            if done % 256 == 0 || done == total { progress?(done, total) }
        }
        let settings = try await snapshot.read { session in
            let rows = try session.query("SELECT preview_room, login_expiration_days FROM livechat_setting")
            return FixtureSettings {
                $0.previewRoom = Given(rows.isNull(0, 0) ? nil : rows.flag(0, 0))
                $0.loginExpirationDays = Given(rows.number(0, 1))
            }
        }
        try writer.write(.settings(settings))
        try await snapshot.each(Self.rolesSQL, \FixtureRole.id.string, FixtureRole.init(dumped:_:)) {
            try writer.write(.role($0))
        }
        try await snapshot.each(Self.permissionsSQL, \FixturePermission.id.string, FixturePermission.init(dumped:_:)) {
            try writer.write(.permission($0))
        }
        try await snapshot.each(Self.usersSQL, \FixtureUser.id.string, FixtureUser.init(dumped:_:)) {
            try writer.write(.user($0))
            advance()
        }
        try await snapshot.each(Self.departmentsSQL, \FixtureDepartment.id.string, FixtureDepartment.init(dumped:_:)) {
            try writer.write(.department($0))
        }
        try await snapshot.each(Self.roomsSQL, \FixtureRoom.id.string, FixtureRoom.init(dumped:_:)) {
            try writer.write(.room($0))
            advance()
        }
        try writer.finish()
    }

    /// Writes the whole state as a fixture and returns it.
    ///
    /// - Returns: The document, as UTF-8; use `dump(to:)` for a large database.
    /// - Throws: `LivechatStoreError` when the database cannot be read.
    public func dump() async throws -> [UInt8] {
        let document = Mutex<[UInt8]>([])
        try await dump { piece in document.withLock { $0 += piece } }
        return document.withLock { $0 }
    }

    private static let rolesSQL = """
        SELECT entry.id, entry.scope, entry.description,
            ARRAY(SELECT permission.id FROM livechat_restriction AS restriction
                JOIN livechat_permission AS permission ON permission.key = restriction.permission
                WHERE restriction.role = entry.key ORDER BY permission.id)
        FROM livechat_role AS entry
        """
    private static let permissionsSQL = """
        SELECT entry.id,
            ARRAY(SELECT role.id FROM livechat_grant AS granted JOIN livechat_role AS role ON role.key = granted.role
                WHERE granted.permission = entry.key ORDER BY role.id)
        FROM livechat_permission AS entry
        """
    private static let usersSQL = """
        SELECT entry.id, entry.username, entry.active,
            ARRAY(SELECT role.id FROM livechat_user_role AS given JOIN livechat_role AS role ON role.key = given.role
                WHERE given."user" = entry.key ORDER BY role.id),
            token.digests, token.created, token.expires, token.personal
        FROM livechat_user AS entry
        LEFT JOIN LATERAL (
            SELECT array_agg(digest ORDER BY digest) AS digests, array_agg(created_at ORDER BY digest) AS created,
                array_agg(coalesce(expires_at, \(noTime)) ORDER BY digest) AS expires,
                array_agg(personal_access::int::bigint ORDER BY digest) AS personal
            FROM livechat_login_token WHERE "user" = entry.key
        ) AS token ON true
        """
    private static let departmentsSQL = """
        SELECT entry.id, entry.enabled,
            ARRAY(SELECT person.id FROM livechat_department_agent AS agent
                JOIN livechat_user AS person ON person.key = agent."user"
                WHERE agent.department = entry.key ORDER BY person.id)
        FROM livechat_department AS entry
        """
    private static let roomsSQL = """
        SELECT entry.id, entry.kind, entry.open, server.id, department.id, entry.visitor_token,
            inquiry.room, inquiry.status, queue.id, agent.id,
            member.users, member.joined, member.open, member.alert, member.unread, given.users, given.roles
        FROM livechat_room AS entry
        LEFT JOIN livechat_user AS server ON server.key = entry.served_by
        LEFT JOIN livechat_department AS department ON department.key = entry.department
        LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = entry.key
        LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
        LEFT JOIN livechat_user AS agent ON agent.key = inquiry.default_agent
        LEFT JOIN LATERAL (
            SELECT array_agg(person.id ORDER BY person.id) AS users,
                array_agg(member.joined_at ORDER BY person.id) AS joined,
                array_agg(member.open::int::bigint ORDER BY person.id) AS open,
                array_agg(member.alert::int::bigint ORDER BY person.id) AS alert,
                array_agg(member.unread ORDER BY person.id) AS unread
            FROM livechat_membership AS member JOIN livechat_user AS person ON person.key = member."user"
            WHERE member.room = entry.key
        ) AS member ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(person.id ORDER BY role.id) AS users, array_agg(role.id ORDER BY role.id) AS roles
            FROM livechat_membership_role AS given
            JOIN livechat_user AS person ON person.key = given."user"
            JOIN livechat_role AS role ON role.key = given.role
            WHERE given.room = entry.key
        ) AS given ON true
        """
    /// Stands for no time in an array.
    fileprivate static let noTime = Int64.min + 1
}

extension FixtureRole {
    fileprivate init(dumped rows: borrowing Rows, _ row: Int) {
        self.init()
        id = rows.id(row, 0)
        scope = rows.text(row, 1).flatMap(LivechatRole.Scope.init(rawValue:)) ?? .users
        description = Given(rows.text(row, 2))
        let permissions: [LivechatPermissionID] = rows.ids(row, 3)
        restrictedTo = permissions.isEmpty ? .null : .value(permissions)
    }
}

extension FixturePermission {
    fileprivate init(dumped rows: borrowing Rows, _ row: Int) {
        self.init()
        id = rows.id(row, 0)
        roles = rows.ids(row, 1)
    }
}

extension FixtureUser {
    fileprivate init(dumped rows: borrowing Rows, _ row: Int) {
        self.init()
        id = rows.id(row, 0)
        username = Given(rows.text(row, 1))
        active = rows.flag(row, 2)
        roles = rows.ids(row, 3)
        let (created, expires, personal) = (rows.integers(row, 5), rows.integers(row, 6), rows.integers(row, 7))
        tokens = rows.byteStrings(row, 4).enumerated().compactMap { index, bytes in
            guard let digest = LivechatTokenDigest(bytes: bytes) else { return nil }
            return FixtureToken {
                $0.digest = digest
                $0.createdAt = LivechatTimestamp(milliseconds: created[index])
                let isNever = expires[index] == PostgreSQLJoinDatabase.noTime
                $0.expiresAt = isNever ? .null : .value(LivechatTimestamp(milliseconds: expires[index]))
                $0.kind = personal[index] == 1 ? .personalAccess : .login
            }
        }
    }
}

extension FixtureDepartment {
    fileprivate init(dumped rows: borrowing Rows, _ row: Int) {
        self.init()
        id = rows.id(row, 0)
        enabled = rows.flag(row, 1)
        agents = rows.ids(row, 2)
    }
}

extension FixtureRoom {
    fileprivate init(dumped rows: borrowing Rows, _ row: Int) {
        self.init()
        id = rows.id(row, 0)
        kind = rows.text(row, 1)
        open = rows.flag(row, 2)
        servedBy = Given(rows.text(row, 3).map(LivechatUserID.init(stored:)))
        departmentID = Given(rows.text(row, 4).map(LivechatDepartmentID.init(stored:)))
        visitorToken = Given(rows.text(row, 5).map(LivechatVisitorToken.init))
        inquiry = .null
        if !rows.isNull(row, 6) {
            inquiry = .value(
                FixtureInquiry {
                    $0.status = Given(rows.text(row, 7))
                    $0.departmentID = Given(rows.text(row, 8).map(LivechatDepartmentID.init(stored:)))
                    $0.defaultAgent = Given(rows.text(row, 9).map(LivechatUserID.init(stored:)))
                }
            )
        }
        var roles: [LivechatUserID: [LivechatRoleID]] = [:]
        for (user, role) in zip(rows.texts(row, 15), rows.texts(row, 16)) {
            roles[LivechatUserID(stored: user), default: []].append(LivechatRoleID(stored: role))
        }
        let (joined, isOpen) = (rows.integers(row, 11), rows.integers(row, 12))
        let (alert, unread) = (rows.integers(row, 13), rows.integers(row, 14))
        let users: [LivechatUserID] = rows.ids(row, 10)
        members = users.enumerated().map { index, user in
            FixtureMember {
                $0.userID = user
                $0.joinedAt = LivechatTimestamp(milliseconds: joined[index])
                $0.open = isOpen[index] == 1
                $0.alert = alert[index] == 1
                $0.unread = Int(unread[index])
                $0.roles = roles[user] ?? []
            }
        }
    }
}
#endif
