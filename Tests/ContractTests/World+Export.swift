#if Import
import ImportTesting
import LivechatJoin

@testable import Specification

/// The server's version that an export is of: what its documents have besides, and what stands beside them.
enum ExportEra: Int, CaseIterable, Sendable {
    case three = 3
    case four, five, six, seven, eight

    /// Visitors were once kept among the users.
    var visitors: [ExportValue] {
        self > .three ? [] : [.object([("_id", .text("a-visitor")), ("type", .text("visitor"))])]
    }

    /// A role that was added there has had an id of its own since 4.0.
    func name(ofRole id: String) -> String { self < .four ? id : "the \(id)" }

    /// What an inquiry was called that somebody had taken.
    func status(_ status: String) -> String { self < .four && status == "taken" ? "open" : status }

    /// Units are kept among the departments.
    var units: [ExportValue] {
        self < .four ? [] : [.object([("_id", .text("a-unit")), ("type", .text("u")), ("enabled", .bool(true))])]
    }

    /// Permissions of single settings, which everybody may have.
    var settingsPermissions: [ExportValue] {
        [
            .object([
                ("_id", .text("change-setting-Site_Url")), ("level", .text("settings")), ("roles", texts(["admin"])),
            ])
        ]
    }

    var ofRoom: [(String, ExportValue)] {
        var fields: [(String, ExportValue)] = [("usersCount", .number(2)), ("msgs", .number(7))]
        if self >= .four { fields.append(("departmentAncestors", texts(["a-unit"]))) }
        if self >= .seven { fields.append(("v", .object([("activity", texts(["2026-11"]))]))) }
        if self >= .eight { fields.append(("abacAttributes", .list([.object([("key", .text("team"))])]))) }
        return fields
    }

    /// Calls, which are no livechat rooms.
    var calls: [ExportValue] {
        self < .six ? [] : [.object([("_id", .text("a-call")), ("t", .text("v")), ("open", .bool(true))])]
    }

    /// A unit's inquiry would be one of the public queue without its department.
    func inquiry(in rooms: [World.Room]) -> [ExportValue] {
        guard self >= .four, let room = rooms.first(where: { $0.inquiry == nil }) else { return [] }
        return [
            .object([
                ("_id", .text("i-of-a-unit")), ("rid", .text(room.id)), ("status", .text("queued")),
                ("department", .text("a-unit")),
            ])
        ]
    }

    /// Federation invites, which is no membership.
    func invitations(_ world: World) -> [ExportValue] {
        guard self >= .eight else { return [] }
        return world.rooms.flatMap { room in
            world.users.filter { user in !room.members.contains { $0.user == user.id } }.map { user in
                .object([
                    ("_id", .text("invited-\(room.id)-\(user.id)")), ("rid", .text(room.id)),
                    ("u", .object([("_id", .text(user.id))])), ("status", .text("INVITED")),
                ])
            }
        }
    }
}

extension ExportEra: Comparable {
    static func < (one: ExportEra, other: ExportEra) -> Bool { one.rawValue < other.rawValue }
}

extension World {
    /// Writes the world as the collections of a server.
    ///
    /// What those cannot say, a token's own expiry and a role's restriction, must not be in it.
    func write(to export: WrittenExport, _ dialect: ExportDialect, _ era: ExportEra) throws {
        let control = ExportValue.object([
            ("_id", .text("control")), ("version", .number(era.rawValue * 40)), ("locked", .bool(false)),
        ])
        try export.write([control], to: "migrations", dialect)
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
            ExportValue.object([
                ("_id", .text(role.id)), ("name", .text(era.name(ofRole: role.id))), ("scope", .text(role.scope)),
            ])
        }
        try export.write(roles, to: "rocketchat_roles", dialect)
        let permissions = self.permissions.sorted { $0.key < $1.key }.map { permission, roles in
            ExportValue.object([("_id", .text(permission)), ("roles", texts(roles))])
        }
        try export.write(permissions + era.settingsPermissions, to: "rocketchat_permissions", dialect)
        try export.write(users.map(\.exported) + era.visitors, to: "users", dialect)
        let departments = self.departments.map { department in
            ExportValue.object([("_id", .text(department.id)), ("enabled", .bool(department.enabled))])
        }
        try export.write(departments + era.units, to: "rocketchat_livechat_department", dialect)
        let agents = self.departments.flatMap { department in
            department.agents.map { agent in
                ExportValue.object([
                    ("_id", .text("\(department.id)-\(agent)")), ("agentId", .text(agent)),
                    ("departmentId", .text(department.id)), ("departmentEnabled", .bool(!department.enabled)),
                ])
            }
        }
        try export.write(agents, to: "rocketchat_livechat_department_agents", dialect)
        try export.write(rooms.map { $0.exported(era) } + era.calls, to: "rocketchat_room", dialect)
        let inquiries = rooms.compactMap { $0.exportedInquiry(era) }
        try export.write(inquiries + era.inquiry(in: rooms), to: "rocketchat_livechat_inquiry", dialect)
        let subscriptions = rooms.flatMap(\.exportedMembers)
        try export.write(subscriptions + era.invitations(self), to: "rocketchat_subscription", dialect)
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
    fileprivate func exported(_ era: ExportEra) -> ExportValue {
        // Closing removes the field.
        let open = open ? [("open", ExportValue.bool(true))] : [("closedAt", .time(World.now))]
        return .object(
            [("_id", .text(id)), ("t", .text(kind)), ("ts", .time(World.now - World.day))] + open
                + [
                    ("servedBy", servedBy.map { .object([("_id", .text($0))]) } ?? .null),
                    ("departmentId", department.map { .text($0) } ?? .null),
                ] + era.ofRoom
        )
    }

    fileprivate func exportedInquiry(_ era: ExportEra) -> ExportValue? {
        inquiry.map { inquiry in
            let agent = inquiry.defaultAgent.map { [("defaultAgent", ExportValue.object([("agentId", .text($0))]))] }
            let department = inquiry.department.map { [("department", ExportValue.text($0))] }
            return .object(
                [("_id", .text("i-\(id)")), ("rid", .text(id)), ("status", .text(era.status(inquiry.status)))]
                    + (agent ?? [])
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
