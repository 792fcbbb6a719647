internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStatements {
    func connect(room: Int64, _ links: RoomLinks) throws(SQLiteError) {
        guard links.servedBy.isGiven || links.department.isGiven else { return }
        try connectRoom.bind(1, room)
        try connectRoom.bind(2, links.servedBy.isGiven)
        try connectRoom.bind(3, links.servedBy.value)
        try connectRoom.bind(4, links.department.isGiven)
        try connectRoom.bind(5, links.department.value)
        try connectRoom.run()
    }

    func removeInquiry(of room: Int64) throws(SQLiteError) {
        try removeInquiryOfRoom.bind(1, room)
        try removeInquiryOfRoom.run()
    }

    func enterInquiry(
        of room: Int64,
        status: Given<String>,
        department: Given<Int64>,
        defaultAgent: Given<Int64>
    ) throws(SQLiteError) {
        func bind(to statement: borrowing Statement) throws(SQLiteError) {
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

    func enterMember(
        _ user: Int64,
        of room: Int64,
        joinedAt: LivechatTimestamp?,
        now: LivechatTimestamp
    ) throws(SQLiteError) {
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

    func members(of room: Int64) throws(SQLiteError) -> [Int64] {
        var users: [Int64] = []
        try membersOfRoom.bind(1, room)
        try membersOfRoom.eachRow { row in users.append(row.integer(0)) }
        return users
    }

    func removeMember(_ user: Int64, of room: Int64) throws(SQLiteError) {
        try removeMemberOfRoom.bind(1, room)
        try removeMemberOfRoom.bind(2, user)
        try removeMemberOfRoom.run()
    }
}
