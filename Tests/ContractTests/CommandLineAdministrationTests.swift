#if CommandLine
import Foundation
import Testing

@Suite("Administration from the command line", .serialized)
struct CommandLineAdministrationTests {
    /// Everything a deed can be about, without a default role or grant.
    private static let fixture = """
        {
          "settings": { "previewRoom": false },
          "roles": [{ "id": "agent" }, { "id": "guest", "restrictedTo": ["post"] }, { "id": "lead" }],
          "permissions": [{ "id": "post" }, { "id": "view-l-room", "roles": ["agent"] }],
          "users": [
            { "id": "ann", "username": "Ann", "roles": ["agent"], "tokens": [{ "token": "anns-token" }] },
            { "id": "ben", "tokens": [{ "token": "bens-token" }, { "token": "another", "kind": "personalAccess" }] },
            { "id": "gus", "roles": ["agent", "guest"], "tokens": [{ "token": "gus-token" }] },
            { "id": "ina", "active": false, "roles": ["agent"], "tokens": [{ "token": "inas-token" }] },
            { "id": "noa", "roles": ["agent"] }
          ],
          "departments": [
            { "id": "sales", "agents": ["ben"] }, { "id": "support", "enabled": false, "agents": ["ann"] }
          ],
          "rooms": [
            { "id": "closed", "servedBy": "ann", "open": false },
            { "id": "free" },
            { "id": "held", "servedBy": "ann" },
            { "id": "joined", "members": [
              { "userId": "ann", "roles": ["lead"] }, { "userId": "ben", "joinedAt": "2026-01-02T00:00:00Z" }] },
            { "id": "public", "inquiry": { "status": "queued" } },
            { "id": "sold", "inquiry": { "status": "queued", "departmentId": "sales" } },
            { "id": "supported", "inquiry": { "status": "queued", "departmentId": "support" } }
          ]
        }
        """

    private static func inDatabase(_ body: (CommandLineProgram) async throws -> Void) async throws {
        try await CommandLineProgram.inFolder { program in
            try #require(try await program.run("migrate", "--empty", "--database", "chat.db").status == 0)
            let load = try await program.run("load", "-", "--database", "chat.db", input: fixture)
            try #require(load.status == 0, "\(load.errors)")
            try await body(program)
        }
    }

    private static func run(_ program: CommandLineProgram, _ command: String) async throws -> CommandLineProgram.Result
    {
        try await program.run(
            command.split(separator: " ").map(String.init),
            environment: ["LIVECHAT_JOIN_DATABASE": "chat.db"]
        )
    }

    // MARK: What a deed changes

    /// A deed, and the one place of a dump that it changes.
    struct Deed: Sendable, CustomTestStringConvertible {
        let command: String
        let was: String
        let becomes: String

        init(_ command: String, _ was: String, _ becomes: String) {
            self.command = command
            self.was = was
            self.becomes = becomes
        }

        var testDescription: String { command }
    }

    private static let ann = #"{"id": "ann", "username": "Ann", "active": true, "roles": ["agent"]"#
    private static let ben = #"{"id": "ben", "username": null, "active": true, "roles": []"#
    private static let lead = #"{"id": "lead", "scope": "Users", "description": null, "restrictedTo": null}"#
    private static let guest = #"{"id": "guest", "scope": "Users", "description": null, "restrictedTo": "#
    private static let sales = #"{"id": "sales", "enabled": true, "agents": ["ben"]}"#
    private static let support = #"{"id": "support", "enabled": false, "agents": ["ann"]}"#
    private static let free = room("free")

    private static func room(
        _ id: String,
        open: Bool = true,
        by: String = "null",
        department: String = "null",
        inquiry: String = "null"
    ) -> String {
        #"{"id": "\#(id)", "kind": "l", "open": \#(open), "servedBy": \#(by), "departmentId": \#(department), "#
            + #""visitorToken": null, "inquiry": \#(inquiry), "#
    }

    private static func inquiry(department: String = "null", agent: String = "null") -> String {
        #"{"status": "queued", "departmentId": \#(department), "defaultAgent": \#(agent)}"#
    }

    private static func added(_ entity: String, before next: String) -> String { entity + ",\n    " + next }

