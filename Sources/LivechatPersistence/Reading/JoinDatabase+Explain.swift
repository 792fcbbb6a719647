package import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase: SituationStore {
    /// Explains on one snapshot, with a reader of its own: it may look at every user.
    package func explain(_ explainer: Explainer) async throws(LivechatStoreError) -> JoinExplanation {
        do {
            return try readers.makeReader().snapshot { reader in
                try reader.query { connection in
                    let reader = try SituationReader(connection, room: explainer.room)
                    let situation = try reader.situation(of: explainer.user)
                    return try explainer.explain(situation) { try reader.forEach(but: explainer.user, $0) }
                }
            }
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }
}

/// Reads the facts about one room, and about users as they stand to it.
private final class SituationReader {
    private let place: Situation.Place?
    private let grants: GrantSnapshot
    private let permissions: Set<LivechatPermissionID>
    private let settings: (previewsQueue: Bool, loginExpirationDays: Double?)
    /// The keys of the room, of its department and of that of its inquiry.
    private let keys: (room: Int64?, department: Int64?, queue: Int64?)
    private let user: Statement
    private let nextUsers: Statement
    private let tokens: Statement
    private let roles: Statement
    private let agency: Statement
    private let membership: Statement
    private let memberRoles: Statement

    /// How many users are read at a time.
    private static let page: Int64 = 500

    init(_ connection: borrowing Connection, room id: LivechatRoomID) throws {
        let setting = try connection.prepare("SELECT preview_room, login_expiration_days FROM livechat_setting")
        settings = try setting.first { row in (row.bool(0), row.doubleIfPresent(1)) } ?? (false, nil)
        // A memory of its own, so the stamp is not looked at.
        grants = try GrantReader(connection, GrantMemory()).grants(0)
        var permissions: Set<LivechatPermissionID> = []
        try connection.prepare("SELECT id FROM livechat_permission").eachRow { row in
            permissions.insert(LivechatPermissionID(stored: row.text(0)))
        }
        self.permissions = permissions

        let room = try connection.prepare(
            """
            SELECT room.key, room.kind, room.open, server.id, room.department, department.id, department.enabled,
                inquiry.room, inquiry.status, inquiry.department, queue.id, queue.enabled, agent.id
            FROM livechat_room AS room
            LEFT JOIN livechat_user AS server ON server.key = room.served_by
            LEFT JOIN livechat_department AS department ON department.key = room.department
            LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
            LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
            LEFT JOIN livechat_user AS agent ON agent.key = inquiry.default_agent
            WHERE room.id = ?1
            """
        )
        try room.bind(1, id.string)
        var place: Situation.Place?
        var keys: (room: Int64?, department: Int64?, queue: Int64?) = (nil, nil, nil)
        try room.eachRowThrowing { row in
            // Without its department it would pass for one of the public queue.
            if row.isNull(10), !row.isNull(9) { throw SQLiteError.danglingReference(in: "livechat_inquiry") }
            keys = (row.integer(0), row.integerIfPresent(4), row.integerIfPresent(9))
            place = Situation.Place(
                id: id,
                kind: row.text(1),
                isOpen: row.bool(2),
                servedBy: row.textIfPresent(3).map(LivechatUserID.init(stored:)),
                department: Self.department(row, 5),
                inquiry: row.isNull(7)
                    ? nil
                    : Situation.Inquiry(
                        status: row.textIfPresent(8),
                        department: Self.department(row, 10),
                        defaultAgent: row.textIfPresent(12).map(LivechatUserID.init(stored:))
                    )
            )
        }
        self.place = place
        self.keys = keys

        user = try connection.prepare("SELECT key, id, active FROM livechat_user WHERE id = ?1")
        nextUsers = try connection.prepare(
            "SELECT key, id, active FROM livechat_user WHERE key > ?1 ORDER BY key LIMIT ?2"
        )
        tokens = try connection.prepare(
            "SELECT digest, created_at, expires_at, personal_access FROM livechat_login_token WHERE user = ?1"
        )
        roles = try connection.prepare("SELECT role FROM livechat_user_role WHERE user = ?1")
        agency = try connection.prepare(
            """
            SELECT department.id FROM livechat_department_agent AS agent
            JOIN livechat_department AS department ON department.key = agent.department
            WHERE agent.department IN (?2, ?3) AND agent.user = ?1
            """
        )
        membership = try connection.prepare("SELECT 1 FROM livechat_membership WHERE room = ?1 AND user = ?2")
        memberRoles = try connection.prepare("SELECT role FROM livechat_membership_role WHERE room = ?1 AND user = ?2")
    }

    private static func department(_ row: borrowing Row, _ column: Int32) -> Situation.Department? {
        guard let id = row.textIfPresent(column) else { return nil }
        return Situation.Department(id: LivechatDepartmentID(stored: id), isEnabled: row.bool(column + 1))
    }

    /// The facts of the room and one user.
    func situation(of id: LivechatUserID) throws -> Situation {
        try user.bind(1, id.string)
        let row = try user.first { row in UserRow(key: row.integer(0), id: id, isActive: row.bool(2)) }
        return Situation(
            person: try row.map(person),
            place: place,
            grants: Situation.Grants(
                roles: Set(grants.roleIDs.values),
                permissions: permissions,
                table: grants.table
            ),
            previewsQueue: settings.previewsQueue,
            loginExpirationDays: settings.loginExpirationDays
        )
    }

    /// Goes through all users but one, until `body` returns false.
    func forEach(but id: LivechatUserID, _ body: (Situation.Person) throws -> Bool) throws {
        var last = Int64.min
        while true {
            try nextUsers.bind(1, last)
            try nextUsers.bind(2, Self.page)
            var rows: [UserRow] = []
            try nextUsers.eachRow { row in
                rows.append(
                    UserRow(key: row.integer(0), id: LivechatUserID(stored: row.text(1)), isActive: row.bool(2))
                )
            }
            for row in rows where row.id != id {
                guard try body(person(row)) else { return }
            }
            guard let next = rows.last?.key else { return }
            last = next
        }
    }

    private struct UserRow {
        let key: Int64
        let id: LivechatUserID
        let isActive: Bool
    }

    private func person(_ row: UserRow) throws -> Situation.Person {
        var person = Situation.Person(id: row.id, isActive: row.isActive)
        try tokens.bind(1, row.key)
        try tokens.eachRow { row in
            guard let digest = LivechatTokenDigest(bytes: row.blob(0)) else { return }
            person.tokens[digest] = LivechatTokenRecord(
                kind: row.bool(3) ? .personalAccess : .login,
                createdAt: LivechatTimestamp(milliseconds: row.integer(1)),
                expiresAt: row.integerIfPresent(2).map(LivechatTimestamp.init(milliseconds:))
            )
        }
        try roles.bind(1, row.key)
        person.roles = try ids(roles)
        try agency.bind(1, row.key)
        try agency.bind(2, keys.department)
        try agency.bind(3, keys.queue)
        try agency.eachRow { row in person.departments.insert(LivechatDepartmentID(stored: row.text(0))) }
        try membership.bind(1, keys.room)
        try membership.bind(2, row.key)
        if try membership.hasRow() {
            try memberRoles.bind(1, keys.room)
            try memberRoles.bind(2, row.key)
            person.memberRoles = try ids(memberRoles)
        }
        return person
    }

    private func ids(_ statement: borrowing Statement) throws -> Set<LivechatRoleID> {
        var ids: Set<LivechatRoleID> = []
        try statement.eachRowThrowing { row in
            guard let id = grants.roleIDs[row.integer(0)] else {
                throw SQLiteError.danglingRole
            }
            ids.insert(id)
        }
        return ids
    }
}
