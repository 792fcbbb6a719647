internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStatements {
    func clearRestriction(of role: Int64) throws { try Self.run(clearRestrictionOfRole, role) }
    func restrict(_ role: Int64, to permission: Int64) throws { try Self.run(restrictRole, role, permission) }
    func clearGrants(of permission: Int64) throws { try Self.run(clearGrantsOfPermission, permission) }
    func grant(_ permission: Int64, to role: Int64) throws { try Self.run(grantPermission, permission, role) }
    func clearRoles(of user: Int64) throws { try Self.run(clearRolesOfUser, user) }
    func assign(_ role: Int64, to user: Int64) throws { try Self.run(assignRole, user, role) }
    func clearAgents(of department: Int64) throws { try Self.run(clearAgentsOfDepartment, department) }
    func addAgent(_ user: Int64, to department: Int64) throws { try Self.run(addAgentToDepartment, department, user) }
    func removeInquiry(of room: Int64) throws { try Self.run(removeInquiryOfRoom, room) }
    func removeMember(_ user: Int64, of room: Int64) throws { try Self.run(removeMemberOfRoom, room, user) }
    func clearRoles(of user: Int64, in room: Int64) throws { try Self.run(clearRolesOfMember, room, user) }

    func assign(_ role: Int64, to user: Int64, in room: Int64) throws {
        try assignRoleToMember.bind(1, room)
        try assignRoleToMember.bind(2, user)
        try assignRoleToMember.bind(3, role)
        try assignRoleToMember.run()
    }

    private static func run(_ statement: borrowing Statement, _ key: Int64) throws {
        try statement.bind(1, key)
        try statement.run()
    }

    private static func run(_ statement: borrowing Statement, _ key: Int64, _ other: Int64) throws {
        try statement.bind(1, key)
        try statement.bind(2, other)
        try statement.run()
    }

    func connect(room: Int64, _ links: RoomLinks) throws {
        guard links.servedBy.isGiven || links.department.isGiven else { return }
        try connectRoom.bind(1, room)
        try connectRoom.bind(2, links.servedBy.isGiven)
        try connectRoom.bind(3, links.servedBy.value)
        try connectRoom.bind(4, links.department.isGiven)
        try connectRoom.bind(5, links.department.value)
        try connectRoom.run()
    }

    func enterInquiry(
        of room: Int64,
        status: Given<String>,
        department: Given<Int64>,
        defaultAgent: Given<Int64>
    ) throws {
        func bind(to statement: borrowing Statement) throws {
            try statement.bind(1, room)
            try statement.bind(2, status.isGiven)
            try statement.bind(3, status.value)
            try statement.bind(4, department.isGiven)
            try statement.bind(5, department.value)
            try statement.bind(6, defaultAgent.isGiven)
            try statement.bind(7, defaultAgent.value)
        }
        try bind(to: insertInquiryOfRoom)
        if try insertInquiryOfRoom.runAndCount() > 0 { return }
        try bind(to: updateInquiryOfRoom)
        try updateInquiryOfRoom.run()
    }

    func enterMember(_ user: Int64, of room: Int64, joinedAt: Timestamp?, now: Timestamp) throws {
        try insertMemberOfRoom.bind(1, room)
        try insertMemberOfRoom.bind(2, user)
        try insertMemberOfRoom.bind(3, joinedAt?.milliseconds)
        try insertMemberOfRoom.bind(4, now.milliseconds)
        if try insertMemberOfRoom.runAndCount() > 0 { return }
        guard let joinedAt else { return }
        try updateMemberOfRoom.bind(1, room)
        try updateMemberOfRoom.bind(2, user)
        try updateMemberOfRoom.bind(3, joinedAt.milliseconds)
        try updateMemberOfRoom.run()
    }

    func members(of room: Int64) throws -> [Int64] {
        var users: [Int64] = []
        try membersOfRoom.bind(1, room)
        try membersOfRoom.eachRow { row in users.append(row.integer(0)) }
        return users
    }
}
