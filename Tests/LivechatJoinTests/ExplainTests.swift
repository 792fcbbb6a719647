import LivechatJoinTesting
import Testing

@testable import LivechatJoin

@Suite("C13: why, and what would let the user in")
struct ExplainTests {
    static let now = LivechatTimestamp(milliseconds: 1_767_312_000_000)
    static let user = LivechatUserID(stored: "u")
    static let room = LivechatRoomID(stored: "r")
    static let department = LivechatDepartmentID(stored: "d")
    static let agent = LivechatRoleID(stored: "livechat-agent")
    static let manager = LivechatRoleID(stored: "livechat-manager")
    static let boss = LivechatRoleID(stored: "boss")
    static let guest = LivechatRoleID(stored: "guest")
    static let valid = [LivechatToken("a").digest: LivechatTokenRecord(createdAt: now)]
    static let expired = [
        LivechatToken("a").digest: LivechatTokenRecord(createdAt: now, expiresAt: LivechatTimestamp(milliseconds: 0))
    ]

    /// Agents may view livechat rooms, bosses all of them; guests are restricted to nothing that helps.
    static func situation(_ change: (inout Situation) -> Void = { _ in }) -> Situation {
        let view = LivechatPermissionID.viewLivechatRoom
        let other = LivechatPermissionID(stored: "other")
        var situation = Situation(
            person: Situation.Person(id: user, tokens: valid, roles: [agent]),
            place: Situation.Place(id: room),
            grants: Situation.Grants(
                roles: [agent, boss, guest, manager],
                permissions: [view, LivechatPermissionID.viewLivechatRooms, other],
                table: GrantTable(
                    roles: [view: [agent, boss], LivechatPermissionID.viewLivechatRooms: [boss]],
                    restrictions: [guest: [other]]
                )
            )
        )
        change(&situation)
        return situation
    }

    static func explain(
        _ situation: Situation,
        token: String? = nil,
        profile: JoinProfile = .documented,
        others: [Situation.Person] = []
    ) throws -> JoinExplanation {
        let digest = token.map { LivechatToken($0).digest }
        let explainer = Explainer(user: user, room: room, digest: digest, profile: profile, at: now)
        return try explainer.explain(situation) { body in
            for other in others where try !body(other) { return }
        }
    }

    /// Facts, the answer, and the remedies as lines of commands, each with how many others it lets in.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let situation: Situation
        let decidedBy: JoinStep
        let remedies: [String]

