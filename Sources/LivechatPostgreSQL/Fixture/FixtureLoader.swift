#if PostgreSQL
internal import LivechatFixture
internal import LivechatJoin

/// Puts a document that was checked into the database, inside the transaction of the caller (contract C12).
///
/// The document is read twice: first the entities that others refer to, then everything that refers to them, so the
/// order of a document does not matter. It removes no entity, and writes no row that stays as it is.
final class FixtureLoader {
    /// The lists that a load adds to in place of replacing them.
    enum Merging { case nothing, agentsAndMembers, everything }

    private let session: Session
    private let merging: Merging
    private let roles: FixtureBatch
    private let permissions: FixtureBatch
    private let users: FixtureBatch
    private let departments: FixtureBatch
    private let restrictions: FixtureBatch
    private let grants: FixtureBatch
    private let rolesOfUser: FixtureBatch
    private let tokens: FixtureBatch
    private let agents: FixtureBatch
    private let rooms: FixtureBatch
    private let inquiries: FixtureBatch
    private let members: FixtureBatch
    private let rolesOfMember: FixtureBatch
    private var settings = FixtureSummary.Change("settings")
    private var grantedNow: [LivechatPermissionID] = []
    private var changedPermissions: [FixtureSummary.Permission] = []
    private var waiting = 0

    /// How many objects are written at a time.
    private static let mostWaiting = 2_000

    init(_ session: Session, now: LivechatTimestamp, merging: Merging) {
        self.session = session
        self.merging = merging
        func batch(
            _ kind: String,
            _ table: String,
            of owner: [(String, FixtureKind)] = [],
            by identity: FixtureColumn?,
            _ columns: FixtureColumn...
        ) -> FixtureBatch {
            let owner = owner.map { (column: $0.0, kind: $0.1) }
            let table = FixtureTable(name: table, owner: owner, identity: identity, columns: columns)
            return FixtureBatch(kind, table, now: now)
        }
        let id = FixtureColumn(name: "id", kind: .text)
        let role = FixtureColumn(name: "role", kind: .reference(.role))
        let user = FixtureColumn(name: "\"user\"", kind: .reference(.user))
        let department = FixtureColumn(name: "department", kind: .reference(.department))
        roles = batch(
            "roles",
            "livechat_role",
            by: id,
            FixtureColumn(name: "scope", kind: .text, initial: "'Users'"),
            FixtureColumn(name: "description", kind: .text)
        )
        permissions = batch("permissions", "livechat_permission", by: id)
        users = batch(
            "users",
            "livechat_user",
            by: id,
            FixtureColumn(name: "username", kind: .text),
            FixtureColumn(name: "active", kind: .flag, initial: "true")
        )
        departments = batch(
            "departments",
            "livechat_department",
            by: id,
            FixtureColumn(name: "enabled", kind: .flag, initial: "true")
        )
        restrictions = batch(
            "roles.restrictedTo",
            "livechat_restriction",
            of: [("role", .role)],
            by: FixtureColumn(name: "permission", kind: .reference(.permission))
        )
        grants = batch("permissions.roles", "livechat_grant", of: [("permission", .permission)], by: role)
        rolesOfUser = batch("users.roles", "livechat_user_role", of: [("\"user\"", .user)], by: role)
        tokens = batch(
            "users.tokens",
            "livechat_login_token",
            of: [("\"user\"", .user)],
            by: FixtureColumn(name: "digest", kind: .bytes),
            FixtureColumn(name: "created_at", kind: .integer, initial: "$1"),
            FixtureColumn(name: "expires_at", kind: .integer),
            FixtureColumn(name: "personal_access", kind: .flag, initial: "false")
        )
        agents = batch(
            "departments.agents",
            "livechat_department_agent",
            of: [("department", .department)],
            by: user
        )
        rooms = batch(
            "rooms",
            "livechat_room",
            by: id,
            FixtureColumn(name: "kind", kind: .text, initial: "'l'"),
            FixtureColumn(name: "open", kind: .flag, initial: "true"),
            FixtureColumn(name: "served_by", kind: .reference(.user)),
            department,
            FixtureColumn(name: "visitor_token", kind: .text)
        )
        inquiries = batch(
            "rooms.inquiry",
            "livechat_inquiry",
            of: [("room", .room)],
            by: nil,
            FixtureColumn(name: "status", kind: .text),
            department,
            FixtureColumn(name: "default_agent", kind: .reference(.user))
        )
        members = batch(
            "rooms.members",
            "livechat_membership",
            of: [("room", .room)],
            by: user,
            FixtureColumn(name: "joined_at", kind: .integer, initial: "$1"),
            FixtureColumn(name: "open", kind: .flag, initial: "true"),
            FixtureColumn(name: "alert", kind: .flag, initial: "false"),
            FixtureColumn(name: "unread", kind: .integer, initial: "0")
        )
        rolesOfMember = batch(
            "rooms.members.roles",
            "livechat_membership_role",
            of: [("room", .room), ("\"user\"", .user)],
            by: role
        )
    }

