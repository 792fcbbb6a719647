internal import LivechatFixture

extension FixtureStore {
    /// Writes the whole state as a fixture, every list in the order of the ids' bytes (contract C12).
    ///
    /// The caller holds a snapshot meanwhile.
    ///
    /// - Parameters:
    ///   - count: Called after each user and each room.
    ///   - sink: Takes the document in pieces.
    func dump(count: () -> Void, to sink: @escaping ([UInt8]) throws -> Void) throws {
        var writer = FixtureWriter(to: sink)
        try settings.each(of: 1) { settings, _ in try writer.write(.settings(settings)) }
        try roles.each { role, _ in try writer.write(.role(role)) }
        try permissions.each { permission, _ in try writer.write(.permission(permission)) }
        try users.each { user, key in
            user.tokens = try tokens.all(of: key)
            try writer.write(.user(user))
            count()
        }
        try departments.each { department, _ in try writer.write(.department(department)) }
        try rooms.each { room, key in
            room.inquiry = Given(try inquiries.all(of: key).first)
            room.members = try members.all(of: key)
            try writer.write(.room(room))
            count()
        }
        try writer.finish()
    }
}
