public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a role.
    public func addRole(_ role: LivechatRole) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(
                "role",
                role.id,
                "INSERT INTO livechat_role (id, scope, description) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
            ) {
                try $0.bind(2, role.scope.rawValue)
                try $0.bind(3, role.description)
            }
            try session.restrict(session.role(role.id), to: role.restrictedTo)
            try session.record(JoinDeed.added(role))
        }
    }

    /// Changes what is known of a role.
    public func setRole(
        _ role: LivechatRoleID,
        _ change: @escaping @Sendable (inout LivechatRole) -> Void
    ) async throws(LivechatStoreError) {
        try await self.change { session in
            let key = try session.role(role)
            let found = try session.role(role, key)
            var changed = found
            change(&changed)
            let deeds = JoinDeed.changes(of: found, to: changed)
            if deeds.isEmpty { return }
            try session.change(
                """
                UPDATE livechat_role SET scope = ?2, description = ?3
                WHERE key = ?1 AND (scope <> ?2 OR description IS NOT ?3)
                """
            ) {
                try $0.bind(1, key)
                try $0.bind(2, changed.scope.rawValue)
                try $0.bind(3, changed.description)
            }
            try session.restrict(key, to: changed.restrictedTo)
            try session.record(deeds)
        }
    }

    /// Adds a permission.
    public func addPermission(
        _ permission: LivechatPermissionID,
        grantedTo roles: [LivechatRoleID]
    ) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(
                "permission",
                permission,
                "INSERT INTO livechat_permission (id) VALUES (?1) ON CONFLICT DO NOTHING"
            )
            try session.record(.permissionAdded(permission))
            try session.grant(permission, to: roles)
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
                    "DELETE FROM livechat_grant WHERE permission = ?1 AND role = ?2",
                    key,
                    session.role(role)
                )
                if isRemoved { try session.record(.permissionRevoked(permission, from: role)) }
            }
        }
    }

    /// Sets whether agents may look into queued rooms.
    public func setPreviewRoom(_ isOn: Bool) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_setting SET preview_room = ?1 WHERE preview_room IS NOT ?1",
                isOn ? 1 : 0
            )
            if isChanged { try session.record(.previewRoomSet(isOn)) }
        }
    }

    /// Sets how long a login lives.
    public func setLoginExpiration(days: Double?) async throws(LivechatStoreError) {
        let finite = days.flatMap { $0.isFinite ? $0 : nil }
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_setting SET login_expiration_days = ?1 WHERE login_expiration_days IS NOT ?1"
            ) { try $0.bind(1, finite) }
            if isChanged { try session.record(.loginExpirationSet(days: finite)) }
        }
    }
}

extension ChangeSession {
    fileprivate func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) throws {
        let key = try self.permission(permission)
        for role in roles {
            let isNew = try change(
                "INSERT INTO livechat_grant (permission, role) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                key,
                self.role(role)
            )
            if isNew { try record(.permissionGranted(permission, to: role)) }
        }
    }

    /// A role as it stands.
    fileprivate func role(_ id: LivechatRoleID, _ key: Int64) throws -> LivechatRole {
        let restrictions: StaticString = """
            SELECT permission.id FROM livechat_restriction AS restriction
            JOIN livechat_permission AS permission ON permission.key = restriction.permission
            WHERE restriction.role = ?1
            """
        var role = LivechatRole(id: id)
        try writer.kept([restrictions]).use { statement in
            try statement.bind(1, key)
            try statement.eachRow { row in role.restrictedTo.insert(LivechatPermissionID(stored: row.text(0))) }
        }
        try writer.kept(["SELECT scope, description FROM livechat_role WHERE key = ?1"]).use { statement in
            try statement.bind(1, key)
            try statement.lendFirst { row in
                role.scope = LivechatRole.Scope(rawValue: row.text(0)) ?? role.scope
                role.description = row.textIfPresent(1)
            }
        }
        return role
    }

    fileprivate func restrict(_ role: Int64, to permissions: Set<LivechatPermissionID>) throws {
        let kept = Set(try permissions.sorted().map { permission in try self.permission(permission) })
        var gone: [Int64] = []
        try writer.kept(["SELECT permission FROM livechat_restriction WHERE role = ?1"]).use { standing in
            try standing.bind(1, role)
            try standing.eachRow { row in if !kept.contains(row.integer(0)) { gone.append(row.integer(0)) } }
        }
        for permission in gone {
            try change("DELETE FROM livechat_restriction WHERE role = ?1 AND permission = ?2", role, permission)
        }
        for permission in kept {
            try change(
                "INSERT INTO livechat_restriction (role, permission) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                role,
                permission
            )
        }
    }
}