    /// Writes the document.
    ///
    /// - Parameters:
    ///   - reader: The document.
    ///   - removal: What another program no longer has.
    /// - Returns: What was written.
    /// - Throws: `FixtureError`, or PostgreSQL's error; the caller's transaction must not be kept.
    func load(_ reader: FixtureReader, _ removal: FixtureSource.Removal?) throws -> FixtureSummary {
        // Joins wait until all of it is committed: a load writes rows in the order of the document, and they lock them
        // in the order of their keys.
        try session.query("SELECT FROM livechat_setting FOR UPDATE")
        try reader.read { element, _ in
            addEntity(element)
            try writeIfMany()
        }
        try write()
        try reader.read { element, _ in
            try addRest(element)
            try writeIfMany()
        }
        try write()
        let keptDepartments = try removal.map(prune) ?? []
        return FixtureSummary(
            changes: [settings] + batches.map(\.change),
            permissions: changedPermissions,
            keptDepartments: keptDepartments
        )
    }

    /// Removes what another program no longer has.
    ///
    /// Roles stay: without a grant they let nobody in.
    ///
    /// - Returns: The departments that stay since a room or an inquiry names them.
    private func prune(_ removal: FixtureSource.Removal) throws -> [LivechatDepartmentID] {
        agents.change.removed += try remove(
            removal.agents.map { ($0.department.string, $0.user.string) },
            """
            DELETE FROM livechat_department_agent AS gone
            USING unnest($1::text[], $2::text[]) AS given (owner, person), livechat_department AS owner,
                livechat_user AS person
            WHERE gone.department = owner.key AND owner.id = given.owner
                AND gone."user" = person.key AND person.id = given.person
            """
        )
        members.change.removed += try remove(
            removal.members.map { ($0.room.string, $0.user.string) },
            """
            DELETE FROM livechat_membership AS gone
            USING unnest($1::text[], $2::text[]) AS given (owner, person), livechat_room AS owner,
                livechat_user AS person
            WHERE gone.room = owner.key AND owner.id = given.owner
                AND gone."user" = person.key AND person.id = given.person
            """
        )
        rooms.change.removed += try remove("livechat_room", "entry.kind", "key") { removal.keepsRoom($0, $1) }
        var kept: [LivechatDepartmentID] = []
        let isNamed = """
            CASE WHEN EXISTS (SELECT FROM livechat_room WHERE department = entry.key)
                OR EXISTS (SELECT FROM livechat_inquiry WHERE department = entry.key) THEN 'named' ELSE '' END
            """
        departments.change.removed += try remove("livechat_department", isNamed, "key") { id, named in
            if removal.keeps(.department, id) { return true }
            if named == "named" { kept.append(LivechatDepartmentID(stored: id)) }
            return named == "named"
        }
        users.change.removed += try remove("livechat_user", "''", "key") { id, _ in removal.keeps(.user, id) }
        grants.change.removed += try remove("livechat_permission", "''", "permission", from: "livechat_grant") {
            id,
            _ in
            removal.keeps(.permission, id)
        }
        return kept
    }

