public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a role.
    ///
    /// - Throws: ``DatabaseError`` with the code `alreadyExists` when there is such a role, or `notFound` when it is
    ///   restricted to a permission that does not exist.
    public func addRole(_ role: LivechatRole) async throws {
        try await writer.write { session in
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

    /// Restricts a role to a set of permissions, in place of the restriction that it has (contract C5).
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - permissions: The only permissions that its holders can have; an empty set lifts the restriction.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such role or permission.
    public func restrict(_ role: LivechatRoleID, to permissions: Set<LivechatPermissionID>) async throws {
        try await writer.write { session in try session.restrict(role, to: permissions) }
    }

    /// Adds a permission, granted to no role yet.
    ///
    /// - Throws: ``DatabaseError`` with the code `alreadyExists` when there is such a permission.
    public func addPermission(_ permission: LivechatPermissionID) async throws {
        try await writer.write { session in
            try session.add(
                "permission",
                permission,
                "INSERT INTO livechat_permission (id) VALUES (?1) ON CONFLICT DO NOTHING"
            )
        }
    }

    /// Grants a role a permission; nothing happens when it is granted already.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such permission or role.
    public func grant(_ permission: LivechatPermissionID, to role: LivechatRoleID) async throws {
        try await writer.write { session in
            try session.change(
                "INSERT INTO livechat_grant (permission, role) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                session.permission(permission),
                session.role(role)
            )
        }
    }

    /// Takes a permission from a role; nothing happens when it is not granted.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such permission or role.
    public func revoke(_ permission: LivechatPermissionID, from role: LivechatRoleID) async throws {
        try await writer.write { session in
            try session.change(
                "DELETE FROM livechat_grant WHERE permission = ?1 AND role = ?2",
                session.permission(permission),
                session.role(role)
            )
        }
    }

    /// Sets whether agents may look into queued rooms: the routing setting `previewRoom` (contract C6).
    ///
    /// - Throws: ``DatabaseError`` when it cannot be written.
    public func setPreviewRoom(_ isOn: Bool) async throws {
        try await writer.write { session in
            try session.change(
                "UPDATE livechat_setting SET preview_room = ?1 WHERE preview_room IS NOT ?1",
                isOn ? 1 : 0
            )
        }
    }

    /// Sets how long a login lives (contract C4).
    ///
    /// - Parameter days: Days of 24 hours; nil, or what is not a positive number, means 90.
    /// - Throws: ``DatabaseError`` when it cannot be written.
    public func setLoginExpiration(days: Double?) async throws {
        let finite = days.flatMap { $0.isFinite ? $0 : nil }
        try await writer.write { session in
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
