import LivechatPermissions
import LivechatTokens
import LivechatValues
import Testing

@Suite("C5: permissions")
struct EffectivePermissionsTests {
    static let view = LivechatPermissionID(stored: "view-l-room")
    static let close = LivechatPermissionID(stored: "close-room")
    static let never = LivechatPermissionID(stored: "granted-to-nobody")
    static let agent = LivechatRoleID(stored: "livechat-agent")
    static let manager = LivechatRoleID(stored: "livechat-manager")
    static let guest = LivechatRoleID(stored: "guest")
    static let bot = LivechatRoleID(stored: "bot")

    /// Agents may view, managers view and close; guests may at most close, bots at most view.
    static let table = GrantTable(
        roles: [view: [agent, manager, guest], close: [manager]],
        restrictions: [guest: [close], bot: [view]]
    )

    struct Row: CustomTestStringConvertible {
        let roles: [LivechatRoleID]
        let permission: LivechatPermissionID
        let decision: PermissionDecision

        var testDescription: String { "\(roles) \(permission)" }
    }

    static let rows = [
        Row(roles: [], permission: view, decision: .notGranted),
        Row(roles: [agent], permission: view, decision: .granted(by: agent)),
        Row(roles: [agent], permission: close, decision: .notGranted),
        Row(roles: [agent, manager], permission: close, decision: .granted(by: manager)),
        Row(roles: [agent, manager], permission: view, decision: .granted(by: agent)),
        Row(roles: [agent, agent], permission: view, decision: .granted(by: agent)),
        Row(roles: [agent], permission: never, decision: .notGranted),
        Row(roles: [agent], permission: LivechatPermissionID(stored: "unknown"), decision: .notGranted),
        Row(roles: [LivechatRoleID(stored: "unknown")], permission: view, decision: .notGranted),
        Row(roles: [LivechatRoleID(stored: "Livechat-Agent")], permission: view, decision: .notGranted),
        // A restriction beats every grant, also the role's own.
        Row(roles: [guest], permission: view, decision: .restricted(by: guest)),
        Row(roles: [guest, agent, manager], permission: view, decision: .restricted(by: guest)),
        // A restriction grants nothing.
        Row(roles: [guest], permission: close, decision: .notGranted),
        Row(roles: [guest, agent], permission: close, decision: .notGranted),
        Row(roles: [guest, manager], permission: close, decision: .granted(by: manager)),
        Row(roles: [bot, manager], permission: view, decision: .granted(by: manager)),
        Row(roles: [bot, manager], permission: close, decision: .restricted(by: bot)),
        Row(roles: [bot, manager], permission: never, decision: .restricted(by: bot)),
        // Two restrictions leave what is in both: here nothing.
        Row(roles: [bot, guest, manager], permission: view, decision: .restricted(by: guest)),
        Row(roles: [bot, guest, manager], permission: close, decision: .restricted(by: bot)),
    ]

    @Test("Every row", arguments: rows)
    func row(_ row: Row) {
        let permissions = EffectivePermissions(roles: row.roles, grants: Self.table)
        #expect(permissions.decide(row.permission) == row.decision)
        var isGranted = false
        if case .granted = row.decision { isGranted = true }
        #expect(permissions.holds(row.permission) == isGranted)
    }

    @Test("The order and the number of the roles are irrelevant", arguments: rows)
    func order(_ row: Row) {
        for roles in [Array(row.roles.reversed()), row.roles.sorted(), row.roles + row.roles] {
            let permissions = EffectivePermissions(roles: roles, grants: Self.table)
            #expect(permissions.decide(row.permission) == row.decision)
            #expect(permissions.roles == Set(row.roles).sorted())
        }
    }

    @Test("An empty restriction restricts nothing")
    func emptyRestriction() {
        let table = GrantTable(roles: [Self.view: [Self.agent]], restrictions: [Self.agent: []])
        #expect(EffectivePermissions(roles: [Self.agent], grants: table).holds(Self.view))
    }

    @Test("A restriction of a role that the user does not have is nothing to the user")
    func foreignRestriction() {
        #expect(EffectivePermissions(roles: [Self.agent], grants: Self.table).holds(Self.view))
    }

