internal import LivechatFixture

extension FixtureStore {
    /// Writes the whole state as a fixture, every list in the order of the ids' bytes (contract C12).
    ///
    /// The caller holds a snapshot meanwhile.
    ///
    /// - Parameters:
    ///   - count: Called after each user and each room.
    ///   - sink: Takes the document in pieces.
    /// - Throws: `SQLiteError` when the state cannot be read; what `sink` throws.
    func dump(count: () -> Void, to sink: @escaping ([UInt8]) throws -> Void) throws {
        var writer = FixtureWriter(to: sink)
        try settings.each(of: [1]) { settings, _ in try writer.write(.settings(settings)) }
        try roles.each { role, key in
            let permissions = try restrictions.all(of: [key])
            role.restrictedTo = permissions.isEmpty ? .null : .value(permissions)
            try writer.write(.role(role))
        }
        try permissions.each { permission, key in
            permission.roles = try grants.all(of: [key])
            try writer.write(.permission(permission))
        }
        try users.each { user, key in
            user.roles = try rolesOfUser.all(of: [key])
            user.tokens = try tokens.all(of: [key])
            try writer.write(.user(user))
            count()
        }
        try departments.each { department, key in
            department.agents = try agents.all(of: [key])
            try writer.write(.department(department))
        }
        try rooms.each { room, key in
            room.inquiry = Given(try inquiries.all(of: [key]).first)
            room.members = []
            try members.each(of: [key]) { member, user in
                member.roles = try rolesOfMember.all(of: [key, user])
                room.members?.append(member)
            }
            try writer.write(.room(room))
            count()
        }
        try writer.finish()
    }
}