    private func remove(_ pairs: [(String, String)], _ sql: String) throws -> Int {
        if pairs.isEmpty { return 0 }
        return try session.query(sql, [.texts(pairs.map(\.0)), .texts(pairs.map(\.1))]).written
    }

    /// Removes the rows of entities that do not stay.
    ///
    /// - Parameters:
    ///   - table: The table of the entities, `entry`.
    ///   - other: What is asked of an entity beside its id.
    ///   - key: The column with the entity's key in the rows that are removed.
    ///   - target: The table from which rows are removed; nil is the table of the entities.
    ///   - stays: Whether an entity stays.
    /// - Returns: How many rows were removed.
    /// - Throws: PostgreSQL's error.
    private func remove(
        _ table: String,
        _ other: String,
        _ key: String,
        from target: String? = nil,
        _ stays: (_ id: String, _ other: String) -> Bool
    ) throws -> Int {
        var last = ""
        var removed = 0
        while true {
            let rows = try session.query(
                "SELECT entry.id, entry.key, \(other) FROM \(table) AS entry WHERE entry.id > $1 ORDER BY entry.id LIMIT 5000",
                [.text(last)]
            )
            let keys = (0..<rows.count).compactMap { row in
                stays(rows.text(row, 0) ?? "", rows.text(row, 2) ?? "") ? nil : rows.integer(row, 1)
            }
            if !keys.isEmpty {
                let deletion = "DELETE FROM \(target ?? table) WHERE \(key) = ANY ($1)"
                removed += try session.query(deletion, [.integers(keys)]).written
            }
            guard rows.count > 0, let end = rows.text(rows.count - 1, 0) else { return removed }
            last = end
        }
    }

    /// In the order of a fixture's keys.
    private var batches: [FixtureBatch] {
        [
            roles, restrictions, permissions, grants, users, rolesOfUser, tokens, departments, agents, rooms, inquiries,
            members, rolesOfMember,
        ]
    }

    private func writeIfMany() throws {
        if waiting >= Self.mostWaiting { try write() }
    }

    private func write() throws {
        let before = try rolesGranted()
        for batch in batches { try batch.write(session) }
        let after = try rolesGranted()
        for permission in grantedNow {
            let change = FixtureSummary.Permission(
                permission,
                before: before[permission] ?? [],
                after: after[permission] ?? []
            )
            if let change { changedPermissions.append(change) }
        }
        grantedNow = []
        waiting = 0
    }

    private func rolesGranted() throws -> [LivechatPermissionID: [LivechatRoleID]] {
        if grantedNow.isEmpty { return [:] }
        let rows = try session.query(
            """
            SELECT permission.id, array_agg(role.id) FROM livechat_permission AS permission
            JOIN livechat_grant AS granted ON granted.permission = permission.key
            JOIN livechat_role AS role ON role.key = granted.role
            WHERE permission.id = ANY ($1) GROUP BY permission.id
            """,
            [.texts(grantedNow.map(\.string))]
        )
        return Dictionary(uniqueKeysWithValues: (0..<rows.count).map { (rows.id($0, 0), rows.ids($0, 1)) })
    }

    private func addEntity(_ element: FixtureElement) {
        waiting += 1
        switch element {
        case .role(let role):
            roles.add(
                .text(role.id.string),
                (role.scope != nil, .text(role.scope?.rawValue)),
                (role.description.isGiven, .text(role.description.value))
            )
        case .permission(let permission): permissions.add(.text(permission.id.string))
        case .user(let user):
            users.add(
                .text(user.id.string),
                (user.username.isGiven, .text(user.username.value)),
                (user.active != nil, .flag(user.active))
            )
        case .department(let department):
            departments.add(.text(department.id.string), (department.enabled != nil, .flag(department.enabled)))
        case .settings, .room: break
        }
    }

