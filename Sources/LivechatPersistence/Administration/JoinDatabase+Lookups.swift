public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase: JoinLookups {
    /// Finds a user.
    public func user(_ id: LivechatUserID) async throws(DatabaseError) -> LivechatUser? {
        try read { connection in
            let statement = try connection.prepare("SELECT username, active FROM livechat_user WHERE id = ?1")
            try statement.bind(1, id.string)
            return try statement.first { row in
                LivechatUser(id: id, username: row.textIfPresent(0), isActive: row.bool(1))
            }
        }
    }

    /// Finds a livechat room, as the rules of a host's see it.
    public func room(_ id: LivechatRoomID) async throws(DatabaseError) -> LivechatRoom? {
        do {
            return try await decide(JoinQuery(userID: nil, roomID: id)) { facts in try facts.room(id) }
        } catch {
            throw DatabaseError(opening: error, path: path)
        }
    }

    /// Lists the members of a room.
    public func members(of room: LivechatRoomID) async throws(DatabaseError) -> [LivechatMember] {
        try read { connection in
            let statement = try connection.prepare(
                """
                SELECT user.id, member.joined_at, role.id FROM livechat_room AS room
                JOIN livechat_membership AS member ON member.room = room.key
                JOIN livechat_user AS user ON user.key = member.user
                LEFT JOIN livechat_membership_role AS given ON given.room = room.key AND given.user = user.key
                LEFT JOIN livechat_role AS role ON role.key = given.role
                WHERE room.id = ?1 ORDER BY user.id, role.id
                """
            )
            try statement.bind(1, room.string)
            var members: [LivechatMember] = []
            try statement.eachRow { row in
                let user = LivechatUserID(stored: row.text(0))
                var roles = row.textIfPresent(2).map { [LivechatRoleID(stored: $0)] } ?? []
                if let last = members.last, last.user == user {
                    roles = last.roles + roles
                    members.removeLast()
                }
                members.append(
                    LivechatMember(
                        user: user,
                        joinedAt: LivechatTimestamp(milliseconds: row.integer(1)),
                        roles: roles
                    )
                )
            }
            return members
        }
    }
}
