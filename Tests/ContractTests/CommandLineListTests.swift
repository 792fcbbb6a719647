#if CommandLine
import Foundation
import LivechatSQLite
import Testing

@Suite("Lists from the command line (contract C14, C15)", .serialized)
struct CommandLineListTests {
    /// Something in every column.
    static let fixture = """
        {
          "settings": { "previewRoom": true },
          "roles": [
            { "id": "agent", "description": "Answers visitors" }, { "id": "guest", "restrictedTo": ["post"] },
            { "id": "lead", "scope": "Subscriptions" }
          ],
          "permissions": [{ "id": "post", "roles": ["lead"] }, { "id": "view-l-room", "roles": ["agent", "lead"] }],
          "users": [
            { "id": "-r", "roles": ["agent"] },
            { "id": "ann", "username": "Ann A", "roles": ["agent"], "tokens": [
              { "token": "one", "createdAt": "2026-01-01T00:00:00Z" },
              { "token": "two", "kind": "personalAccess", "createdAt": "2026-01-02T00:00:00Z" }] },
            { "id": "ben", "roles": ["agent", "guest"] },
            { "id": "ina", "active": false, "roles": ["agent"] }
          ],
          "departments": [
            { "id": "sales", "agents": ["ben", "ann"] }, { "id": "support", "enabled": false, "agents": ["ann"] }
          ],
          "rooms": [
            { "id": "closed", "open": false, "servedBy": "ann", "departmentId": "support", "visitorToken": "secret" },
            { "id": "direct", "kind": "d", "servedBy": "ann" },
            { "id": "joined", "members": [
              { "userId": "ann", "roles": ["lead"], "joinedAt": "2026-01-02T00:00:00Z" },
              { "userId": "ben", "joinedAt": "2026-01-02T00:00:00Z" }] },
            { "id": "public", "inquiry": { "status": "queued" } },
            { "id": "sold", "inquiry": { "status": "queued", "departmentId": "sales", "defaultAgent": "-r" } }
          ]
        }
        """

    private static let twoDigest = "P8TM/nRYcOLA2Z9x8w/wZWyN7dQcwdfT03aw2+aF4vM="
    private static let oneDigest = "dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0="

