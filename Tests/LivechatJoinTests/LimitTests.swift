import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("C10: how often a client may ask")
struct LimitTests {
    /// A world with an agent who may join, a limiter, and a clock that stands still.
    struct Limited {
        let clock = SettableClock()
        let store: InMemoryJoinStore
        let service: JoinService

        init(
            _ requests: JoinRateLimit? = JoinRateLimit(requests: 2),
            logins: JoinRateLimit? = nil,
            clients: Int = 100,
            profile: JoinProfile = .documented,
            rules: (InMemoryJoinStore) -> [JoinRule] = { _ in [] }
        ) async throws {
            store = try await world(clock: clock)
            service = JoinService(
                store: store,
                profile: profile,
                rules: rules(store),
                limiter: JoinLimiter(requests: requests, logins: logins, clients: clients),
                clock: clock.wallClock
            )
        }

        /// Adds a user without roles.
        func addUser3() async throws {
            try await store.addUser(LivechatUser(id: "u3"), roles: [])
            try await store.addToken(LivechatToken("secret3"), for: "u3", LivechatTokenRecord(createdAt: clock.now))
        }

        func answer(_ request: JoinRequest = request(), from client: UInt8 = 1) async -> JoinResponse {
            await service.respond(to: request, from: JoinClient(address: [192, 0, 2, client]))
        }
    }

    static func tooMany(_ seconds: Int) -> String {
        #"429 {"success":false,"error":"Error, too many requests. Please slow down. You must wait \#(seconds) seconds "#
            + #"before trying this endpoint again. [error-too-many-requests]"}"#
    }

    static let joined = #"200 {"success":true}"#
    static let notLoggedIn = #"401 {"status":"error","message":"You must be logged in to do this."}"#

    @Test("A host's own attempts are counted for each key, and not those that are given back")
    func attempts() {
        let clock = SettableClock()
        let limiter = AttemptLimiter<String>(JoinRateLimit(requests: 2, seconds: 60), keys: 2, clock: clock.wallClock)
        #expect(limiter.attempt(for: "ann").refusal == nil)
        let good = limiter.attempt(for: "ann")
        #expect(good.refusal == nil)
        good.giveBack()
        #expect(limiter.attempt(for: "ann").refusal == nil)
        clock.advance(by: .seconds(20))
        let refused = limiter.attempt(for: "ann")
        #expect(refused.refusal == .tooManyRequests(.logins, seconds: 40))
        refused.giveBack()
        #expect(limiter.attempt(for: "ann").refusal != nil)
        #expect(limiter.attempt(for: "ben").refusal == nil)
        clock.advance(by: .seconds(40))
        #expect(limiter.attempt(for: "ann").refusal == nil)
    }

