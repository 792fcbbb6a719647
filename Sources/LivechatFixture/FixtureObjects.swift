package import LivechatJoin

package struct FixtureSettings: FixtureObject {
    package var previewRoom = Given<Bool>.leftOut
    package var loginExpirationDays = Given<Double>.leftOut

    package init() {}

    package static let keys = FixtureKeys<Self>(
        .init("previewRoom", \.previewRoom),
        .init("loginExpirationDays", \.loginExpirationDays)
    )
}

package struct FixtureRole: FixtureObject {
    package var id = LivechatRoleID(given: .leftOut)
    package var scope: LivechatRole.Scope?
    package var description = Given<String>.leftOut
    package var restrictedTo = Given<[LivechatPermissionID]>.leftOut

    package init() {}

    package static let keys = FixtureKeys<Self>(
        identifying: 1,
        .init("id", \.id),
        .init("scope", \.scope),
        .init("description", \.description),
        .init("restrictedTo", \.restrictedTo)
    )
}

package struct FixturePermission: FixtureObject {
    package var id = LivechatPermissionID(given: .leftOut)
    package var roles: [LivechatRoleID]?

    package init() {}

    package static let keys = FixtureKeys<Self>(identifying: 1, .init("id", \.id), .init("roles", \.roles))
}

package struct FixtureUser: FixtureObject {
    package var id = LivechatUserID(given: .leftOut)
    package var username = Given<String>.leftOut
    package var active: Bool?
    package var roles: [LivechatRoleID]?
    package var tokens: [FixtureToken]?

    package init() {}

    package static let keys = FixtureKeys<Self>(
        identifying: 1,
        .init("id", \.id),
        .init("username", \.username),
        .init("active", \.active),
        .init("roles", \.roles),
        .init("tokens", \.tokens)
    )
}

package struct FixtureToken: FixtureObject {
    package var digest = LivechatTokenDigest(given: .leftOut)
    package var createdAt: LivechatTimestamp?
    package var expiresAt = Given<LivechatTimestamp>.leftOut
    package var kind: LivechatTokenRecord.Kind?

    /// A raw token is hashed as it is read, and never written.
    private var token: String? {
        get { nil }
        set { if let newValue { digest = LivechatToken(newValue).digest } }
    }

    package init() {}

    package static let keys = FixtureKeys<Self>(
        identifying: 2,
        .init("token", \.token) { token, _ in token.isEmpty ? "is empty, and nobody can log in with that" : nil },
        .init("hashedToken", \.digest),
        .init("createdAt", \.createdAt, FixtureMistake.future),
        .init("expiresAt", \.expiresAt),
        .init("kind", \.kind)
    )
}

package struct FixtureDepartment: FixtureObject {
    package var id = LivechatDepartmentID(given: .leftOut)
    package var enabled: Bool?
    package var agents: [LivechatUserID]?

    package init() {}

    package static let keys = FixtureKeys<Self>(
        identifying: 1,
        .init("id", \.id),
        .init("enabled", \.enabled),
        .init("agents", \.agents)
    )
}

package struct FixtureRoom: FixtureObject {
    package var id = LivechatRoomID(given: .leftOut)
    package var kind: String?
    package var open: Bool?
    package var servedBy = Given<LivechatUserID>.leftOut
    package var departmentID = Given<LivechatDepartmentID>.leftOut
    package var visitorToken = Given<LivechatVisitorToken>.leftOut
    package var inquiry = Given<FixtureInquiry>.leftOut
    package var members: [FixtureMember]?

    package init() {}

    package static let keys = FixtureKeys<Self>(
        identifying: 1,
        .init("id", \.id),
        .init("kind", \.kind) { kind, _ in
            let (count, most) = (kind.utf8.count, InvalidLivechatID.maximumBytes)
            guard (1...most).contains(count) else { return "has \(count) bytes, a kind has 1 to \(most)" }
            return kind.utf8.contains(0) ? "has a NUL byte, a kind has none" : nil
        },
        .init("open", \.open),
        .init("servedBy", \.servedBy),
        .init("departmentId", \.departmentID),
        .init("visitorToken", \.visitorToken),
        .init("inquiry", \.inquiry),
        .init("members", \.members)
    )
}

package struct FixtureInquiry: FixtureObject {
    package var status = Given<String>.leftOut
    package var departmentID = Given<LivechatDepartmentID>.leftOut
    package var defaultAgent = Given<LivechatUserID>.leftOut

    package init() {}

    package static let keys = FixtureKeys<Self>(
        .init("status", \.status),
        .init("departmentId", \.departmentID),
        .init("defaultAgent", \.defaultAgent)
    )
}

package struct FixtureMember: FixtureObject {
    package var userID = LivechatUserID(given: .leftOut)
    package var joinedAt: LivechatTimestamp?
    package var roles: [LivechatRoleID]?
    package var open: Bool?
    package var alert: Bool?
    package var unread: Int?

    package init() {}

    package static let keys = FixtureKeys<Self>(
        identifying: 1,
        .init("userId", \.userID),
        .init("joinedAt", \.joinedAt, FixtureMistake.future),
        .init("roles", \.roles),
        .init("open", \.open),
        .init("alert", \.alert),
        .init("unread", \.unread) { unread, _ in unread < 0 ? "is negative" : nil }
    )
}
