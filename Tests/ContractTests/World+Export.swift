#if Import
import ImportTesting
import LivechatJoin

@testable import Specification

extension World {
    /// Writes the world as the collections of a server.
    ///
    /// What those cannot say, a token's own expiry and a role's restriction, must not be in it.
    func write(to export: WrittenExport, _ dialect: ExportDialect) throws {
        var settings: [ExportValue] = []
        if let previewRoom {
            let method = previewRoom ? "Manual_Selection" : "Auto_Selection"
            settings.append(.object([("_id", .text("Livechat_Routing_Method")), ("value", .text(method))]))
        }
        if let days = self.settings.loginExpirationDays {
            settings.append(.object([("_id", .text("Accounts_LoginExpiration")), ("value", .double(days))]))
        }
        try export.write(settings, to: "rocketchat_settings", dialect)
        let roles = self.roles.map { role in
            ExportValue.object([("_id", .text(role.id)), ("name", .text(role.id)), ("scope", .text(role.scope))])
        }
        try export.write(roles, to: "rocketchat_roles", dialect)
        let permissions = self.permissions.sorted { $0.key < $1.key }.map { permission, roles in
            ExportValue.object([("_id", .text(permission)), ("roles", texts(roles))])
        }
        try export.write(permissions, to: "rocketchat_permissions", dialect)
        try export.write(users.map(\.exported), to: "users", dialect)
        let departments = self.departments.map { department in
            ExportValue.object([("_id", .text(department.id)), ("enabled", .bool(department.enabled))])
        }
        try export.write(departments, to: "rocketchat_livechat_department", dialect)
        let agents = self.departments.flatMap { department in
            department.agents.map { agent in
                ExportValue.object([
                    ("_id", .text("\(department.id)-\(agent)")), ("agentId", .text(agent)),
                    ("departmentId", .text(department.id)), ("departmentEnabled", .bool(!department.enabled)),
                ])
            }
        }
        try export.write(agents, to: "rocketchat_livechat_department_agents", dialect)
        try export.write(rooms.map(\.exported), to: "rocketchat_room", dialect)
        try export.write(rooms.compactMap(\.exportedInquiry), to: "rocketchat_livechat_inquiry", dialect)
        try export.write(rooms.flatMap(\.exportedMembers), to: "rocketchat_subscription", dialect)
    }

    private var previewRoom: Bool? { settings.previewRoom }
}

extension World.User {
    fileprivate var exported: ExportValue {
        let tokens = self.tokens.map { token in
            let hash = (token.kind == .personalAccess ? "createdAt" : "when", ExportValue.time(token.createdAt))
            let digest = ("hashedToken", ExportValue.text(LivechatToken(token.raw).digest.base64))
            let kind = ("type", ExportValue.text("personalAccessToken"))
            return ExportValue.object([hash, digest] + (token.kind == .personalAccess ? [kind] : []))
        }
        return .object([
            ("_id", .text(id)), ("type", .text("user")), ("active", .bool(active)), ("roles", texts(roles)),
            ("services", .object([("resume", .object([("loginTokens", .list(tokens))]))])),
        ])
    }
}

extension World.Room {
    fileprivate var exported: ExportValue {
        // Closing removes the field.
        let open = open ? [("open", ExportValue.bool(true))] : [("closedAt", .time(World.now))]
        return .object(
            [("_id", .text(id)), ("t", .text(kind)), ("ts", .time(World.now - World.day))] + open
                + [
                    ("servedBy", servedBy.map { .object([("_id", .text($0))]) } ?? .null),
                    ("departmentId", department.map { .text($0) } ?? .null),
                ]
        )
    }

    fileprivate var exportedInquiry: ExportValue? {
        inquiry.map { inquiry in
            let agent = inquiry.defaultAgent.map { [("defaultAgent", ExportValue.object([("agentId", .text($0))]))] }
            let department = inquiry.department.map { [("department", ExportValue.text($0))] }
            return .object(
                [("_id", .text("i-\(id)")), ("rid", .text(id)), ("status", .text(inquiry.status))] + (agent ?? [])
                    + (department ?? [])
            )
        }
    }

    fileprivate var exportedMembers: [ExportValue] {
        members.map { member in
            .object([
                ("_id", .text("s-\(id)-\(member.user)")), ("rid", .text(id)),
                ("u", .object([("_id", .text(member.user))])), ("ts", .time(World.now - 1)),
                ("roles", member.roles.isEmpty ? .null : texts(member.roles)), ("unread", .double(0)),
            ])
        }
    }
}

private func texts(_ values: [String]) -> ExportValue { .list(values.map { .text($0) }) }
#endif