    private func addRest(_ element: FixtureElement) throws {
        waiting += 1
        switch element {
        case .settings(let settings): try change(settings)
        case .role(let role):
            guard role.restrictedTo.isGiven else { return }
            list(role.restrictedTo.value ?? [], of: role.id.string, restrictions) { $0.string }
        case .permission(let permission):
            guard let roles = permission.roles else { return }
            grantedNow.append(permission.id)
            list(roles, of: permission.id.string, grants) { $0.string }
        case .user(let user): add(user)
        case .department(let department):
            guard let users = department.agents else { return }
            list(users, of: department.id.string, agents, merges: merging != .nothing) { $0.string }
        case .room(let room): add(room)
        }
    }

    private func list<Entity>(
        _ ids: [LivechatID<Entity>],
        of owner: String,
        _ batch: FixtureBatch,
        merges: Bool? = nil,
        _ id: (LivechatID<Entity>) -> String
    ) {
        waiting += ids.count
        if !(merges ?? (merging == .everything)) { batch.replace(of: [owner]) }
        for each in ids { batch.add(of: [owner], .text(id(each))) }
    }

    private func change(_ settings: FixtureSettings) throws {
        let rows = try session.query(
            """
            UPDATE livechat_setting SET preview_room = CASE WHEN $1 THEN $2 ELSE preview_room END,
                login_expiration_days = CASE WHEN $3 THEN $4 ELSE login_expiration_days END
            WHERE ($1 AND preview_room IS DISTINCT FROM $2) OR ($3 AND login_expiration_days IS DISTINCT FROM $4)
            """,
            [
                .flag(settings.previewRoom.isGiven), .flag(settings.previewRoom.value),
                .flag(settings.loginExpirationDays.isGiven), .number(settings.loginExpirationDays.value),
            ]
        )
        self.settings.changed += rows.written
    }

    private func add(_ user: FixtureUser) {
        let id = user.id.string
        if let roles = user.roles { list(roles, of: id, rolesOfUser) { $0.string } }
        guard let tokens = user.tokens else { return }
        waiting += tokens.count
        if merging != .everything { self.tokens.replace(of: [id]) }
        for token in tokens {
            self.tokens.add(
                of: [id],
                .bytes(token.digest.array),
                (token.createdAt != nil, .integer(token.createdAt?.milliseconds)),
                (token.expiresAt.isGiven, .integer(token.expiresAt.value?.milliseconds)),
                (token.kind != nil, .flag(token.kind.map { $0 == .personalAccess }))
            )
        }
    }

    private func add(_ room: FixtureRoom) {
        let id = room.id.string
        rooms.add(
            .text(id),
            (room.kind != nil, .text(room.kind)),
            (room.open != nil, .flag(room.open)),
            (room.servedBy.isGiven, .text(room.servedBy.value?.string)),
            (room.departmentID.isGiven, .text(room.departmentID.value?.string)),
            (room.visitorToken.isGiven, .text(room.visitorToken.value?.value))
        )
        if room.inquiry.isGiven {
            if merging != .everything { inquiries.replace(of: [id]) }
            if let inquiry = room.inquiry.value {
                inquiries.add(
                    of: [id],
                    nil,
                    (inquiry.status.isGiven, .text(inquiry.status.value)),
                    (inquiry.departmentID.isGiven, .text(inquiry.departmentID.value?.string)),
                    (inquiry.defaultAgent.isGiven, .text(inquiry.defaultAgent.value?.string))
                )
            }
        }
        guard let members = room.members else { return }
        waiting += members.count
        if merging == .nothing { self.members.replace(of: [id]) }
        for member in members {
            let user = member.userID.string
            self.members.add(
                of: [id],
                .text(user),
                (member.joinedAt != nil, .integer(member.joinedAt?.milliseconds)),
                (member.open != nil, .flag(member.open)),
                (member.alert != nil, .flag(member.alert)),
                (member.unread != nil, .integer(member.unread.map(Int64.init)))
            )
            guard let roles = member.roles else { continue }
            if merging != .everything { rolesOfMember.replace(of: [id, user]) }
            for role in roles { rolesOfMember.add(of: [id, user], .text(role.string)) }
        }
    }
}

extension FixtureValue {
    fileprivate static func flag(_ value: Bool?) -> FixtureValue { .integer(value.map { $0 ? 1 : 0 }) }
}
#endif
