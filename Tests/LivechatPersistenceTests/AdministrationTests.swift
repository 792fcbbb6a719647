import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("Administration", .serialized)
struct AdministrationTests {
    /// One call and what it changes in the dump.
    struct Call: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: [String]
        let run: @Sendable (JoinDatabase) async throws -> Void

        init(_ name: String, _ changes: [String], _ run: @escaping @Sendable (JoinDatabase) async throws -> Void) {
            testDescription = name
            self.changes = changes
            self.run = run
        }
    }

    private static let second = #"{"id": "second", "username": null, "active": true, "roles": ["livechat-agent"], "#
    private static let secondTokens =
        #""tokens": [{"hashedToken": "\#(LivechatToken("raw-second").digest.base64)", "#
        + #""createdAt": "2026-01-01T00:00:00.000Z", "expiresAt": null, "kind": "login"}]}"#
    private static let room =
        #"{"id": "unserved", "kind": "l", "open": true, "servedBy": null, "departmentId": null, "#
        + #""visitorToken": null, "inquiry": null, "members": []}"#
    private static let queued =
        #"{"id": "public", "kind": "l", "open": true, "servedBy": null, "departmentId": null, "#
        + #""visitorToken": null, "inquiry": {"status": "queued", "departmentId": null, "defaultAgent": null}, "#
        + #""members": []}"#
    private static let member =
        #"{"id": "joined", "kind": "l", "open": true, "servedBy": null, "#
        + #""departmentId": null, "visitorToken": null, "inquiry": null, "members": [{"userId": "agent", "#
        + #""joinedAt": "2026-01-01T12:00:00.000Z", "roles": ["owner"]}]}"#
    private static let sales = #"{"id": "sales", "enabled": true, "agents": ["agent"]}"#
    private static let sing = #"{"id": "sing", "roles": []}"#
    private static let talk = #"{"id": "idle-talk", "roles": ["night"]}"#
    private static let trainee = #"{"id": "trainee", "scope": "Users", "description": null, "restrictedTo": null}"#

    /// The line with one thing in place of another.
    private static func changed(_ line: String, _ old: String, _ new: String) -> [String] {
        ["-" + line, "+" + line.replacing(old, with: new)]
    }

    static let calls: [Call] = [
        Call(
            "addUser",
            [#"+{"id": "x", "username": "xan", "active": false, "roles": ["night", "trainee"], "tokens": []}"#]
        ) {
            try await $0.addUser(
                LivechatUser(id: id("x"), username: "xan", isActive: false),
                roles: [id("trainee"), id("night")]
            )
        },
        Call("setUser isActive", changed(second + secondTokens, #""active": true"#, #""active": false"#)) {
            try await $0.setUser(id("second"), isActive: false)
        },
        Call("setUser username", changed(second + secondTokens, #""username": null"#, #""username": "sue""#)) {
            try await $0.setUser(id("second"), username: "sue")
        },
        Call("setUser username nil", []) { try await $0.setUser(id("second"), username: nil) },
        Call("assign", changed(second + secondTokens, #"["livechat-agent"]"#, #"["livechat-agent", "night"]"#)) {
            try await $0.assign(id("night"), to: id("second"))
        },
        Call("assign again", []) { try await $0.assign(id("livechat-agent"), to: id("second")) },
        Call("assign in a room", changed(member, #"["owner"]"#, #"["night", "owner"]"#)) {
            try await $0.assign(id("night"), to: id("agent"), in: id("joined"))
        },
        Call("assign in a room again", []) { try await $0.assign(id("owner"), to: id("agent"), in: id("joined")) },
        Call("withdraw", changed(second + secondTokens, #"["livechat-agent"]"#, "[]")) {
            try await $0.withdraw(id("livechat-agent"), from: id("second"))
        },
        Call("withdraw what is not there", []) { try await $0.withdraw(id("night"), from: id("second")) },
        Call("withdraw in a room", changed(member, #"["owner"]"#, "[]")) {
            try await $0.withdraw(id("owner"), from: id("agent"), in: id("joined"))
        },
        Call("withdraw in a room of nobody's", []) {
            try await $0.withdraw(id("owner"), from: id("second"), in: id("joined"))
        },
        Call(
            "addToken in place of the same",
            changed(
                second + secondTokens,
                #"00.000Z", "expiresAt": null"#,
                #"00.000Z", "expiresAt": "1970-01-01T00:00:00.007Z""#
            )
        ) {
            let created = LivechatTimestamp(milliseconds: 1_767_225_600_000)
            let record = LivechatTokenRecord(createdAt: created, expiresAt: LivechatTimestamp(milliseconds: 7))
            try await $0.addToken(LivechatToken("raw-second"), for: id("second"), record)
        },
        Call(
            "addToken of another kind",
            changed(second + secondTokens, #""kind": "login""#, #""kind": "personalAccess""#)
        ) {
            let created = LivechatTimestamp(milliseconds: 1_767_225_600_000)
            try await $0.addToken(
                LivechatToken("raw-second"),
                for: id("second"),
                LivechatTokenRecord(kind: .personalAccess, createdAt: created)
            )
        },
        Call("revokeToken", ["-" + second + secondTokens, "+" + second + #""tokens": []}"#]) {
            let wasStored = try await $0.revokeToken(LivechatToken("raw-second").digest, of: id("second"))
            #expect(wasStored)
        },
        Call("revokeToken of another user", []) {
            let wasStored = try await $0.revokeToken(LivechatToken("raw-second").digest, of: id("agent"))
            #expect(!wasStored)
        },
        Call("revokeTokens", ["-" + second + secondTokens, "+" + second + #""tokens": []}"#]) {
            try await $0.revokeTokens(of: id("second"))
        },
        Call(
            "addRole",
            [#"+{"id": "x", "scope": "Subscriptions", "description": "d", "restrictedTo": ["idle-talk", "sing"]}"#]
        ) {
            try await $0.addRole(
                LivechatRole(
                    id: id("x"),
                    scope: .subscriptions,
                    description: "d",
                    restrictedTo: [id("sing"), id("idle-talk")]
                )
            )
        },
        Call("restrict", changed(trainee, #""restrictedTo": null"#, #""restrictedTo": ["sing"]"#)) {
            try await $0.restrict(id("trainee"), to: [id("idle-talk")])
            try await $0.restrict(id("trainee"), to: [id("sing")])
        },
        Call("restrict to nothing", []) {
            try await $0.restrict(id("trainee"), to: [id("sing")])
            try await $0.restrict(id("trainee"), to: [])
        },
        Call("addPermission", [#"+{"id": "x", "roles": []}"#]) { try await $0.addPermission(id("x")) },
        Call("grant", changed(sing, "[]", #"["trainee"]"#)) { try await $0.grant(id("sing"), to: id("trainee")) },
        Call("grant again", []) { try await $0.grant(id("idle-talk"), to: id("night")) },
        Call("revoke", changed(talk, #"["night"]"#, "[]")) { try await $0.revoke(id("idle-talk"), from: id("night")) },
        Call("revoke what is not granted", []) { try await $0.revoke(id("sing"), from: id("night")) },
        Call("setPreviewRoom", changed(settings, "true", "false")) { try await $0.setPreviewRoom(false) },
        Call("setLoginExpiration", changed(settings, "Days\": null", "Days\": 1.5")) {
            try await $0.setLoginExpiration(days: 1.5)
        },
        Call("setLoginExpiration to what is no number", []) {
            try await $0.setLoginExpiration(days: 3)
            try await $0.setLoginExpiration(days: .infinity)
        },
        Call("setLoginExpiration to nil", []) {
            try await $0.setLoginExpiration(days: 3)
            try await $0.setLoginExpiration(days: nil)
        },
        Call("addDepartment", [#"+{"id": "x", "enabled": false, "agents": ["agent", "second"]}"#]) {
            try await $0.addDepartment(id("x"), isEnabled: false, agents: [id("second"), id("agent"), id("agent")])
        },
        Call("setDepartment", changed(sales, "true", "false")) {
            try await $0.setDepartment(id("sales"), isEnabled: false)
        },
        Call("addAgent", changed(sales, #"["agent"]"#, #"["agent", "second"]"#)) {
            try await $0.addAgent(id("second"), to: id("sales"))
        },
        Call("addAgent again", []) { try await $0.addAgent(id("agent"), to: id("sales")) },
        Call("removeAgent", changed(sales, #"["agent"]"#, "[]")) {
            try await $0.removeAgent(id("agent"), from: id("sales"))
        },
        Call("removeAgent who is none", []) { try await $0.removeAgent(id("second"), from: id("sales")) },
        Call(
            "addRoom",
            [
                #"+{"id": "x", "kind": "l", "open": false, "servedBy": "agent", "departmentId": "sales", "#
                    + #""visitorToken": "v", "inquiry": null, "members": []}"#
            ]
        ) {
            try await $0.addRoom(
                LivechatRoom(
                    id: id("x"),
                    isOpen: false,
                    servedBy: id("agent"),
                    departmentID: id("sales"),
                    visitorToken: LivechatVisitorToken("v"),
                    membersCount: 9
                )
            )
        },
        Call("setRoom isOpen", changed(room, #""open": true"#, #""open": false"#)) {
            try await $0.setRoom(id("unserved"), isOpen: false)
        },
        Call("setRoom servedBy", changed(room, #""servedBy": null"#, #""servedBy": "second""#)) {
            try await $0.setRoom(id("unserved"), servedBy: id("second"))
        },
        Call("setRoom department", changed(room, #""departmentId": null"#, #""departmentId": "sales""#)) {
            try await $0.setRoom(id("unserved"), department: id("sales"))
        },
        Call(
            "queueInquiry",
            changed(
                room,
                #""inquiry": null"#,
                #""inquiry": {"status": "queued", "departmentId": "sales", "defaultAgent": "second"}"#
            )
        ) {
            try await $0.queueInquiry(of: id("unserved"), department: id("sales"), defaultAgent: id("second"))
        },
        Call("queueInquiry in place of another", []) {
            try await $0.queueInquiry(of: id("public"), department: id("sales"), defaultAgent: id("second"))
            try await $0.queueInquiry(of: id("public"))
        },
        Call("setInquiry", changed(queued, #""queued""#, #""taken""#)) {
            try await $0.setInquiry(of: id("public"), status: "taken")
        },
        Call(
            "removeInquiry",
            changed(queued, #"{"status": "queued", "departmentId": null, "defaultAgent": null}"#, "null")
        ) {
            try await $0.removeInquiry(of: id("public"))
        },
        Call("removeInquiry of none", []) { try await $0.removeInquiry(of: id("unserved")) },
        Call("leave", ["-" + member, "+" + member.prefix { $0 != "[" } + "[]}"]) {
            let wasMember = try await $0.leave(id("joined"), id("agent"))
            #expect(wasMember)
            let isMember = try await $0.leave(id("joined"), id("agent"))
            #expect(!isMember)
        },
    ]

    private static let settings = #""settings": {"previewRoom": true, "loginExpirationDays": null}"#

    @Test("Each call changes what it says, and nothing else", arguments: calls)
    func change(_ call: Call) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try await database.dumpLines()
        try await call.run(database)
        #expect(difference(before, try await database.dumpLines()) == call.changes)
        #expect(try await database.events(after: 0) == [])
        await database.close()
    }

    @Test("A member who leaves goes with the roles and the count, and stays in the log")
    func leave() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        _ = try await database.join("agent", "public")
        _ = try await database.join("second", "public")
        try await database.assign(id("owner"), to: id("agent"), in: id("public"))
        try await database.setRoom(id("public"), isOpen: false)
        let events = try await database.events(after: 0)
        #expect(try await database.leave(id("public"), id("agent")))
        #expect(
            try temporary.rows(
                "SELECT count(*) FROM livechat_room JOIN livechat_membership ON room = key WHERE id = 'public'"
            ) == [["1"]]
        )
        #expect(
            try temporary.rows("SELECT id FROM livechat_membership_role JOIN livechat_room ON key = room")
                == [["joined"]]
        )
        #expect(try await !database.leave(id("public"), id("agent")))
        #expect(
            try temporary.rows(
                "SELECT count(*) FROM livechat_room JOIN livechat_membership ON room = key WHERE id = 'public'"
            ) == [["1"]]
        )
        #expect(try await database.events(after: 0) == events)
        #expect(events.count == 2)
        try await database.setRoom(id("public"), isOpen: true)
        #expect(try await database.join("agent", "public") == .joined(.queuedInPublic))
        #expect(try await database.events(after: 2).map(\.sequence) == [3])
        await database.close()
    }

    @Test("An issued token is 43 characters, unlike any other, and opens the door")
    func issue() async throws {
        let temporary = try TemporaryDatabase()
        let clock = worldClock()
        let database = try await temporary.openWorld(clock: clock.wallClock)
        let service = JoinService(store: DryRun(database: database), clock: clock.wallClock)
        var tokens: Set<String> = []
        for _ in 0..<20 {
            let issued = try await database.issueToken(for: id("new"))
            let digest = issued.token.digest
            let raw = issued.reveal()
            #expect(raw.utf8.count == 43)
            #expect(
                raw.utf8.allSatisfy {
                    $0 == 0x2d || $0 == 0x5f || Character(Unicode.Scalar($0)).isLetter
                        || Character(Unicode.Scalar($0)).isNumber
                }
            )
            #expect(LivechatToken(raw).digest == digest)
            tokens.insert(raw)
        }
        #expect(tokens.count == 20)
        let raw = try #require(tokens.first)
        let request = JoinRequest(userID: "new", token: raw, roomID: "served-by-new")
        #expect(try await service.join(request) == .joined(.serving))
        clock.advance(by: .seconds(90 * 86_400))
        #expect(try await service.join(request) == .refused(.notLoggedIn(.expired)))
        let personal = try await database.issueToken(for: id("new"), kind: .personalAccess).reveal()
        let brief = try await database.issueToken(
            for: id("new"),
            kind: .personalAccess,
            expiresAt: LivechatTimestamp(milliseconds: clock.now.milliseconds + 1)
        ).reveal()
        clock.advance(by: .milliseconds(1))
        let briefly = JoinRequest(userID: "new", token: brief, roomID: "served-by-new")
        #expect(try await service.join(briefly) == .refused(.notLoggedIn(.expired)))
        clock.advance(by: .seconds(900 * 86_400))
        let forever = JoinRequest(userID: "new", token: personal, roomID: "served-by-new")
        #expect(try await service.join(forever) == .joined(.serving))
        await database.close()
    }
}

extension AdministrationTests {
    @Test("An expiry beyond what a fixture can write is its last moment", arguments: [Int64.max, .min])
    func never(_ milliseconds: Int64) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: #"{"users":[{"id":"u"}]}"#)
        let never = LivechatTimestamp(milliseconds: milliseconds)
        let record = LivechatTokenRecord(createdAt: never, expiresAt: never)
        try await database.addToken(LivechatToken("t"), for: LivechatUserID("u"), record)
        let dump = try await database.dump()
        try await database.load(fixture: dump)
        #expect(try await database.dump() == dump)
        await database.close()
    }
}
