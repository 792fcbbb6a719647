import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import LivechatSQLite
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
        + #""joinedAt": "2026-01-01T12:00:00.000Z", "roles": ["owner"], "open": true, "alert": false, "#
        + #""unread": 0}]}"#
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
        Call("assign", changed(second + secondTokens, #"["livechat-agent"]"#, #"["livechat-agent", "night"]"#)) {
            try await $0.assign(id("night"), to: id("second"))
        },
        Call("assign in a room", changed(member, #"["owner"]"#, #"["night", "owner"]"#)) {
            try await $0.assign(id("night"), to: id("agent"), in: id("joined"))
        },
        Call("withdraw", changed(second + secondTokens, #"["livechat-agent"]"#, "[]")) {
            try await $0.withdraw(id("livechat-agent"), from: id("second"))
        },
        Call("withdraw in a room", changed(member, #"["owner"]"#, "[]")) {
            try await $0.withdraw(id("owner"), from: id("agent"), in: id("joined"))
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
        Call("setRole", changed(trainee, #""Users", "description": null"#, #""Subscriptions", "description": "d""#)) {
            try await $0.setRole(id("trainee"), scope: .subscriptions)
            try await $0.setRole(id("trainee"), description: "d")
        },
        Call("restrict", changed(trainee, #""restrictedTo": null"#, #""restrictedTo": ["sing"]"#)) {
            try await $0.restrict(id("trainee"), to: [id("idle-talk")])
            try await $0.restrict(id("trainee"), to: [id("sing")])
        },
        Call("unrestrict", []) {
            try await $0.restrict(id("trainee"), to: [id("sing")])
            try await $0.unrestrict(id("trainee"))
        },
        Call("addPermission", [#"+{"id": "x", "roles": []}"#]) { try await $0.addPermission(id("x")) },
        Call("grant", changed(sing, "[]", #"["trainee"]"#)) { try await $0.grant(id("sing"), to: [id("trainee")]) },
        Call("revoke", changed(talk, #"["night"]"#, "[]")) {
            try await $0.revoke(id("idle-talk"), from: [id("night")])
        },
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
        Call("disable", changed(sales, "true", "false")) {
            try await $0.disable(id("sales"))
        },
        Call("addAgents", changed(sales, #"["agent"]"#, #"["agent", "second"]"#)) {
            try await $0.addAgents([id("second")], to: id("sales"))
        },
        Call("removeAgents", changed(sales, #"["agent"]"#, "[]")) {
            try await $0.removeAgents([id("agent")], from: id("sales"))
        },
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
        Call("closeRoom", changed(room, #""open": true"#, #""open": false"#)) {
            try await $0.closeRoom(id("unserved"))
        },
        Call("serve", changed(room, #""servedBy": null"#, #""servedBy": "second""#)) {
            try await $0.serve(id("unserved"), by: id("second"))
        },
        Call("setRoom department", changed(room, #""departmentId": null"#, #""departmentId": "sales""#)) {
            try await $0.setRoom(id("unserved"), department: id("sales"))
        },
        Call(
            "queue",
            changed(
                room,
                #""inquiry": null"#,
                #""inquiry": {"status": "queued", "departmentId": "sales", "defaultAgent": "second"}"#
            )
        ) {
            try await $0.queue(id("unserved"), department: id("sales"), defaultAgent: id("second"))
        },
        Call("queue in place of another", []) {
            try await $0.queue(id("public"), department: id("sales"), defaultAgent: id("second"))
            try await $0.queue(id("public"))
        },
        Call(
            "dequeue",
            changed(queued, #"{"status": "queued", "departmentId": null, "defaultAgent": null}"#, "null")
        ) {
            try await $0.dequeue(id("public"))
        },
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
        await database.close()
    }

    @Test("Calls that find everything as it should be change nothing")
    func repeated() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try await database.dump()
        let observer = try temporary.connect(.readOnly)
        let version = try observer.integer("PRAGMA data_version")
        try await JoinStoreContract.repeatCalls(database)
        #expect(try observer.integer("PRAGMA data_version") == version)
        #expect(try await database.dump() == before)
        await database.close()
    }

    @Test("An issued token is 43 characters, unlike any other, and its digest is stored")
    func issue() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        var tokens: Set<String> = []
        for _ in 0..<20 {
            let issued = try await database.issueToken(for: id("new"))
            let digest = issued.token.digest
            let raw = issued.reveal()
            #expect(raw.utf8.count == 43)
            #expect(raw.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil)
            #expect(LivechatToken(raw).digest == digest)
            #expect(try await database.revokeToken(digest, of: id("new")))
            tokens.insert(raw)
        }
        #expect(tokens.count == 20)
        await database.close()
    }
}

extension AdministrationTests {
    @Test("An expiry beyond what a fixture can write is its last moment", arguments: [Int64.max, .min])
    func never(_ milliseconds: Int64) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: #"{"users":[{"id":"u"}]}"#)
        let never = LivechatTimestamp(milliseconds: milliseconds)
        // A fixture has no token that was made in the future.
        let record = LivechatTokenRecord(createdAt: min(never, LivechatClock.system.now), expiresAt: never)
        try await database.addToken(LivechatToken("t"), for: LivechatUserID("u"), record)
        let dump = try await database.dump()
        try await database.load(fixture: dump)
        #expect(try await database.dump() == dump)
        await database.close()
    }
}
