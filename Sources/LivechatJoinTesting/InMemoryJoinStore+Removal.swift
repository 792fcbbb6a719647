public import LivechatJoin

// Nothing that is removed lets anybody in who was not (contract C15).
extension InMemoryJoinStore {
    /// Removes a user.
    public func removeUser(_ user: LivechatUserID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(user)
            world.users[user] = nil
            world.record(.userRemoved(user))
            for id in world.departments.keys { world.departments[id]?.agents.remove(user) }
            for id in world.rooms.keys {
                world.rooms[id]?.members[user] = nil
                if world.rooms[id]?.servedBy == user { world.rooms[id]?.servedBy = nil }
                if world.rooms[id]?.inquiry?.defaultAgent == user { world.rooms[id]?.inquiry?.defaultAgent = nil }
            }
        }
    }

    /// Removes a role.
    public func removeRole(_ role: LivechatRoleID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(role)
            if world.roles[role]?.restrictedTo.isEmpty == false {
                let users = world.users.filter { id, person in
                    person.roles.contains(role)
                        || world.rooms.values.contains { $0.members[id]?.roles.contains(role) == true }
                }
                if !users.isEmpty { throw .held(role, by: users.count) }
            }
            world.roles[role] = nil
            world.record(.roleRemoved(role))
            for id in world.grants.keys { world.grants[id]?.remove(role) }
            for id in world.users.keys { world.users[id]?.roles.remove(role) }
            for (id, place) in world.rooms {
                for user in place.members.keys { world.rooms[id]?.members[user]?.roles.remove(role) }
            }
        }
    }

    /// Removes a permission.
    public func removePermission(_ permission: LivechatPermissionID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(permission)
            let roles = world.roles.values.count { $0.restrictedTo.contains(permission) }
            if roles > 0 { throw .restricting(permission, roles) }
            world.grants[permission] = nil
            world.record(.permissionRemoved(permission))
        }
    }

    /// Removes a department.
    public func removeDepartment(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(department)
            let rooms = world.rooms.values.count {
                $0.department == department || $0.inquiry?.department == department
            }
            if rooms > 0 { throw .named(department, by: rooms) }
            world.departments[department] = nil
            world.record(.departmentRemoved(department))
        }
    }

    /// Removes a room.
    public func removeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            guard world.rooms.removeValue(forKey: room) != nil else { throw .none("room", room) }
            world.record(.roomRemoved(room))
        }
    }
}