    /// A command, and exactly what it prints.
    static let rows: [(String, String)] = [
        (
            "user list",
            """
            ID   ACTIVE  USERNAME  ROLES
            -r   yes     -         agent
            ann  yes     "Ann A"   agent
            ben  yes     -         agent, guest
            ina  no      -         agent

            """
        ),
        (
            "user list --json --after ann --limit 1",
            """
            {"id":"ben","username":null,"active":true,"roles":["agent","guest"],"roomRoles":[],"departments":["sales"],\
            "tokensCount":0}

            """
        ),
        ("user list --after -r --limit 1", "ID   ACTIVE  USERNAME  ROLES\nann  yes     \"Ann A\"   agent\n"),
        ("user list --after zoe", "ID  ACTIVE  USERNAME  ROLES\n"),
        (
            "user show ann",
            """
            id           ann
            username     "Ann A"
            active       yes
            roles        agent
            room roles   lead in joined
            departments  sales, support
            tokens       2

            """
        ),
        (
            "user show ann --json",
            """
            {"id":"ann","username":"Ann A","active":true,"roles":["agent"],\
            "roomRoles":[{"roomId":"joined","roles":["lead"]}],"departments":["sales","support"],"tokensCount":2}

            """
        ),
        ("user show ann --permissions", "PERMISSION   ROLES\nview-l-room  agent\n"),
        (
            "user show ann --permissions --json --after post --limit 3",
            #"{"permissionId":"view-l-room","roles":["agent"]}"# + "\n"
        ),
        ("user show ann --permissions --after view-l-room", "PERMISSION  ROLES\n"),
        // The restriction of guests leaves out what agents are granted.
        ("user show ben --permissions", "PERMISSION  ROLES\n"),
        (
            "role list",
            """
            ID     SCOPE          PERMISSIONS  RESTRICTED TO  DESCRIPTION
            agent  Users          1            -              "Answers visitors"
            guest  Users          0            1              -
            lead   Subscriptions  2            -              -

            """
        ),
        (
            "role list --json --after agent",
            """
            {"id":"guest","scope":"Users","description":null,"restrictedTo":["post"],"permissions":[]}
            {"id":"lead","scope":"Subscriptions","description":null,"restrictedTo":null,\
            "permissions":["post","view-l-room"]}

            """
        ),
        (
            "role show lead",
            """
            id             lead
            scope          Subscriptions
            description    -
            restricted to  -
            permissions    post, view-l-room

            """
        ),
        ("permission list", "ID           ROLES\npost         lead\nview-l-room  agent, lead\n"),
        ("permission show post", "id                post\nroles             lead\nrestricted to it  guest\n"),
        ("permission show post --json", #"{"id":"post","roles":["lead"],"restrictedRoles":["guest"]}"# + "\n"),
        ("permission who view-l-room", "USER  ROLES\n-r    agent\nann   agent\nina   agent\n"),
        (
            "permission who view-l-room --room joined --json --limit 2",
            #"{"userId":"-r","roles":["agent"]}"# + "\n" + #"{"userId":"ann","roles":["agent","lead"]}"# + "\n"
        ),
        ("department list", "ID       ENABLED  AGENTS\nsales    yes      2\nsupport  no       1\n"),
        (
            "department show sales --json",
            #"{"id":"sales","enabled":true,"agents":["ann","ben"]}"# + "\n"
        ),
        (
            "room list",
            """
            ID      KIND  OPEN  SERVED BY  DEPARTMENT  INQUIRY                 MEMBERS
            closed  l     no    ann        support     -                       0
            direct  d     yes   ann        -           -                       0
            joined  l     yes   -          -           -                       2
            public  l     yes   -          -           queued                  0
            sold    l     yes   -          -           queued in sales for -r  0

            """
        ),
        (
            "room list --json --after direct --limit 2",
            """
            {"id":"joined","kind":"l","open":true,"servedBy":null,"departmentId":null,"inquiry":null,"membersCount":2}
            {"id":"public","kind":"l","open":true,"servedBy":null,"departmentId":null,\
            "inquiry":{"status":"queued","departmentId":null,"defaultAgent":null},"membersCount":0}

            """
        ),
        (
            "room show closed",
            """
            id          closed
            kind        l
            open        no
            served by   ann
            department  support
            inquiry     -
            members     0

            """
        ),
        (
            "room show sold --json",
            """
            {"id":"sold","kind":"l","open":true,"servedBy":null,"departmentId":null,\
            "inquiry":{"status":"queued","departmentId":"sales","defaultAgent":"-r"},"membersCount":0}

            """
        ),
        (
            "token list ann",
            """
            DIGEST                                        KIND             CREATED                   EXPIRES
            \(twoDigest)  personal-access  2026-01-02T00:00:00.000Z  never
            \(oneDigest)  login            2026-01-01T00:00:00.000Z  2026-04-01T00:00:00.000Z

            """
        ),
        (
            "token list ann --json",
            """
            {"hashedToken":"\(twoDigest)","kind":"personalAccess",\
            "createdAt":"2026-01-02T00:00:00.000Z","expiresAt":null}
            {"hashedToken":"\(oneDigest)","kind":"login",\
            "createdAt":"2026-01-01T00:00:00.000Z","expiresAt":"2026-04-01T00:00:00.000Z"}

            """
        ),
        (
            "token list ann --json --limit 1 --after \(twoDigest)",
            #"{"hashedToken":"\#(oneDigest)","kind":"login","createdAt":"2026-01-01T00:00:00.000Z","#
                + #""expiresAt":"2026-04-01T00:00:00.000Z"}"# + "\n"
        ),
        ("token list ann --after \(oneDigest)", "DIGEST  KIND  CREATED  EXPIRES\n"),
        ("token list ben", "DIGEST  KIND  CREATED  EXPIRES\n"),
        ("setting show", "preview-room      on\nlogin-expiration  90 days, since none is set\n"),
        ("setting show --json", #"{"previewRoom":true,"loginExpirationDays":null}"# + "\n"),
        ("who --room sold", "USER  ACCESS\n-r    default-agent\nann   department-agent\n"),
        (
            "who --room sold --json",
            #"{"userId":"-r","access":"default-agent"}"# + "\n" + #"{"userId":"ann","access":"department-agent"}"#
                + "\n"
        ),
        ("who --room public --json --after -r", #"{"userId":"ann","access":"public-queue"}"# + "\n"),
        ("who --room closed", "USER  ACCESS\n"),
        ("where --user ann", "ROOM    ACCESS\njoined  member\npublic  public-queue\nsold    department-agent\n"),
        ("where --user -r --json --limit 1", #"{"roomId":"public","access":"public-queue"}"# + "\n"),
        ("where --user ina", "ROOM  ACCESS\n"),
    ]

    @Test("Each prints exactly what there is")
    func lists() async throws {
        try await Self.inDatabase { program in
            for (command, output) in Self.rows {
                let result = try await program.run(command.split(separator: " ").map(String.init), environment: chat)
                #expect(result.output == output, "\(command)")
                #expect(result.errors == "", "\(command)")
                #expect(result.status == 0, "\(command)")
            }
        }
    }

    @Test(
        "What is not there is an error",
        arguments: [
            ("user show zoe", #"there is no user "zoe""#), ("user show zoe --permissions", #"there is no user "zoe""#),
            ("role show zoe", #"there is no role "zoe""#), ("permission show zoe", #"there is no permission "zoe""#),
            ("permission who zoe", #"there is no permission "zoe""#),
            ("permission who post --room zoe", #"there is no room "zoe""#),
            ("department show zoe", #"there is no department "zoe""#), ("room show zoe", #"there is no room "zoe""#),
            ("token list zoe", #"there is no user "zoe""#), ("where --user zoe", #"there is no user "zoe""#),
            ("who --room zoe", #"there is no livechat room "zoe""#),
            ("who --room direct", #"there is no livechat room "direct""#),
        ]
    )
    func missing(_ command: String, _ error: String) async throws {
        try await Self.inDatabase { program in
            let result = try await program.run(command.split(separator: " ").map(String.init), environment: chat)
            #expect(result.errors == "livechat-join: \(error)\n")
            #expect(result.output == "")
            #expect(result.status == 1)
        }
    }

    @Test("A database that cannot be read is one line, and not one of a log as well")
    func unreadable() async throws {
        try await Self.inDatabase { program in
            let path = program.folder.appendingPathComponent("chat.db").path
            let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 5_000))
            try connection.execute(
                """
                PRAGMA foreign_keys = OFF;
                INSERT INTO livechat_user_role SELECT key, 1000000 FROM livechat_user WHERE id = 'ann';
                """
            )
            try connection.close()
            let result = try await program.run(["user", "show", "ann", "--permissions"], environment: chat)
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix("livechat-join: "))
            #expect(result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
        }
    }

    @Test(
        "Wrong usage is 64",
        arguments: ["user list --limit 0", "user show ann --limit 1", "who", "where", "user list --after", "user show"]
    )
    func usage(_ command: String) async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run(command.split(separator: " ").map(String.init), environment: chat)
            #expect(result.status == 64)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix("Error: "))
        }
    }

    @Test("A list that is longer than what is read at a time has no gap")
    func long() async throws {
        // So many that who and where look at everything.
        let ids = (0..<2_203).map { "user-\($0)" }.sorted()
        let users = ids.map { #"{"id":"\#($0)","roles":["livechat-agent"]}"# }.joined(separator: ",")
        let rooms = ids.map { #"{"id":"\#($0)","inquiry":{"status":"queued"}}"# }.joined(separator: ",")
        let fixture = #"{"settings":{"previewRoom":true},"users":[\#(users)],"rooms":[\#(rooms)]}"#
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase(fixture)
            for (command, key) in [
                ("user list --json", "id"), ("who --room user-7 --json", "userId"),
                ("where --user user-7 --json", "roomId"), ("room list --json", "id"),
            ] {
                let result = try await program.run(command.split(separator: " ").map(String.init), environment: chat)
                let lines = result.output.split(separator: "\n")
                #expect(lines.count == ids.count)
                #expect(zip(lines, ids).allSatisfy { $0.hasPrefix(#"{"\#(key)":"\#($1)","#) }, "\(command)")
            }
            let some = try await program.run(
                ["who", "--room", "user-7", "--limit", "501", "--json"],
                environment: chat
            )
            #expect(some.output.split(separator: "\n").count == 501)
        }
    }

    private static func inDatabase(_ body: (CommandLineProgram) async throws -> Void) async throws {
        try await CommandLineProgram.inFolder { program in
            try #require(try await program.run("migrate", "--empty", "--database", "chat.db").status == 0)
            let load = try await program.run("load", "-", "--database", "chat.db", input: fixture)
            try #require(load.status == 0, "\(load.errors)")
            try await body(program)
        }
    }
}

private let chat = ["LIVECHAT_JOIN_DATABASE": "chat.db"]
#endif
