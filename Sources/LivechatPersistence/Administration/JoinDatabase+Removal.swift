public import LivechatJoin
internal import LivechatSQLite

// What belongs to a row is taken along by the schema's triggers, for other programs too. The schema refuses as well
// what is refused here; here it is said of what, and of how many.
extension JoinDatabase {
    /// Removes a user.
    public func removeUser(_ user: LivechatUserID) async throws(LivechatStoreError) {
        try await change { session in
            if try session.change("DELETE FROM livechat_user WHERE key = ?1", session.user(user)) {
                try session.record(.userRemoved(user))
            }
        }
    }

    /// Removes a role.
    public func removeRole(_ role: LivechatRoleID) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.role(role)
            let holders = try session.count(
                """
                SELECT count(*) FROM (
                    SELECT user FROM livechat_user_role WHERE role = ?1
                    UNION SELECT user FROM livechat_membership_role WHERE role = ?1
                ) WHERE EXISTS (SELECT 1 FROM livechat_restriction WHERE role = ?1)
                """,
                key
            )
            guard holders == 0 else { throw LivechatStoreError.held(role, by: holders) }
            if try session.change("DELETE FROM livechat_role WHERE key = ?1", key) {
                try session.record(.roleRemoved(role))
            }
        }
    }

    /// Removes a permission.
    public func removePermission(_ permission: LivechatPermissionID) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.permission(permission)
            let roles = try session.count("SELECT count(*) FROM livechat_restriction WHERE permission = ?1", key)
            guard roles == 0 else { throw LivechatStoreError.restricting(permission, roles) }
            if try session.change("DELETE FROM livechat_permission WHERE key = ?1", key) {
                try session.record(.permissionRemoved(permission))
            }
        }
    }

    /// Removes a department.
    public func removeDepartment(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.department(department)
            let rooms = try session.count(
                """
                SELECT count(*) FROM (
                    SELECT key FROM livechat_room WHERE department = ?1
                    UNION SELECT room FROM livechat_inquiry WHERE department = ?1
                )
                """,
                key
            )
            guard rooms == 0 else { throw LivechatStoreError.named(department, by: rooms) }
            if try session.change("DELETE FROM livechat_department WHERE key = ?1", key) {
                try session.record(.departmentRemoved(department))
            }
        }
    }

    /// Removes a room.
    public func removeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try await change { session in
            if try session.change("DELETE FROM livechat_room WHERE key = ?1", session.room(room)) {
                try session.record(.roomRemoved(room))
            }
        }
    }
}
