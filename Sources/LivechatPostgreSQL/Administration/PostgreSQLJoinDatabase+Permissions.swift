#if PostgreSQL
public import LivechatJoin

extension PostgreSQLJoinDatabase {
    /// Adds a role.
    public func addRole(_ role: LivechatRole) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(
                "role",
                role.id,
                "INSERT INTO livechat_role (id, scope, description) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                .text(role.scope.rawValue),
                .text(role.description)
            )
            try session.restrict(session.role(role.id), to: role.restrictedTo)
            session.record(JoinDeed.added(role))
        }
    }

    /// Changes what is known of a role.
    public func setRole(
        _ role: LivechatRoleID,
        _ change: @escaping @Sendable (inout LivechatRole) -> Void
    ) async throws(LivechatStoreError) {
        try await self.change { session in
            try session.lockSettings()
            let key = try session.role(role)
            let found = try session.role(role, key)
            var changed = found
            change(&changed)
            let deeds = JoinDeed.changes(of: found, to: changed)
            if deeds.isEmpty { return }
            try session.change(
                """
                UPDATE livechat_role SET scope = $2, description = $3
                WHERE key = $1 AND (scope, description) IS DISTINCT FROM ($2, $3)
                """,
                .integer(key),
                .text(changed.scope.rawValue),
                .text(changed.description)
            )
            try session.restrict(key, to: changed.restrictedTo)
            session.record(deeds)
        }
    }

    /// Removes a role.
    public func removeRole(_ role: LivechatRoleID) async throws(LivechatStoreError) {
        try await change { session in
            try session.lockSettings()
            let key = try session.role(role)
            let holders = try session.count(
                """
                SELECT count(*) FROM (
                    SELECT "user" FROM livechat_user_role WHERE role = $1
                    UNION SELECT "user" FROM livechat_membership_role WHERE role = $1
                ) AS holder WHERE EXISTS (SELECT 1 FROM livechat_restriction WHERE role = $1)
                """,
                key
            )
            guard holders == 0 else { throw LivechatStoreError.held(role, by: holders) }
            if try session.change("DELETE FROM livechat_role WHERE key = $1", .integer(key)) {
                session.record(.roleRemoved(role))
            }
        }
    }

    /// Adds a permission.
    public func addPermission(
        _ permission: LivechatPermissionID,
        grantedTo roles: [LivechatRoleID]
    ) async throws(LivechatStoreError) {
        try await change { session in
            let insertion = "INSERT INTO livechat_permission (id) VALUES ($1) ON CONFLICT DO NOTHING"
            try session.add("permission", permission, insertion)
            session.record(.permissionAdded(permission))
            try session.grant(permission, to: roles)
        }
    }

    /// Removes a permission.
    public func removePermission(_ permission: LivechatPermissionID) async throws(LivechatStoreError) {
        try await change { session in
            try session.lockSettings()
            let key = try session.permission(permission)
            let roles = try session.count("SELECT count(*) FROM livechat_restriction WHERE permission = $1", key)
            guard roles == 0 else { throw LivechatStoreError.restricting(permission, roles) }
            if try session.change("DELETE FROM livechat_permission WHERE key = $1", .integer(key)) {
                session.record(.permissionRemoved(permission))
            }
        }
    }

    /// Grants roles a permission.
    public func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) async throws(LivechatStoreError) {
        try await change { session in try session.grant(permission, to: roles) }
    }

    /// Takes a permission from roles.
    public func revoke(
        _ permission: LivechatPermissionID,
        from roles: [LivechatRoleID]
    ) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.permission(permission)
            for role in roles {
                let isRemoved = try session.change(
                    "DELETE FROM livechat_grant WHERE permission = $1 AND role = $2",
                    .integer(key),
                    .integer(session.role(role))
                )
                if isRemoved { session.record(.permissionRevoked(permission, from: role)) }
            }
        }
    }

    /// Sets whether agents may look into queued rooms.
    public func setPreviewRoom(_ isOn: Bool) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_setting SET preview_room = $1 WHERE preview_room IS DISTINCT FROM $1",
                .flag(isOn)
            )
            if isChanged { session.record(.previewRoomSet(isOn)) }
        }
    }

    /// Sets how long a login lives.
    public func setLoginExpiration(days: Double?) async throws(LivechatStoreError) {
        let finite = days.flatMap { $0.isFinite ? $0 : nil }
        try await change { session in
            let isChanged = try session.change(
                """
                UPDATE livechat_setting SET login_expiration_days = $1
                WHERE login_expiration_days IS DISTINCT FROM $1
                """,
                .number(finite)
            )
            if isChanged { session.record(.loginExpirationSet(days: finite)) }
        }
    }
}

extension ChangeSession {
    fileprivate func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) throws {
        let key = try self.permission(permission)
        for role in roles {
            let isNew = try change(
                "INSERT INTO livechat_grant (permission, role) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                .integer(key),
                .integer(self.role(role))
            )
            if isNew { record(.permissionGranted(permission, to: role)) }
        }
    }

    /// A role as it stands.
    fileprivate func role(_ id: LivechatRoleID, _ key: Int64) throws -> LivechatRole {
        let rows = try rows(
            """
            SELECT role.scope, role.description, ARRAY(
                SELECT permission.id FROM livechat_restriction AS restriction
                JOIN livechat_permission AS permission ON permission.key = restriction.permission
                WHERE restriction.role = role.key)
            FROM livechat_role AS role WHERE key = $1
            """,
            .integer(key)
        )
        guard rows.count > 0 else { throw LivechatStoreError.none("role", id) }
        return LivechatRole(
            id: id,
            scope: rows.text(0, 0).flatMap(LivechatRole.Scope.init(rawValue:)) ?? .users,
            description: rows.text(0, 1),
            restrictedTo: Set(rows.texts(0, 2).map(LivechatPermissionID.init(stored:)))
        )
    }

    fileprivate func restrict(_ role: Int64, to permissions: Set<LivechatPermissionID>) throws {
        let keys = try permissions.sorted().map { permission in try self.permission(permission) }
        try change(
            "DELETE FROM livechat_restriction WHERE role = $1 AND permission <> ALL ($2)",
            .integer(role),
            .integers(keys)
        )
        try change(
            """
            INSERT INTO livechat_restriction (role, permission) SELECT $1, permission FROM unnest($2) AS permission
            ON CONFLICT DO NOTHING
            """,
            .integer(role),
            .integers(keys)
        )
    }
}
#endif
