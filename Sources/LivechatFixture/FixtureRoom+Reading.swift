internal import LivechatJoin

extension FixtureRoom {
    private enum Key: String, CaseIterable {
        case id, kind, open, servedBy, departmentId, visitorToken, inquiry, members
    }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var id: LivechatRoomID?
        var kind: String?
        var open: Bool?
        var servedBy = Given<LivechatUserID>.leftOut
        var departmentID = Given<LivechatDepartmentID>.leftOut
        var visitorToken = Given<LivechatVisitorToken>.leftOut
        var inquiry = Given<FixtureInquiry>.leftOut
        var members: [FixtureMember]?
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .id: id = try reader.id()
            case .kind: kind = try reader.roomKind()
            case .open: open = try reader.bool()
            case .servedBy: servedBy = try reader.given { try $0.id() }
            case .departmentId: departmentID = try reader.given { try $0.id() }
            case .visitorToken: visitorToken = try reader.given { LivechatVisitorToken(try $0.string()) }
            case .inquiry: inquiry = try reader.given { try FixtureInquiry(from: &$0) }
            case .members:
                members = try reader.list(
                    by: \.userID,
                    { reader, member in
                        let user = FixtureError.quoted(member.userID.string)
                        return FixtureError(reader.place.key("userId"), "\(user) is in the list already")
                    },
                    { try FixtureMember(from: &$0) }
                )
            }
        }
        self.init(
            id: try reader.required(id, "id"),
            kind: kind,
            open: open,
            servedBy: servedBy,
            departmentID: departmentID,
            visitorToken: visitorToken,
            inquiry: inquiry,
            members: members
        )
    }
}

extension FixtureInquiry {
    private enum Key: String, CaseIterable { case status, departmentId, defaultAgent }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var inquiry = FixtureInquiry()
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .status: inquiry.status = try reader.given { try $0.string() }
            case .departmentId: inquiry.departmentID = try reader.given { try $0.id() }
            case .defaultAgent: inquiry.defaultAgent = try reader.given { try $0.id() }
            }
        }
        self = inquiry
    }
}

extension FixtureMember {
    private enum Key: String, CaseIterable { case userId, joinedAt, roles }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var userID: LivechatUserID?
        var joinedAt: LivechatTimestamp?
        var roles: [LivechatRoleID]?
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .userId: userID = try reader.id()
            case .joinedAt: joinedAt = try reader.time()
            case .roles: roles = try reader.ids()
            }
        }
        self.init(userID: try reader.required(userID, "userId"), joinedAt: joinedAt, roles: roles)
    }
}
