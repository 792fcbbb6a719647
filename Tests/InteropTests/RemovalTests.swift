import LivechatJoin
import LivechatPersistence
import Testing

extension Interop {
    /// Other programs have foreign keys off: what belongs to a removed row goes along all the same, and nobody inherits
    /// it.
    @Suite("Rows removed by others")
    struct RemovalTests {
        private static let world = """
            "roles": [{ "id": "kiosk", "restrictedTo": ["view-joined-room"] }, { "id": "night" }],
            "permissions": [{ "id": "sing", "roles": ["night"] }, { "id": "view-joined-room", "roles": ["kiosk"] }],
            "users": [
              \(Chat.user("visitor", roles: ["kiosk"])), \(Chat.user("leaver", roles: ["livechat-agent", "night"]))
            ],
            "departments": [{ "id": "support" }, { "id": "desk", "agents": ["agent0", "leaver"] }],
            "rooms": [
              { "id": "attic", "departmentId": "sales" },
              { "id": "porch", "inquiry": { "status": "queued", "departmentId": "support" } },
              { "id": "hall", "servedBy": "leaver", "inquiry": { "status": "queued", "defaultAgent": "leaver" },
                "members": [{ "userId": "agent1" }, { "userId": "leaver", "roles": ["night"] }] }
            ]
            """

        /// A row that goes, the newest of its table, so that another could get its key; and where keys to it stand.
        enum Removed: String, CaseIterable {
            case user, role, room, department, permission

            var id: String {
                switch self {
                case .user: "leaver"
                case .role: "night"
                case .room: "hall"
                case .department: "desk"
                case .permission: "sing"
                }
            }

            var references: [String] {
                switch self {
                case .user:
                    [
                        "login_token.user", "user_role.user", "department_agent.user", "membership.user",
                        "membership_role.user", "room.served_by", "inquiry.default_agent",
                    ]
                case .role: ["grant.role", "user_role.role", "membership_role.role"]
                case .room: ["inquiry.room", "membership.room", "membership_role.room"]
                case .department: ["department_agent.department"]
                case .permission: ["grant.permission"]
                }
            }

            /// Counts the rows that refer to a key, for each place.
            func count(_ key: String) -> String {
                references.map { place in
                    let parts = place.split(separator: ".")
                    return "SELECT '\(place)', count(*) FROM livechat_\(parts[0]) WHERE \(parts[1]) = \(key);"
                }
                .joined(separator: "\n")
            }
        }

        @Test("It goes with all that belongs to it, and a new row inherits nothing", arguments: Removed.allCases)
        func inherits(_ removed: Removed) async throws {
            for other in Other.allCases {
                let chat = try await Chat(agents: 3, Self.world)
                let database = try chat.open()
                #expect(await database.answer("leaver") == 200)
                let table = "livechat_\(removed.rawValue)"
                let keys = try await other.run(
                    "SELECT key FROM \(table) WHERE id = '\(removed.id)' AND key = (SELECT max(key) FROM \(table));",
                    on: chat.path
                )
                let key = try #require(keys.first)
                let counts = try await other.run(removed.count(key), on: chat.path)
                #expect(counts.allSatisfy { !$0.hasSuffix("|0") }, "there is something to take along: \(counts)")
                try await other.run(
                    """
                    DELETE FROM \(table) WHERE id = '\(removed.id)';
                    INSERT INTO \(table) (id) VALUES ('newcomer');
                    """,
                    on: chat.path
                )
                let newKeys = try await other.run("SELECT key FROM \(table) WHERE id = 'newcomer';", on: chat.path)
                let newKey = try #require(newKeys.first)
                #expect(newKey != key, "a key is never used twice")
                for key in [key, newKey] {
                    let counts = try await other.run(removed.count(key), on: chat.path)
                    #expect(counts == removed.references.map { "\($0)|0" })
                }
                #expect(try await other.run("PRAGMA foreign_key_check;", on: chat.path) == [])
                #expect(await database.answer("agent2") == 200)
                if removed == .user {
                    #expect(await database.answer("leaver") == 401)
                    #expect(await database.answer("newcomer") == 401)
                    // An event outlives what it tells of.
                    let first = "SELECT user FROM livechat_event WHERE kind = 'joined' LIMIT 1;"
                    #expect(try await chat.shell(first) == ["leaver"])
                }
                await database.close()
                try await expectSound(chat.path)
            }
        }

        /// What is refused, since its removal would let somebody in who was not, and a word of the reason.
        private static let refused = [
            ("DELETE FROM livechat_role WHERE id = 'kiosk'", "restricted"),
            ("DELETE FROM livechat_permission WHERE id = 'view-joined-room'", "restricted"),
            ("DELETE FROM livechat_department WHERE id = 'sales'", "department"),
            ("DELETE FROM livechat_department WHERE id = 'support'", "department"),
        ]

        @Test("The database itself refuses what would let somebody in", arguments: refused)
        func refuses(_ statement: String, _ reason: String) async throws {
            let chat = try await Chat(agents: 3, Self.world)
            let database = try chat.open()
            let before = try await database.dump()
            for other in Other.allCases {
                for keys in ["OFF", "ON"] {
                    do {
                        try await other.run("PRAGMA foreign_keys = \(keys); \(statement);", on: chat.path)
                        Issue.record("\(other.rawValue) has removed it")
                    } catch {
                        #expect("\(error)".contains(reason))
                    }
                }
            }
            #expect(try await database.dump() == before)
            #expect(await database.answer("agent0") == 200)
            await database.close()
            try await expectSound(chat.path)
        }

        /// What no trigger of ours sees: REPLACE removes a row without a word, and a key that was made up belongs to
        /// nobody.
        private static let dangling = [
            ("REPLACE INTO livechat_user (id) VALUES ('leaver')", "livechat_user"),
            ("INSERT INTO livechat_user_role SELECT 1000000, key FROM livechat_role LIMIT 1", "livechat_user_role"),
            ("INSERT INTO livechat_membership (room, user, joined_at) VALUES (1000000, 1, 0)", "livechat_membership"),
        ]

        @Test("Rows that refer to nothing are named by check, and let nobody in", arguments: dangling)
        func checkNames(_ statement: String, _ table: String) async throws {
            let chat = try await Chat(agents: 3, Self.world)
            let database = try chat.open()
            #expect(await database.answer("leaver") == 200)
            try await chat.shell(statement + ";")
            let findings = try await JoinDatabase.check(path: chat.path).filter { !$0.holds }
            #expect(findings.contains { $0.finding.contains(table) }, "\(findings)")
            if statement.hasPrefix("REPLACE") { #expect(await database.answer("leaver", "lobby") == 401) }
            #expect(await database.answer("agent0") == 200)
            await database.close()
        }
    }
}