        init(_ name: String, _ step: JoinStep, _ remedies: [String], _ change: (inout Situation) -> Void) {
            testDescription = name
            situation = ExplainTests.situation(change)
            decidedBy = step
            self.remedies = remedies
        }
    }

    static let queue = Situation.Inquiry(
        status: "queued",
        department: Situation.Department(id: department, isEnabled: false)
    )

    static let rows = [
        Row(
            "no way in",
            .access,
            ["room serve r --by u", "user assign u boss", "permission grant view-livechat-rooms livechat-agent"]
        ) {
            _ in
        },
        Row("serves the room", .join, []) { $0.place?.servedBy = user },
        Row(
            "another serves it",
            .access,
            ["user assign u boss", "room serve r --by u", "permission grant view-livechat-rooms livechat-agent"]
        ) { $0.place?.servedBy = LivechatUserID("other") },
        Row("no such user", .authenticate, []) { $0.person = nil },
        Row("no such room", .find, []) { $0.place = nil },
        Row("another kind", .find, []) { $0.place?.kind = "p" },
        Row("not active", .authenticate, ["user set u --active"]) {
            $0.place?.servedBy = user
            $0.person?.isActive = false
        },
        Row("no token", .authenticate, ["token issue u"]) {
            $0.place?.servedBy = user
            $0.person?.tokens = [:]
        },
        Row("an expired token, not active", .authenticate, ["user set u --active + token issue u"]) {
            $0.place?.servedBy = user
            $0.person?.tokens = expired
            $0.person?.isActive = false
        },
        Row("no permission", .authorize, ["user assign u livechat-agent", "user assign u boss"]) {
            $0.place?.servedBy = user
            $0.person?.roles = []
        },
        Row("a restricted role", .authorize, ["user withdraw u guest"]) {
            $0.place?.servedBy = user
            $0.person?.roles = [agent, guest]
        },
        Row("closed", .open, ["room open r"]) {
            $0.place?.servedBy = user
            $0.place?.isOpen = false
        },
        Row(
            "waits in the public queue",
            .access,
            [
                "room serve r --by u", "user assign u boss", "setting preview-room on",
                "permission grant view-livechat-rooms livechat-agent",
            ]
        ) { $0.place?.inquiry = Situation.Inquiry(status: "queued") },
        Row(
            "waits in a disabled department of another",
            .access,
            [
                "room serve r --by u", "user assign u livechat-manager", "user assign u boss",
                "permission grant view-livechat-rooms livechat-agent",
                "department add-agent d u + department enable d",
            ]
        ) {
            $0.place?.inquiry = queue
            $0.previewsQueue = true
        },
        Row(
            "its inquiry is taken",
            .access,
            [
                "room serve r --by u", "user assign u boss", "permission grant view-livechat-rooms livechat-agent",
            ]
        ) {
            $0.place?.inquiry = Situation.Inquiry(status: "taken")
            $0.previewsQueue = true
        },
    ]

    @Test("The smallest cures, the narrowest first", arguments: rows)
    func remedies(_ row: Row) throws {
        let explanation = try Self.explain(row.situation)
        #expect(explanation.decidedBy == row.decidedBy)
        let said = explanation.admits.map { $0.commands.map { $0.joined(separator: " ") }.joined(separator: " + ") }
        #expect(said == row.remedies)
        #expect((explanation.response.status == 200) == (row.decidedBy == .join))
    }

    @Test("Steps behind the one that decides say what they would do; where there is nothing to ask, nothing")
    func verdicts() throws {
        func verdicts(_ change: (inout Situation) -> Void) throws -> [String] {
            try Self.explain(Self.situation(change)).steps.map { "\($0.step) \($0.verdict)" }
        }
        #expect(
            try verdicts { $0.person?.isActive = false } == [
                "authenticate refused", "limit wouldPass", "validate wouldPass", "authorize wouldPass",
                "find wouldPass", "open wouldPass", "rules notReached", "access wouldRefuse", "join notReached",
            ]
        )
        #expect(
            try verdicts { $0.place = nil } == [
                "authenticate passed", "limit passed", "validate passed", "authorize passed", "find refused",
                "open notReached", "rules notReached", "access notReached", "join notReached",
            ]
        )
        #expect(
            try verdicts { $0.person = nil } == [
                "authenticate refused", "limit wouldPass", "validate wouldPass", "authorize notReached",
                "find wouldPass", "open wouldPass", "rules notReached", "access notReached", "join notReached",
            ]
        )
        let eight = try Self.explain(Self.situation { $0.person?.roles = [] }, profile: .rocketChat8)
        #expect(eight.steps.map(\.step) == DecisionOrder.rocketChat8.steps)
        #expect(eight.steps[1].verdict == .refused && eight.steps[2].verdict == .wouldPass)
    }

    @Test("A rule of the host's that refuses decides, and has no cure")
    func rule() throws {
        let refusal = JoinRule.Refusal(code: "error-hours", reason: "the shop is closed")
        let explanation = try Explainer(user: Self.user, room: Self.room, at: Self.now, ruleRefusal: refusal)
            .explain(Self.situation()) { _ in }
        #expect(explanation.decidedBy == .rules)
        #expect(explanation.steps.first { $0.step == .rules }?.reason == "error-hours: the shop is closed")
        #expect(explanation.steps.first { $0.step == .access }?.verdict == .wouldRefuse)
        #expect(explanation.admits.isEmpty)
        let without = try Explainer(user: Self.user, room: Self.room, at: Self.now, hasRules: false)
            .explain(Self.situation { $0.place?.servedBy = Self.user }) { _ in }
        #expect(
            without.steps.first { $0.step == .rules }?.reason
                == "no rules here; a host's own rules run only in the host"
        )
    }

    @Test("A token that is given is the one that is asked about")
    func token() throws {
        let serving = Self.situation { $0.place?.servedBy = Self.user }
        #expect(try Self.explain(serving, token: "a").decidedBy == .join)
        let wrong = try Self.explain(serving, token: "b")
        #expect(wrong.decidedBy == .authenticate)
        #expect(wrong.steps[0].reason == "active; the token is none of this user's")
        #expect(wrong.admits.map(\.commands) == [[["token", "issue", "u"]]])
    }

    @Test("A user whom the host has logged in needs no token")
    func verified() throws {
        let tokenless = Self.situation {
            $0.person?.tokens = [:]
            $0.place?.servedBy = Self.user
        }
        func explain(_ situation: Situation) throws -> JoinExplanation {
            try Explainer(user: Self.user, room: Self.room, isVerified: true, at: Self.now).explain(situation) { _ in }
        }
        #expect(try Self.explain(tokenless).decidedBy == .authenticate)
        let joins = try explain(tokenless)
        #expect(joins.decidedBy == .join && joins.steps[0].reason == "active")
        var inactive = tokenless
        inactive.person?.isActive = false
        let refused = try explain(inactive)
        #expect(refused.decidedBy == .authenticate)
        #expect(refused.admits.map(\.commands) == [[["user", "set", "u", "--active"]]])
    }

    @Test("Who else would be let in is counted, up to 1,000, and not who can join already or is not active")
    func alsoAffects() throws {
        let others = (0..<1_200).map { number in
            Situation.Person(
                id: LivechatUserID(stored: "o\(number)"),
                isActive: number >= 10,
                roles: number < 1_100 ? [Self.agent] : [Self.boss]
            )
        }
        let waiting = Self.situation { $0.place?.inquiry = Situation.Inquiry(status: "queued") }
        func affected(_ others: [Situation.Person]) throws -> [String: Int] {
            let remedies = try Self.explain(waiting, others: others).admits
            return Dictionary(
                uniqueKeysWithValues: remedies.map { ($0.commands[0].joined(separator: " "), $0.alsoAffects) }
            )
        }
        let few = try affected(Array(others.prefix(30)) + others.suffix(5))
        #expect(few["setting preview-room on"] == 20)
        #expect(few["room serve r --by u"] == 0)
        #expect(few["permission grant view-livechat-rooms livechat-agent"] == 20)
        #expect(try affected(others)["setting preview-room on"] == 1_000)
    }

    @Test("The explanation as JSON")
    func json() throws {
        let explanation = try Self.explain(
            Self.situation {
                $0.place?.isOpen = false
                $0.place?.servedBy = Self.user
            }
        )
        #expect(
            explanation.json == """
                {"user":"u","room":"r","profile":"documented","at":"2026-01-02T00:00:00.000Z",\
                "outcome":{"step":"open","status":400,"body":{"success":false,"error":"room-closed"}},\
                "steps":[{"step":"authenticate","verdict":"passed","reason":"active; 1 of 1 tokens is valid"},\
                {"step":"limit","verdict":"passed","reason":"asking why is not limited"},\
                {"step":"validate","verdict":"passed","reason":"roomId is one string"},\
                {"step":"authorize","verdict":"passed","reason":"view-l-room is granted to livechat-agent"},\
                {"step":"find","verdict":"passed","reason":"it is a livechat room"},\
                {"step":"open","verdict":"refused","reason":"it is closed"},\
                {"step":"rules","verdict":"notReached","reason":""},\
                {"step":"access","verdict":"wouldPass","reason":"the user serves the room"},\
                {"step":"join","verdict":"notReached","reason":""}],\
                "permission":{"name":"view-l-room","held":true,"roles":["livechat-agent"],\
                "grantedBy":["livechat-agent"],"restrictedBy":[]},\
                "access":[{"rule":"member","holds":false,"reason":"not a member"},\
                {"rule":"view-livechat-rooms","holds":false,\
                "reason":"view-livechat-rooms is granted to none of livechat-agent"},\
                {"rule":"serving","holds":true,"reason":"serves the room"},\
                {"rule":"default-agent","holds":false,"reason":"the room has no inquiry"},\
                {"rule":"department-agent","holds":false,"reason":"the room has no inquiry"},\
                {"rule":"public-queue","holds":false,"reason":"the room has no inquiry"},\
                {"rule":"manager","holds":false,"reason":"the room has no inquiry; the user does not have the role \
                livechat-manager"},\
                {"rule":"closed-by-another-agent","holds":false,\
                "reason":"view-livechat-room-closed-by-another-agent is granted to none of livechat-agent"},\
                {"rule":"closed-same-department","holds":false,"reason":"the room belongs to no department; \
                view-livechat-room-closed-same-department is granted to none of livechat-agent"}],\
                "admits":[{"commands":[["room","open","r"]],"text":"open r again","alsoAffects":0}]}
                """
        )
    }

    // MARK: Laws on random facts

    /// Facts drawn from few values, so that every rule is met.
    static func random(_ random: inout some RandomNumberGenerator) -> Situation {
        func coin() -> Bool { Bool.random(using: &random) }
        let departments = [department, LivechatDepartmentID(stored: "e")]
        func aDepartment() -> Situation.Department? {
            coin()
                ? departments.randomElement(using: &random).map { Situation.Department(id: $0, isEnabled: coin()) }
                : nil
        }
        return situation { situation in
            situation.previewsQueue = coin()
            situation.person?.isActive = coin() || coin()
            situation.person?.tokens = coin() ? valid : coin() ? expired : [:]
            situation.person?.roles = Set([agent, boss, guest, manager].filter { _ in coin() })
            situation.person?.departments = Set(departments.filter { _ in coin() })
            situation.person?.memberRoles = coin() && coin() ? Set([boss, guest].filter { _ in coin() }) : nil
            situation.place?.kind = coin() || coin() ? "l" : "p"
            situation.place?.isOpen = coin() || coin()
            situation.place?.servedBy = [user, LivechatUserID(stored: "mia"), nil].randomElement(using: &random) ?? nil
            situation.place?.department = aDepartment()
            guard coin() else { return }
            var inquiry = Situation.Inquiry(status: coin() ? "queued" : "taken", department: aDepartment())
            inquiry.defaultAgent = coin() ? user : nil
            // Room and inquiry agree on whether a department is enabled.
            if inquiry.department?.id == situation.place?.department?.id {
                inquiry.department = situation.place?.department
            }
            situation.place?.inquiry = inquiry
        }
    }

    @Test("What decides is what the decision says; every remedy admits, and no part of it can be left out")
    func laws() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let situation = Self.random(&generator)
            let explanation = try Self.explain(situation)
            let explainer = Explainer(user: Self.user, room: Self.room, at: Self.now)
            #expect((try explainer.admission(of: Self.user, situation) != nil) == (explanation.response.status == 200))
            for cures in try explainer.cures(situation) where explanation.response.status != 200 {
                #expect(try explainer.admission(of: Self.user, explainer.apply(cures, to: situation)) != nil)
                for (index, _) in cures.enumerated() {
                    var fewer = cures
                    fewer.remove(at: index)
                    #expect(try explainer.admission(of: Self.user, explainer.apply(fewer, to: situation)) == nil)
                }
            }
        }
    }
}
