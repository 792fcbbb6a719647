public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a role.
    public func addRole(_ role: LivechatRole) async throws(DatabaseError) {
        try await change { session in
            try session.add(
                "role",
                role.id,
                "INSERT INTO livechat_role (id, scope, description) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
            ) {
                try $0.bind(2, role.scope.rawValue)
                try $0.bind(3, role.description)
            }
            try session.restrict(role.id, to: role.restrictedTo)
        }
    }

    /// Changes where a role is meant to be assigned.
    public func setRole(_ role: LivechatRoleID, scope: LivechatRole.Scope) async throws(DatabaseError) {
        try await change { session in
            try session.change(
                "UPDATE livechat_role SET scope = ?2 WHERE key = ?1 AND scope <> ?2",
                session.role(role),
                text: scope.rawValue
            )
        }
    }

    /// Changes what people read about a role.
    public func setRole(_ role: LivechatRoleID, description: String?) async throws(DatabaseError) {
        try await change { session in
            try session.change(
                "UPDATE livechat_role SET description = ?2 WHERE key = ?1 AND description IS NOT ?2",
                session.role(role),
                text: description
            )
        }
    }

    /// Restricts a role to a set of permissions.
    public func restrict(
        _ role: LivechatRoleID,
        to permissions: Set<LivechatPermissionID>
    ) async throws(DatabaseError) {
        try await change { session in try session.restrict(role, to: permissions) }
    }

    /// Adds a permission.
    public func addPermission(_ permission: LivechatPermissionID) async throws(DatabaseError) {
        try await change { session in
            try session.add(
                "permission",
                permission,
                "INSERT INTO livechat_permission (id) VALUES (?1) ON CONFLICT DO NOTHING"
            )
        }
    }

    /// Grants roles a permission.
    public func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) async throws(DatabaseError) {
        try await change { session in
            let permission = try session.permission(permission)
            for role in roles {
                try session.change(
                    "INSERT INTO livechat_grant (permission, role) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    permission,
                    session.role(role)
                )
            }
        }
    }

    /// Takes a permission from roles.
    public func revoke(_ permission: LivechatPermissionID, from roles: [LivechatRoleID]) async throws(DatabaseError) {
        try await change { session in
            let permission = try session.permission(permission)
            for role in roles {
                try session.change(
                    "DELETE FROM livechat_grant WHERE permission = ?1 AND role = ?2",
                    permission,
                    session.role(role)
                )
            }
        }
    }

    /// Sets whether agents may look into queued rooms.
    public func setPreviewRoom(_ isOn: Bool) async throws(DatabaseError) {
        try await change { session in
            try session.change(
                "UPDATE livechat_setting SET preview_room = ?1 WHERE preview_room IS NOT ?1",
                isOn ? 1 : 0
            )
        }
    }

    /// Sets how long a login lives.
    public func setLoginExpiration(days: Double?) async throws(DatabaseError) {
        let finite = days.flatMap { $0.isFinite ? $0 : nil }
        try await change { session in
            try session.change(
                "UPDATE livechat_setting SET login_expiration_days = ?1 WHERE login_expiration_days IS NOT ?1"
            ) { try $0.bind(1, finite) }
        }
    }
}

extension WriterSession {
    fileprivate func restrict(_ role: LivechatRoleID, to permissions: Set<LivechatPermissionID>) throws {
        let key = try self.role(role)
        let kept = Set(try permissions.map { permission in try self.permission(permission) })
        var gone: [Int64] = []
        let standing = try connection.prepare("SELECT permission FROM livechat_restriction WHERE role = ?1")
        try standing.bind(1, key)
        try standing.eachRow { row in if !kept.contains(row.integer(0)) { gone.append(row.integer(0)) } }
        for permission in gone {
            try change("DELETE FROM livechat_restriction WHERE role = ?1 AND permission = ?2", key, permission)
        }
        for permission in kept {
            try change(
                "INSERT INTO livechat_restriction (role, permission) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                key,
                permission
            )
        }
    }
}
