internal import LivechatFixture

/// Where everything that a fixture says stands in the database.
enum FixtureTables {
    static let settings = FixtureTable<FixtureSettings>(
        partsIn: "livechat_setting",
        of: "key",
        columns: [
            .init("preview_room", \.previewRoom), .init("login_expiration_days", \.loginExpirationDays),
        ]
    )

    static let roles = FixtureTable<FixtureRole>(
        of: .role,
        id: \.id,
        columns: [.init("scope", \.scope, initially: "'Users'"), .init("description", \.description)],
        // What a role is restricted to must not get lost.
        lists: [.init("livechat_restriction", of: "role", with: .permission, \.restrictedTo, neverDangling: true)]
    )

    static let permissions = FixtureTable<FixturePermission>(
        of: .permission,
        id: \.id,
        columns: [],
        lists: [.init("livechat_grant", of: "permission", with: .role, \.roles)]
    )

    static let users = FixtureTable<FixtureUser>(
        of: .user,
        id: \.id,
        columns: [.init("username", \.username), .init("active", \.active, initially: "1")],
        lists: [.init("livechat_user_role", of: "user", with: .role, \.roles, neverDangling: true)]
    )

    static let tokens = FixtureTable<FixtureToken>(
        partsIn: "livechat_login_token",
        of: "user",
        by: .init("digest", \.digest),
        columns: [
            .init("created_at", \.createdAt, initially: "?1"), .init("expires_at", \.expiresAt),
            .init("personal_access", \.kind, initially: "0"),
        ]
    )

    static let departments = FixtureTable<FixtureDepartment>(
        of: .department,
        id: \.id,
        columns: [.init("enabled", \.enabled, initially: "1")],
        lists: [.init("livechat_department_agent", of: "department", with: .user, \.agents)]
    )

    static let rooms = FixtureTable<FixtureRoom>(
        of: .room,
        id: \.id,
        columns: [
            .init("kind", \.kind, initially: "'l'"), .init("open", \.open, initially: "1"),
            .init("served_by", \.servedBy, to: .user), .init("department", \.departmentID, to: .department),
            .init("visitor_token", \.visitorToken),
        ]
    )

    static let inquiries = FixtureTable<FixtureInquiry>(
        partsIn: "livechat_inquiry",
        of: "room",
        columns: [
            .init("status", \.status),
            // Without its department it would be dumped as one of the public queue.
            .init("department", \.departmentID, to: .department, neverDanglingIn: "livechat_inquiry"),
            .init("default_agent", \.defaultAgent, to: .user),
        ]
    )

    static let members = FixtureTable<FixtureMember>(
        partsIn: "livechat_membership",
        of: "room",
        by: .init("user", \.userID, to: .user),
        columns: [.init("joined_at", \.joinedAt, initially: "?1")],
        lists: [.init("livechat_membership_role", of: "room", "user", with: .role, \.roles, neverDangling: true)]
    )
}
