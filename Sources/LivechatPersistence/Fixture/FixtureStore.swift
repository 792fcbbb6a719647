internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// Everything that a fixture can say, and where it stands in the database.
final class FixtureStore {
    let references: FixtureReferences
    /// The lists that a load adds to in place of replacing them.
    enum Merging { case nothing, agentsAndMembers, everything }

    let merging: Merging
    /// The permissions that a load has given to other roles.
    var changedPermissions: [FixtureSummary.Permission] = []
    let settings: FixtureRows<FixtureSettings>
    let roles: FixtureRows<FixtureRole>
    let restrictions: FixtureRows<LivechatPermissionID>
    let permissions: FixtureRows<FixturePermission>
    let grants: FixtureRows<LivechatRoleID>
    let users: FixtureRows<FixtureUser>
    let rolesOfUser: FixtureRows<LivechatRoleID>
    let tokens: FixtureRows<FixtureToken>
    let departments: FixtureRows<FixtureDepartment>
    let agents: FixtureRows<LivechatUserID>
    let rooms: FixtureRows<FixtureRoom>
    let inquiries: FixtureRows<FixtureInquiry>
    let members: FixtureRows<FixtureMember>
    let rolesOfMember: FixtureRows<LivechatRoleID>

    init(_ connection: borrowing Connection, now: LivechatTimestamp, merging: Merging = .nothing) throws {
        self.merging = merging
        references = try FixtureReferences(connection, now: now)
        settings = try FixtureRows(
            connection,
            references,
            "settings",
            "livechat_setting",
            of: "key",
            columns: [
                .init("preview_room", \.previewRoom), .init("login_expiration_days", \.loginExpirationDays),
            ]
        )
        roles = try FixtureRows(
            connection,
            references,
            "roles",
            "livechat_role",
            by: .init("id", \.id),
            columns: [.init("scope", \.scope, initially: "'Users'"), .init("description", \.description)]
        )
        restrictions = try FixtureRows(
            connection,
            references,
            "roles.restrictedTo",
            "livechat_restriction",
            of: "role",
            // What a role is restricted to must not get lost.
            by: .init("permission", \.self, to: .permission, neverDangles: true)
        )
        let id = FixtureColumn("id", \FixturePermission.id)
        permissions = try FixtureRows(connection, references, "permissions", "livechat_permission", by: id)
        grants = try FixtureRows(
            connection,
            references,
            "permissions.roles",
            "livechat_grant",
            of: "permission",
            by: .init("role", \.self, to: .role)
        )
        users = try FixtureRows(
            connection,
            references,
            "users",
            "livechat_user",
            by: .init("id", \.id),
            columns: [.init("username", \.username), .init("active", \.active, initially: "1")]
        )
        let role = FixtureColumn<LivechatRoleID>("role", \.self, to: .role, neverDangles: true)
        rolesOfUser = try FixtureRows(connection, references, "users.roles", "livechat_user_role", of: "user", by: role)
        tokens = try FixtureRows(
            connection,
            references,
            "users.tokens",
            "livechat_login_token",
            of: "user",
            by: .init("digest", \.digest),
            columns: [
                .init("created_at", \.createdAt, initially: "?1"), .init("expires_at", \.expiresAt),
                .init("personal_access", \.kind, initially: "0"),
            ]
        )
        departments = try FixtureRows(
            connection,
            references,
            "departments",
            "livechat_department",
            by: .init("id", \.id),
            columns: [.init("enabled", \.enabled, initially: "1")]
        )
        agents = try FixtureRows(
            connection,
            references,
            "departments.agents",
            "livechat_department_agent",
            of: "department",
            by: .init("user", \.self, to: .user)
        )
        rooms = try FixtureRows(
            connection,
            references,
            "rooms",
            "livechat_room",
            by: .init("id", \.id),
            columns: [
                .init("kind", \.kind, initially: "'l'"), .init("open", \.open, initially: "1"),
                .init("served_by", \.servedBy, to: .user), .init("department", \.departmentID, to: .department),
                .init("visitor_token", \.visitorToken),
            ]
        )
        inquiries = try FixtureRows(
            connection,
            references,
            "rooms.inquiry",
            "livechat_inquiry",
            of: "room",
            columns: [
                .init("status", \.status),
                // Without its department it would be dumped as one of the public queue.
                .init("department", \.departmentID, to: .department, neverDangles: true),
                .init("default_agent", \.defaultAgent, to: .user),
            ]
        )
        members = try FixtureRows(
            connection,
            references,
            "rooms.members",
            "livechat_membership",
            of: "room",
            by: .init("user", \.userID, to: .user),
            columns: [
                .init("joined_at", \.joinedAt, initially: "?1"), .init("open", \.open, initially: "1"),
                .init("alert", \.alert, initially: "0"), .init("unread", \.unread, initially: "0"),
            ]
        )
        rolesOfMember = try FixtureRows(
            connection,
            references,
            "rooms.members.roles",
            "livechat_membership_role",
            of: "room",
            "user",
            by: role
        )
    }
}