    static let deeds = [
        Deed("user set ann --username Anna", #""username": "Ann""#, #""username": "Anna""#),
        Deed("user set ann --inactive", ann, ann.replacing("true", with: "false")),
        Deed(
            "user set ina --active --username Ina",
            #"{"id": "ina", "username": null, "active": false"#,
            #"{"id": "ina", "username": "Ina", "active": true"#
        ),
        Deed("user assign ben lead", ben, ben.replacing(#""roles": []"#, with: #""roles": ["lead"]"#)),
        Deed(
            "user assign ben lead --room joined",
            #""joinedAt": "2026-01-02T00:00:00.000Z", "roles": []"#,
            #""joinedAt": "2026-01-02T00:00:00.000Z", "roles": ["lead"]"#
        ),
        Deed("user withdraw ann agent", ann, ann.replacing(#"["agent"]"#, with: "[]")),
        Deed("user withdraw ann lead --room joined", #""roles": ["lead"]"#, #""roles": []"#),
        Deed(
            "user add bea",
            ben,
            added(#"{"id": "bea", "username": null, "active": true, "roles": [], "tokens": []}"#, before: ben)
        ),
        Deed(
            "user add bea --username -b --role agent lead",
            ben,
            added(
                #"{"id": "bea", "username": "-b", "active": true, "roles": ["agent", "lead"], "tokens": []}"#,
                before: ben
            )
        ),
        Deed(
            "role add ghost",
            guest,
            added(#"{"id": "ghost", "scope": "Users", "description": null, "restrictedTo": null}"#, before: guest)
        ),
        Deed(
            "role add ghost --scope Subscriptions --description Boo",
            guest,
            added(
                #"{"id": "ghost", "scope": "Subscriptions", "description": "Boo", "restrictedTo": null}"#,
                before: guest
            )
        ),
        Deed(
            "role set lead --description Leads",
            lead,
            lead.replacing("\"description\": null", with: #""description": "Leads""#)
        ),
        Deed("role set lead --scope Subscriptions", lead, lead.replacing("Users", with: "Subscriptions")),
        Deed("role restrict guest view-l-room", guest + #"["post"]"#, guest + #"["view-l-room"]"#),
        Deed("role restrict guest view-l-room post", guest + #"["post"]"#, guest + #"["post", "view-l-room"]"#),
        Deed("role unrestrict guest", guest + #"["post"]"#, guest + "null"),
        Deed("permission grant post lead agent", #""post", "roles": []"#, #""post", "roles": ["agent", "lead"]"#),
        Deed(
            "permission revoke view-l-room agent",
            #""view-l-room", "roles": ["agent"]"#,
            #""view-l-room", "roles": []"#
        ),
        Deed(
            "permission add edit",
            #"{"id": "post","#,
            added(#"{"id": "edit", "roles": []}"#, before: #"{"id": "post","#)
        ),
        Deed("department enable support", support, support.replacing("false", with: "true")),
        Deed("department disable sales", sales, sales.replacing("true", with: "false")),
        Deed(
            "department add-agent sales ann gus",
            sales,
            sales.replacing(#"["ben"]"#, with: #"["ann", "ben", "gus"]"#)
        ),
        Deed("department remove-agent support ann ben", support, support.replacing(#"["ann"]"#, with: "[]")),
        Deed("department add rest", sales, added(#"{"id": "rest", "enabled": true, "agents": []}"#, before: sales)),
        Deed("room serve free --by ben", free, room("free", by: #""ben""#)),
        Deed("room unserve held", room("held", by: #""ann""#), room("held")),
        Deed("room open closed", room("closed", open: false, by: #""ann""#), room("closed", by: #""ann""#)),
        Deed("room close free", free, room("free", open: false)),
        Deed("room set free --department support", free, room("free", department: #""support""#)),
        Deed("room queue free", free, room("free", inquiry: inquiry())),
        Deed(
            "room queue free --department sales --default-agent ann",
            free,
            room("free", inquiry: inquiry(department: #""sales""#, agent: #""ann""#))
        ),
        Deed(
            "room queue sold",
            room("sold", inquiry: inquiry(department: #""sales""#)),
            room("sold", inquiry: inquiry())
        ),
        Deed("room dequeue public", room("public", inquiry: inquiry()), room("public")),
        Deed("room add fox", free, added(room("fox") + #""members": []}"#, before: free)),
        Deed(
            "room add fox --by ann --department sales",
            free,
            added(room("fox", by: #""ann""#, department: #""sales""#) + #""members": []}"#, before: free)
        ),
        Deed(
            "room leave joined ben",
            #", {"userId": "ben", "joinedAt": "2026-01-02T00:00:00.000Z", "roles": [], "#
                + #""open": true, "alert": false, "unread": 0}"#,
            ""
        ),
        Deed("setting preview-room on", #""previewRoom": false"#, #""previewRoom": true"#),
        Deed("setting login-expiration 1.5", #""loginExpirationDays": null"#, #""loginExpirationDays": 1.5"#),
        Deed("room remove free", free + #""members": []}"# + ",\n    ", ""),
        Deed(
            "user remove noa",
            ",\n    " + #"{"id": "noa", "username": null, "active": true, "roles": ["agent"], "tokens": []}"#,
            ""
        ),
        // Nothing to change.
        Deed("user set ann --active", ann, ann),
        Deed("user withdraw ben lead", ben, ben),
        Deed("room leave free ann", free, free),
        Deed("setting preview-room off", #""previewRoom": false"#, #""previewRoom": false"#),
    ]

    @Test("A deed changes what it says and nothing else, in silence", arguments: deeds)
    func deed(_ deed: Deed) async throws {
        try await Self.inDatabase { program in
            let before = try await Self.run(program, "dump").output
            try #require(before.ranges(of: deed.was).count == 1, "\(deed.was) is not in \(before)")
            let result = try await Self.run(program, deed.command)
            #expect(result.errors == "")
            #expect(result.output == "")
            #expect(result.status == 0)
            #expect(try await Self.run(program, "dump").output == before.replacing(deed.was, with: deed.becomes))
        }
    }

    // MARK: What a deed cures

    /// A join that is refused, and the commands after which it is not.
    struct Cure: Sendable, CustomTestStringConvertible {
        let user: String
        let token: String
        let room: String
        let commands: [String]

        init(_ user: String, _ token: String, _ room: String, _ commands: String...) {
            self.user = user
            self.token = token
            self.room = room
            self.commands = commands
        }

        var testDescription: String { commands.joined(separator: "; ") }
    }

    static let cures = [
        Cure("ina", "inas-token", "free", "user set ina --active", "room serve free --by ina"),
        Cure("ben", "bens-token", "joined", "user assign ben agent"),
        Cure("ben", "bens-token", "joined", "user assign ben lead", "permission grant view-l-room lead"),
        Cure("gus", "gus-token", "free", "user withdraw gus guest", "room serve free --by gus"),
        Cure("gus", "gus-token", "free", "role unrestrict guest", "room serve free --by gus"),
        Cure("ann", "anns-token", "free", "room serve free --by ann"),
        Cure("ann", "anns-token", "closed", "room open closed"),
        Cure("ann", "anns-token", "public", "setting preview-room on"),
        Cure("ann", "anns-token", "sold", "department add-agent sales ann", "setting preview-room on"),
        Cure("ann", "anns-token", "supported", "department enable support", "setting preview-room on"),
    ]

    private static func join(
        _ program: CommandLineProgram,
        _ user: String,
        _ token: String,
        _ room: String
    ) async throws
        -> String
    {
        let arguments = ["join", "--user", user, "--token", "-", "--room", room, "--database", "chat.db"]
        return String(try await program.run(arguments, input: token).output.prefix(3))
    }

    @Test("After the commands the join is answered 200, and not before the last", arguments: cures)
    func cure(_ cure: Cure) async throws {
        try await Self.inDatabase { program in
            for command in cure.commands {
                #expect(try await Self.join(program, cure.user, cure.token, cure.room) != "200")
                let result = try await Self.run(program, command)
                #expect(result.status == 0)
            }
            #expect(try await Self.join(program, cure.user, cure.token, cure.room) == "200")
        }
    }

    /// The part of an explanation that says what would let the user in.
    private struct Explanation: Decodable {
        struct Remedy: Decodable {
            var commands: [[String]]
        }

        var admits: [Remedy]
    }

    @Test(
        "Every set of commands that explain proposes lets the user in",
        arguments: [
            ("ann", "anns-token", "supported"), ("ben", "bens-token", "sold"), ("gus", "gus-token", "closed"),
            ("ina", "inas-token", "free"), ("noa", "", "public"),
        ]
    )
    func explained(_ user: String, _ token: String, _ room: String) async throws {
        var proposed: [[[String]]] = []
        try await Self.inDatabase { program in
            let json = try await Self.run(program, "explain --user \(user) --room \(room) --json").output
            proposed = try JSONDecoder().decode(Explanation.self, from: Data(json.utf8)).admits.map(\.commands)
        }
        #expect(!proposed.isEmpty)
        for commands in proposed {
            try await Self.inDatabase { program in
                var token = token
                for command in commands {
                    let result = try await program.run(command + ["--database", "chat.db"])
                    #expect(result.status == 0, "\(command): \(result.errors)")
                    if command.first == "token" { token = String(result.output.dropLast()) }
                }
                #expect(try await Self.join(program, user, token, room) == "200", "\(commands)")
            }
        }
    }

    // MARK: Tokens

    /// What was issued: the token and its line of a dump.
    private static func issue(
        _ program: CommandLineProgram,
        _ options: String
    ) async throws -> (token: String, kind: String, created: Double, expires: Double?) {
        let result = try await run(program, "token issue cem" + options)
        #expect(result.errors == "")
        try #require(result.status == 0)
        let pattern = #/^([A-Za-z0-9_-]{43})\n$/#
        let token = try #require(try pattern.wholeMatch(in: result.output)).1
        let dump = try JSONSerialization.jsonObject(with: Data(try await run(program, "dump").output.utf8))
        let users = try #require((dump as? [String: Any])?["users"] as? [[String: Any]])
        let tokens = try #require(users.first { $0["id"] as? String == "cem" }?["tokens"] as? [[String: Any]])
        try #require(tokens.count == 1)
        func seconds(_ key: String) throws -> Double? {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            return try (tokens[0][key] as? String).map { try style.parse($0).timeIntervalSince1970 }
        }
        return (
            String(token), try #require(tokens[0]["kind"] as? String), try #require(try seconds("createdAt")),
            try seconds("expiresAt")
        )
    }

    @Test(
        "token issue prints a token that lets its user in, for as long as it says",
        arguments: [
            ("", "login", nil),
            (" --kind login --expires-in 90s", "login", 90),
            (" --kind personal-access", "personalAccess", nil),
            (" --expires-in 45m", "login", 2_700),
            (" --kind personal-access --expires-in 12h", "personalAccess", 43_200),
            (" --expires-in 30d", "login", 2_592_000),
        ] as [(String, String, Double?)]
    )
    func issue(_ options: String, _ kind: String, _ lifetime: Double?) async throws {
        try await Self.inDatabase { program in
            try #require(try await Self.run(program, "user add cem --role agent").status == 0)
            try #require(try await Self.run(program, "room serve free --by cem").status == 0)
            let start = (Date().timeIntervalSince1970 * 1_000).rounded(.down) / 1_000
            let issued = try await Self.issue(program, options)
            #expect(issued.kind == kind)
            #expect((issued.expires == nil) == (lifetime == nil))
            if let lifetime, let expires = issued.expires {
                // The expiry is counted from a moment between the start of the command and the token's creation; the
                // margin is for what a Double rounds away.
                #expect(expires >= start + lifetime - 0.001)
                #expect(expires <= issued.created + lifetime + 0.001)
            }
            #expect(try await Self.join(program, "cem", issued.token, "free") == "200")
        }
    }

    @Test("token revoke takes one token or all of them")
    func revoke() async throws {
        try await Self.inDatabase { program in
            for token in ["bens-token", "another"] {
                #expect(try await Self.join(program, "ben", token, "joined") == "403")
            }
            let digest = try #require(
                try await Self.run(program, "dump").output.firstMatch(
                    of: #/"hashedToken": "([^"]*)", "createdAt": "[^"]*", "expiresAt": null, "kind": "personalAccess"/#
                )
            ).1
            let one = try await Self.run(program, "token revoke ben --digest \(digest)")
            #expect((one.status, one.output, one.errors) == (0, "", ""))
            #expect(try await Self.join(program, "ben", "another", "joined") == "401")
            #expect(try await Self.join(program, "ben", "bens-token", "joined") == "403")
            let again = try await Self.run(program, "token revoke ben --digest \(digest)")
            #expect(again.status == 1)
            #expect(
                again.errors == "livechat-join: user \"ben\" has no token with this digest: look at `token list`\n"
            )
            let all = try await Self.run(program, "token revoke ben --all")
            #expect((all.status, all.output, all.errors) == (0, "", ""))
            #expect(try await Self.join(program, "ben", "bens-token", "joined") == "401")
            #expect(try await Self.join(program, "ann", "anns-token", "joined") == "200")
        }
    }

    @Test("A raw token in the place of a digest is not shown")
    func rawToken() async throws {
        try await Self.inDatabase { program in
            let result = try await Self.run(program, "token revoke ben --digest bens-token")
            #expect(result.status == 64)
            #expect(!result.errors.contains("bens-token"))
            #expect(
                result.errors.hasPrefix(
                    "Error: --digest is not a digest: it has 44 characters of base64, as `token list` shows it.\n"
                )
            )
            #expect(try await Self.join(program, "ben", "bens-token", "joined") == "403")
        }
    }

    // MARK: Members

    @Test("room members lists who is in a room")
    func members() async throws {
        try await Self.inDatabase { program in
            let table = try await Self.run(program, "room members joined").output.split(separator: "\n")
            #expect(table.count == 3)
            #expect(table.first?.split(separator: " ") == ["USER", "JOINED", "ROLES"])
            #expect(table.last?.split(separator: " ") == ["ben", "2026-01-02T00:00:00.000Z", "-"])
            let json = try await Self.run(program, "room members joined --json").output
            let ben = #"{"userId":"ben","joinedAt":"2026-01-02T00:00:00.000Z","roles":[]}"#
            let lines = json.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.hasPrefix(#"{"userId":"ann","joinedAt":""#) == true)
            #expect(lines.first?.hasSuffix(#"Z","roles":["lead"]}"#) == true)
            #expect(lines.last.map(String.init) == ben)
            let nobody = try await Self.run(program, "room members free")
            #expect((nobody.status, nobody.output, nobody.errors) == (0, "USER  JOINED  ROLES\n", ""))
            let second = try await Self.run(program, "room members joined --json --after ann --limit 1").output
            #expect(second == ben + "\n")
            #expect(try await Self.run(program, "room members joined --json --after ben").output == "")
            #expect(try await Self.run(program, "room members joined --json --limit 1").output == "\(lines[0])\n")
        }
    }

    @Test("room add-member makes a member without a join, once, and says who did it")
    func addMember() async throws {
        try await Self.inDatabase { program in
            for _ in 1...2 {
                #expect(try await Self.run(program, "room add-member closed ben --by mia").status == 0)
            }
            let members = try await Self.run(program, "room members closed --json").output
            #expect(members.hasPrefix(#"{"userId":"ben","joinedAt":""#) && members.hasSuffix(#"Z","roles":[]}"# + "\n"))
            let events = try await Self.run(program, "events --kind memberAdded").output
            #expect(events.split(separator: "\n").count == 1)
            #expect(events.contains(#""roomId":"closed","userId":"ben","by":"mia""#))
        }
    }

    // MARK: What is refused

    @Test(
        "What does not exist, or exists already, is 1 and one line, and changes nothing",
        arguments: [
            ("user add ann", #"there is a user "ann" already"#),
            ("user add bea --role x", #"there is no role "x""#),
            ("user set x --active", #"there is no user "x""#),
            ("user set x --username y", #"there is no user "x""#),
            ("user remove x", #"there is no user "x""#),
            ("role remove x", #"there is no role "x""#),
            ("permission remove x", #"there is no permission "x""#),
            ("department remove x", #"there is no department "x""#),
            ("room remove x", #"there is no room "x""#),
            (
                "role remove guest",
                #"the role "guest" is not removed: 1 user holds this restricted role; withdraw it from them first"#
            ),
            (
                "permission remove post",
                #"the permission "post" is not removed: 1 role is restricted to it; "#
                    + "restrict them to something else first"
            ),
            (
                "department remove sales",
                #"the department "sales" is not removed: 1 room or its inquiry belongs to it; move them first"#
            ),
            ("user assign x agent", #"there is no user "x""#),
            ("user assign ann x", #"there is no role "x""#),
            ("user assign ann lead --room x", #"there is no room "x""#),
            ("user assign ann lead --room free", #"user "ann" is not a member of room "free""#),
            ("user withdraw x agent", #"there is no user "x""#),
            ("user withdraw ann lead --room x", #"there is no room "x""#),
            ("role add agent", #"there is a role "agent" already"#),
            ("role set x --scope Users", #"there is no role "x""#),
            ("role set x --description y", #"there is no role "x""#),
            ("role restrict guest x view-l-room", #"there is no permission "x""#),
            ("role unrestrict x", #"there is no role "x""#),
            ("permission add post", #"there is a permission "post" already"#),
            (
                "permission grant agent post",
                #"there is no permission "agent": the permission comes first, then its roles"#
            ),
            (
                "permission revoke x agent",
                #"there is no permission "x": the permission comes first, then its roles"#
            ),
            ("permission grant post lead x", #"there is no role "x""#),
            ("permission revoke view-l-room agent x", #"there is no role "x""#),
            ("department add sales", #"there is a department "sales" already"#),
            ("department enable x", #"there is no department "x""#),
            ("department disable x", #"there is no department "x""#),
            ("department add-agent sales ann x", #"there is no user "x""#),
            ("department remove-agent sales ben x", #"there is no user "x""#),
            ("room add free", #"there is a room "free" already"#),
            (
                "room add r --by x",
                #"there is no user "x": --by names the agent here, and --actor says who acts"#
            ),
            ("room set free --department x", #"there is no department "x""#),
            ("room open x", #"there is no room "x""#),
            ("room close x", #"there is no room "x""#),
            (
                "room serve free --by x",
                #"there is no user "x": --by names the agent here, and --actor says who acts"#
            ),
            ("room serve x --by ann", #"there is no room "x""#),
            ("room unserve x", #"there is no room "x""#),
            ("room queue free --department x", #"there is no department "x""#),
            ("room queue free --default-agent x", #"there is no user "x""#),
            ("room dequeue x", #"there is no room "x""#),
            ("room members x", #"there is no room "x""#),
            ("room add-member x ann", #"there is no room "x""#),
            ("room add-member free x", #"there is no user "x""#),
            ("room leave x ann", #"there is no room "x""#),
            ("room leave free x", #"there is no user "x""#),
            ("token issue x", #"there is no user "x""#),
            ("token revoke x --all", #"there is no user "x""#),
        ]
    )
    func refused(_ command: String, _ line: String) async throws {
        try await Self.inDatabase { program in
            let before = try await Self.run(program, "dump").output
            let result = try await Self.run(program, command)
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors == "livechat-join: \(line)\n")
            #expect(try await Self.run(program, "dump").output == before)
        }
    }

    private static let lifetime =
        "It is a whole number from 1 on of days, hours, minutes or seconds: 30d, 12h, 45m or 90s."
    private static let long = String(repeating: "x", count: 257)

    @Test(
        "Wrong usage is 64, says what is wrong, and changes nothing",
        arguments: [
            ("user set ann", "Say what to set: --username, --active or --inactive."),
            ("user assign ann", "Missing expected argument '<role>'"),
            ("user add \(long)", "The value '\(long)' is invalid for '<user>': It has 257 bytes, an id has 1 to 256."),
            (
                "room serve free --by \(long)",
                "The value '\(long)' is invalid for '--by <user>': It has 257 bytes, an id has 1 to 256."
            ),
            ("role set lead", "Say what to set: --description or --scope."),
            (
                "role add r --scope Rooms",
                "The value 'Rooms' is invalid for '--scope <scope>'. Please provide one of 'Users' and 'Subscriptions'."
            ),
            ("role restrict guest", "Missing expected argument '<permission> ...'"),
            ("permission grant post", "Missing expected argument '<role> ...'"),
            ("department add-agent sales", "Missing expected argument '<user> ...'"),
            ("room serve free", "Missing expected argument '--by <user>'"),
            ("room set free", "Missing expected argument '--department <department>'"),
            ("token issue ann --expires-in 30", "The value '30' is invalid for '--expires-in <duration>': \(lifetime)"),
            ("token issue ann --expires-in 0d", "The value '0d' is invalid for '--expires-in <duration>': \(lifetime)"),
            ("token issue ann --expires-in d", "The value 'd' is invalid for '--expires-in <duration>': \(lifetime)"),
            (
                "token issue ann --expires-in 1e1d",
                "The value '1e1d' is invalid for '--expires-in <duration>': \(lifetime)"
            ),
            (
                "token issue ann --kind personalAccess",
                "The value 'personalAccess' is invalid for '--kind <kind>'. "
                    + "Please provide one of 'login' and 'personal-access'."
            ),
            ("token revoke ann", "Say what to revoke: --digest, which `token list` shows, or --all."),
            ("token revoke ann --all --digest x", "Say what to revoke: --digest, which `token list` shows, or --all."),
            (
                "setting preview-room yes",
                "The value 'yes' is invalid for '<value>'. Please provide one of 'on' and 'off'."
            ),
            ("setting login-expiration 0", "It is a number of days greater than 0."),
            ("setting login-expiration inf", "It is a number of days greater than 0."),
        ]
    )
    func usage(_ command: String, _ text: String) async throws {
        try await Self.inDatabase { program in
            let before = try await Self.run(program, "dump").output
            let result = try await Self.run(program, command)
            #expect(result.status == 64)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix("Error: \(text)\n"), "\(result.errors)")
            #expect(try await Self.run(program, "dump").output == before)
        }
    }
}
#endif