    @Test("All of nothing holds, any of nothing does not")
    func empty() {
        for roles in [[], [Self.agent], [Self.guest]] {
            let permissions = EffectivePermissions(roles: roles, grants: Self.table)
            #expect(permissions.holds(all: []))
            #expect(!permissions.holds(any: []))
        }
    }

    @Test("All and any")
    func allAndAny() {
        let agent = EffectivePermissions(roles: [Self.agent], grants: Self.table)
        #expect(agent.holds(all: [Self.view]))
        #expect(!agent.holds(all: [Self.view, Self.close]))
        #expect(!agent.holds(all: [Self.close, Self.view]))
        #expect(agent.holds(any: [Self.view, Self.close]))
        #expect(agent.holds(any: [Self.close, Self.view]))
        #expect(!agent.holds(any: [Self.close, Self.never]))
        let manager = EffectivePermissions(roles: [Self.manager], grants: Self.table)
        #expect(manager.holds(all: [Self.view, Self.close]))
        #expect(!manager.holds(all: [Self.view, Self.close, Self.never]))
    }

    @Test("Ids that look the same are different roles and permissions")
    func bytes() {
        let table = GrantTable(roles: [LivechatPermissionID(stored: "caf\u{E9}"): [LivechatRoleID(stored: "r\u{E9}")]])
        let composed = EffectivePermissions(roles: [LivechatRoleID(stored: "r\u{E9}")], grants: table)
        let decomposed = EffectivePermissions(roles: [LivechatRoleID(stored: "re\u{301}")], grants: table)
        #expect(composed.holds(LivechatPermissionID(stored: "caf\u{E9}")))
        #expect(!composed.holds(LivechatPermissionID(stored: "cafe\u{301}")))
        #expect(!decomposed.holds(LivechatPermissionID(stored: "caf\u{E9}")))
    }

    /// Every grant table and every restriction over two roles and two permissions, for every set of roles.
    @Test("C5 in full over a small world")
    func exhaustive() {
        let roles = [LivechatRoleID(stored: "a"), LivechatRoleID(stored: "b")]
        let permissions = [LivechatPermissionID(stored: "p"), LivechatPermissionID(stored: "q")]
        func subset<Element: Hashable>(_ elements: [Element], _ bits: Int) -> Set<Element> {
            Set(elements.indices.filter { bits >> $0 & 1 == 1 }.map { elements[$0] })
        }
        for grants in 0..<16 {
            // 4 stands for no restriction at all, 0 for an empty one.
            for restrictions in 0..<25 {
                let granted = [permissions[0]: subset(roles, grants & 3), permissions[1]: subset(roles, grants >> 2)]
                var restricted: [LivechatRoleID: Set<LivechatPermissionID>] = [:]
                for (role, bits) in zip(roles, [restrictions % 5, restrictions / 5]) where bits < 4 {
                    restricted[role] = subset(permissions, bits)
                }
                let table = GrantTable(roles: granted, restrictions: restricted)
                for bits in 0..<4 {
                    let held = subset(roles, bits)
                    let effective = EffectivePermissions(roles: held, grants: table)
                    for permission in permissions {
                        var expected = false
                        for role in held where granted[permission]?.contains(role) == true { expected = true }
                        for role in held {
                            if let only = restricted[role], !only.isEmpty, !only.contains(permission) {
                                expected = false
                            }
                        }
                        if effective.holds(permission) != expected {
                            Issue.record("grants \(grants), restrictions \(restrictions), \(held), \(permission)")
                        }
                    }
                }
            }
        }
    }

    @Test("The permissions and scopes are spelled as the contract spells them")
    func spelling() {
        #expect(LivechatPermissionID.viewLivechatRoom.string == "view-l-room")
        #expect(LivechatPermissionID.viewLivechatRooms.string == "view-livechat-rooms")
        #expect(
            LivechatPermissionID.viewRoomClosedByAnotherAgent.string == "view-livechat-room-closed-by-another-agent"
        )
        #expect(
            LivechatPermissionID.viewRoomClosedInSameDepartment.string == "view-livechat-room-closed-same-department"
        )
        #expect(LivechatRole.Scope.allCases.map(\.rawValue) == ["Users", "Subscriptions"])
    }
}