    @Test("A client that has spent its budget waits for the next window, and nothing is written meanwhile")
    func spent() async throws {
        let limited = try await Limited()
        let begin = limited.clock.now.milliseconds
        var answers = [await limited.answer(request(user: "u2", token: "secret2"))]
        limited.clock.advance(by: .milliseconds(500))
        for _ in 0..<2 { answers.append(await limited.answer()) }
        limited.clock.advance(by: .milliseconds(59_499))
        answers.append(await limited.answer())
        limited.clock.advance(by: .milliseconds(1))
        answers.append(await limited.answer())
        #expect(
            answers.map(\.description) == [
                #"403 {"success":false,"error":"unauthorized"}"#, Self.joined, Self.tooMany(60), Self.tooMany(1),
                Self.joined,
            ]
        )
        #expect(answers.map { $0.standing?.remaining } == [1, 0, 0, 0, 1])
        #expect(answers.allSatisfy { $0.standing?.limit == 2 })
        let resets = answers.map { $0.standing?.reset.milliseconds }
        #expect(resets == Array(repeating: begin + 60_000, count: 4) + [begin + 120_000])
        #expect(
            answers[0].standing?.headerFields.map { "\($0.name): \($0.value)" } == [
                "X-RateLimit-Limit: 2", "X-RateLimit-Remaining: 1", "X-RateLimit-Reset: \(begin + 60_000)",
            ]
        )
        let retries = answers.map { $0.headerFields.filter { $0.name == "Retry-After" }.map(\.value) }
        #expect(retries == [[], [], ["60"], ["1"], []])
        #expect(answers.allSatisfy { $0.headerFields.starts(with: $0.standing?.headerFields ?? [], by: ==) })
        #expect(try await limited.store.joined.count == 1)
    }

    @Test("A refusal by the limit has written nothing")
    func nothingWritten() async throws {
        let limited = try await Limited(JoinRateLimit(requests: 1))
        _ = await limited.answer(request(user: "u2", token: "secret2"))
        #expect(await limited.answer().status == 429)
        #expect(try await limited.store.joined.isEmpty)
    }

    @Test("Clients have budgets of their own, and so has who names none")
    func apart() async throws {
        let limited = try await Limited(JoinRateLimit(requests: 1))
        #expect(await limited.answer(from: 1).status == 200)
        #expect(await limited.answer(from: 2).status == 200)
        #expect(await limited.answer(from: 1).status == 429)
        let unnamed = await limited.service.respond(to: request())
        #expect(unnamed.status == 200 && unnamed.standing == nil)
    }

    @Test("Failed logins at the host's other endpoints are counted with those of this one")
    func otherEndpoints() async throws {
        let limited = try await Limited(logins: JoinRateLimit(requests: 2))
        let client = JoinClient(address: [192, 0, 2, 1])
        let wrong = JoinCredentials(userID: "u1", token: "wrong")
        #expect(await limited.answer(request(token: "wrong")).status == 401)
        let service = limited.service
        #expect(try await service.authenticate(wrong, from: client) == .refused(.notLoggedIn(.unknown)))
        let spent = LoginOutcome.refused(.tooManyRequests(.logins, seconds: 60))
        #expect(try await service.authenticate(wrong, from: client) == spent)
        #expect(try await service.require("view-l-room", of: wrong, from: client) == spent)
        #expect(await limited.answer(request(token: "wrong")).status == 429)
        // Good credentials are let through whatever others have guessed, and cost no request.
        let right = JoinCredentials(userID: "u1", token: "secret")
        for _ in 0..<3 { #expect(try await service.authenticate(right, from: client) == .loggedIn("u1")) }
        #expect(await limited.answer().status == 200)
    }

    @Test("A 401 costs nothing, and has no headers of a budget that it does not touch")
    func failedLogins() async throws {
        let limited = try await Limited()
        for _ in 0..<5 {
            let answer = await limited.answer(request(token: "wrong"))
            #expect("\(answer)" == Self.notLoggedIn)
            #expect(answer.standing == nil)
        }
        #expect(await limited.answer().standing?.remaining == 1)
    }

    @Test("A join that is decided twice or three times is charged once")
    func once() async throws {
        #expect(try await Limited().answer().standing?.remaining == 1)
        let asked = try await Limited(rules: { _ in [joinRule("r") { _ in true }] })
        #expect(await asked.answer().standing?.remaining == 1)
    }

    @Test("A charge is given back when an earlier step comes to decide, or something fails")
    func givenBack() async throws {
        struct Broken: Error {}
        let revoked = try await Limited(rules: { store in
            [
                JoinRule { _ in
                    try await store.revokeToken(LivechatToken("secret").digest, of: "u1")
                    return nil
                }
            ]
        })
        let answer = await revoked.answer()
        #expect("\(answer)" == Self.notLoggedIn)
        #expect(answer.standing == nil)
        // One request was let through to the rules; the budget of two is untouched.
        #expect(await revoked.answer(request(user: "u2", token: "secret2")).standing?.remaining == 1)

        let broken = try await Limited(rules: { _ in [JoinRule { _ in throw Broken() }] })
        for _ in 0..<5 { #expect(await broken.answer().status == 503) }
        #expect(await broken.answer(request("roomId=r9")).standing?.remaining == 1)
    }

    @Test("In the order of Rocket.Chat 8 a missing permission comes first and costs nothing")
    func order() async throws {
        let limited = try await Limited(profile: .rocketChat8)
        try await limited.addUser3()
        for _ in 0..<3 { #expect(await limited.answer(request(user: "u3", token: "secret3")).status == 403) }
        let documented = try await Limited()
        try await documented.addUser3()
        let statuses = [
            await documented.answer(request(user: "u3", token: "secret3")).status,
            await documented.answer(request("", user: "u3", token: "secret3")).status,
            await documented.answer(request(user: "u3", token: "secret3")).status,
        ]
        #expect(statuses == [403, 400, 429])
        #expect(await limited.answer().standing?.remaining == 1)
    }

    @Test("A holder of api-bypass-rate-limit is never limited")
    func bypass() async throws {
        let limited = try await Limited(JoinRateLimit(requests: 1))
        try await limited.store.addPermission("api-bypass-rate-limit")
        try await limited.store.grant("api-bypass-rate-limit", to: ["livechat-agent"])
        for _ in 0..<5 {
            let answer = await limited.answer()
            #expect(answer.status == 200 && answer.standing == nil)
        }
    }

    @Test("Failed logins have a budget of their own, which never refuses good credentials")
    func logins() async throws {
        let limited = try await Limited(nil, logins: JoinRateLimit(requests: 2, seconds: 30))
        for _ in 0..<3 { #expect(await limited.answer(request(user: "u2", token: "secret2")).status == 403) }
        let wrong = request(token: "wrong")
        var answers: [JoinResponse] = []
        for _ in 0..<3 { answers.append(await limited.answer(wrong)) }
        #expect(answers.map(\.description) == [Self.notLoggedIn, Self.notLoggedIn, Self.tooMany(30)])
        #expect(answers.map { $0.standing?.remaining } == [nil, nil, 0])
        #expect(await limited.answer().status == 200)
        #expect(await limited.answer(wrong, from: 2).status == 401)
        let outcome = try await limited.service.join(wrong, from: JoinClient(address: [192, 0, 2, 1]))
        #expect(outcome == .refused(.tooManyRequests(.logins, seconds: 30)))
        #expect(outcome.step == .authenticate)
        limited.clock.advance(by: .seconds(30))
        #expect(await limited.answer(wrong).status == 401)
    }

    @Test("Memory is bounded: of too many clients the first makes way")
    func flood() async throws {
        let limited = try await Limited(JoinRateLimit(requests: 1), clients: 2)
        for client: UInt8 in [1, 2, 3] { #expect(await limited.answer(from: client).status == 200) }
        #expect(await limited.answer(from: 3).status == 429)
        #expect(await limited.answer(from: 2).status == 429)
        #expect(await limited.answer(from: 1).status == 200)
    }

    @Test("A clock that is set back does not make a window longer")
    func clockSetBack() async throws {
        let limited = try await Limited(JoinRateLimit(requests: 1))
        #expect(await limited.answer().status == 200)
        limited.clock.advance(by: .seconds(-3_600))
        #expect(await limited.answer().status == 200)
        #expect(await limited.answer().status == 429)
    }

    /// Six bytes of an IPv6 address of one /64, and what follows.
    static func v6(_ network: UInt8, _ host: UInt8) -> [UInt8] {
        [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, network] + Array(repeating: host, count: 8)
    }

    @Test(
        "Which addresses are one client",
        arguments: [
            ([192, 0, 2, 1], [192, 0, 2, 1], true), ([192, 0, 2, 1], [192, 0, 2, 2], false),
            ([192, 0, 2, 1], Array(repeating: 0, count: 10) + [255, 255, 192, 0, 2, 1], true),
            (v6(1, 1), v6(1, 2), true), (v6(1, 1), v6(2, 1), false),
            ([192, 0, 2, 1], Array(repeating: 0, count: 12) + [192, 0, 2, 1], false),
        ] as [([UInt8], [UInt8], Bool)]
    )
    func clients(_ one: [UInt8], _ other: [UInt8], _ areOne: Bool) {
        #expect((JoinClient(address: one) == JoinClient(address: other)) == areOne)
    }

    @Test("What is no address", arguments: [0, 3, 5, 15, 17])
    func noAddress(_ count: Int) {
        #expect(JoinClient(address: Array(repeating: UInt8(1), count: count)) == nil)
    }

    @Test(
        "A limit whose numbers lie outside has the nearest",
        arguments: [
            (0, 60, "1/60"), (-1, -1, "1/1"), (1, 0, "1/1"), (1, 10_000_000, "1/10000000"),
            (1, 10_000_001, "1/10000000"), (.max, .max, "\(Int.max)/10000000"),
        ]
    )
    func nearest(_ requests: Int, _ seconds: Int, _ limit: String) {
        #expect("\(JoinRateLimit(requests: requests, seconds: seconds))" == limit)
    }

    @Test(
        "A limit as text",
        arguments: [
            ("10/60", JoinRateLimit(requests: 10, seconds: 60)), ("1", JoinRateLimit(requests: 1, seconds: 60)),
            ("600/3600", JoinRateLimit(requests: 600, seconds: 3_600)), ("0", nil), ("0/60", nil), ("10/0", nil),
            ("", nil), ("10/", nil), ("/60", nil), ("-1/60", nil), ("10/60/1", nil), ("ten", nil), ("1.5", nil),
            ("99999999999999999999", nil), ("1/99999999999999999999", nil),
            ("1/10000000", JoinRateLimit(requests: 1, seconds: JoinRateLimit.maximumSeconds)), ("1/10000001", nil),
        ] as [(String, JoinRateLimit?)]
    )
    func text(_ text: String, _ limit: JoinRateLimit?) {
        #expect(JoinRateLimit(text) == limit)
        if let limit { #expect(JoinRateLimit("\(limit)") == limit) }
    }
}
