import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import Specification
@testable import WorldTesting

/// The earlier step's answer wins, byte for byte (contract C3 and C9).
@Suite(.serialized) struct OrderTests {
    /// One thing that is wrong with a request or with what it meets.
    enum Fault: String, CaseIterable, Sendable {
        case wrongToken = "authenticate (wrong token)"
        case noToken = "authenticate (no token)"
        case noParameter = "validate (missing)"
        case additionalParameter = "validate (additional)"
        case arrayParameter = "validate (not a string)"
        case noPermission = "authorize"
        case otherKind = "find"
        case closed = "open"
        case rule = "rules"
        case noAccess = "access"

        var step: ProfileUnderTest.Step {
            switch self {
            case .wrongToken, .noToken: .authenticate
            case .noParameter, .additionalParameter, .arrayParameter: .validate
            case .noPermission: .authorize
            case .otherKind: .find
            case .closed: .open
            case .rule: .rules
            case .noAccess: .access
            }
        }
    }

    /// The order as the contract writes it, once per profile: of two faults the one further up is answered.
    static let order: [String: [(Fault, Answer)]] = [
        "documented": [
            (.wrongToken, Answer(401, #"{"status":"error","message":"You must be logged in to do this."}"#)),
            (.noToken, Answer(401, #"{"status":"error","message":"You must be logged in to do this."}"#)),
            (.noParameter, Answer(400, missing)),
            (.additionalParameter, Answer(400, additional)),
            (.arrayParameter, Answer(400, notAString)),
            (.noPermission, Answer(403, lacks)),
            (.otherKind, Answer(400, #"{"success":false,"error":"error-invalid-room"}"#)),
            (.closed, Answer(400, #"{"success":false,"error":"room-closed"}"#)),
            (.rule, Answer(400, #"{"success":false,"error":"error-of-the-rule"}"#)),
            (.noAccess, Answer(403, #"{"success":false,"error":"unauthorized"}"#)),
        ],
        "rocket-chat-7": [
            (.wrongToken, Answer(401, observed401)),
            (.noToken, Answer(401, observed401)),
            (.noParameter, Answer(400, missing)),
            (.additionalParameter, Answer(400, additional)),
            (.arrayParameter, Answer(400, notAString)),
            (.noPermission, Answer(403, lacks)),
            (.otherKind, Answer(400, #"{"success":false,"error":"error-invalid-room"}"#)),
            (.closed, Answer(400, #"{"success":false,"error":"room-closed"}"#)),
            (.rule, Answer(400, #"{"success":false,"error":"error-of-the-rule"}"#)),
            (.noAccess, Answer(400, #"{"success":false,"error":"error-not-allowed"}"#)),
        ],
        "rocket-chat-8": [
            (.wrongToken, Answer(401, observed401)),
            (.noToken, Answer(401, observed401)),
            (.noPermission, Answer(403, lacks)),
            (.noParameter, Answer(400, missing)),
            (.additionalParameter, Answer(400, additional)),
            (.arrayParameter, Answer(400, notAString)),
            (.otherKind, Answer(400, #"{"success":false,"error":"error-invalid-room"}"#)),
            (.closed, Answer(400, #"{"success":false,"error":"room-closed"}"#)),
            (.rule, Answer(400, #"{"success":false,"error":"error-of-the-rule"}"#)),
            (.noAccess, Answer(400, #"{"success":false,"error":"error-not-allowed"}"#)),
        ],
    ]

    @Test("Every set of faults: the earliest step answers", arguments: ProfileUnderTest.all)
    func everySet(_ profile: ProfileUnderTest) async throws {
        try await Engine.with(Self.world) { engine in
            let order = try #require(Self.order[profile.name])
            let (without, with) = (engine.service(profile), engine.service(profile, rules: [Self.refusingRule]))
            for bits in 1..<(1 << order.count) {
                let faults = order.indices.filter { bits & (1 << $0) != 0 }.map { order[$0].0 }
                guard Self.canMeet(faults), let first = order.first(where: { faults.contains($0.0) }) else { continue }
                let service = faults.contains(.rule) ? with : without
                let actual = await service.answer(Self.request(with: faults))
                #expect(actual == first.1, "\(faults.map(\.rawValue)): \(first.0.rawValue) comes first")
            }
            let events = try await engine.events()
            #expect(events.isEmpty, "a refusal wrote an event")
        }
    }

    @Test("An engine with two steps swapped is found out, and both steps are named")
    func swappedStepsAreNamed() async throws {
        try await Engine.with(Self.world) { engine in
            // The limits are off.
            let steps = JoinProfile.documented.order.steps.filter { $0 != .limit }
            // The last step is the join, which refuses nothing.
            for index in 0..<(steps.count - 2) {
                var swapped = steps
                swapped.swapAt(index, index + 1)
                let (earlier, later) = (steps[index].rawValue, steps[index + 1].rawValue)
                let profile = JoinProfile(
                    name: "swapped",
                    order: DecisionOrder(unchecked: swapped),
                    notLoggedIn: JoinProfile.documented.response(to: .refused(.notLoggedIn(.unknown))),
                    noAccess: JoinProfile.documented.response(to: .refused(.noAccess()))
                )
                let found = await Self.mismatches(
                    expecting: "documented",
                    without: JoinService(store: engine.database, profile: profile, clock: fixedClock),
                    with: JoinService(
                        store: engine.database,
                        profile: profile,
                        rules: [Self.refusingRule],
                        clock: fixedClock
                    )
                )
                #expect(
                    found.contains { $0.contains("\(earlier) must come before \(later)") },
                    "swapping \(earlier) and \(later) was not found: \(found)"
                )
            }
        }
    }
}

extension OrderTests {
    /// What does not hold, in words that name the two steps.
    static func mismatches(
        expecting name: String,
        without: JoinService,
        with: JoinService
    ) async -> [String] {
        guard let order = order[name] else { return ["no order for \(name)"] }
        var found: [String] = []
        for (index, (one, expected)) in order.enumerated() {
            for (other, otherAnswer) in order[index...] where canMeet([one, other]) {
                let service = one == .rule || other == .rule ? with : without
                let actual = await service.answer(request(with: [one, other]))
                if actual == expected { continue }
                let steps =
                    one.step == other.step ? "" : "\(one.step.rawValue) must come before \(other.step.rawValue): "
                let swapped = actual == otherAnswer ? ", which is the later one's answer" : ""
                found.append(
                    "\(name): \(steps)at the faults \(one.rawValue) and \(other.rawValue) "
                        + "expected \(expected) but got \(actual)\(swapped)"
                )
            }
        }
        return found
    }

    /// One parameter cannot be missing and be a list at once, nor one token be wrong and absent.
    static func canMeet(_ faults: [Fault]) -> Bool {
        !(faults.contains(.noParameter) && faults.contains(.arrayParameter))
            && !(faults.contains(.wrongToken) && faults.contains(.noToken))
    }

    static func request(with faults: [Fault]) -> RawRequest {
        let room =
            "k\(faults.contains(.otherKind) ? "c" : "l")-"
            + "o\(faults.contains(.closed) ? 0 : 1)-m\(faults.contains(.noAccess) ? 0 : 1)"
        var query: [String] = []
        if faults.contains(.arrayParameter) {
            query.append("roomId[]=\(room)")
        } else if !faults.contains(.noParameter) {
            query.append("roomId=\(room)")
        }
        if faults.contains(.additionalParameter) { query.append("other=1") }
        let user = faults.contains(.noPermission) ? "stranger" : "agent"
        var tokens = ["token-of-\(user)"]
        if faults.contains(.wrongToken) { tokens = ["wrong"] }
        if faults.contains(.noToken) { tokens = [] }
        return RawRequest(userIDs: [user], tokens: tokens, query: query.joined(separator: "&"))
    }

    static let refusingRule = joinRule("error-of-the-rule") { _ in false }

    /// Both users are members of every room that lets them in, so that no request of these tests writes anything.
    static let world: World = {
        var world = World()
        world.roles = [World.Role(id: "agents")]
        world.permissions = World.noGrants.merging(["view-l-room": ["agents"]]) { $1 }
        world.users = [
            World.User(id: "agent", roles: ["agents"], tokens: [World.Token(raw: "token-of-agent")]),
            World.User(id: "stranger", tokens: [World.Token(raw: "token-of-stranger")]),
        ]
        for kind in ["l", "c"] {
            for open in [true, false] {
                for member in [true, false] {
                    world.rooms.append(
                        World.Room(
                            id: "k\(kind)-o\(open ? 1 : 0)-m\(member ? 1 : 0)",
                            kind: kind,
                            open: open,
                            members: member ? [World.Member(user: "agent"), World.Member(user: "stranger")] : []
                        )
                    )
                }
            }
        }
        return world
    }()

    private static let observed401 =
        #"{"success":false,"error":"You must be logged in to do this.","status":"error","message":"You must be logged in to do this."}"#
    private static let missing =
        #"{"success":false,"error":"must have required property 'roomId' [invalid-params]","errorType":"invalid-params"}"#
    private static let additional =
        #"{"success":false,"error":"must NOT have additional properties [invalid-params]","errorType":"invalid-params"}"#
    private static let notAString =
        #"{"success":false,"error":"must be string [invalid-params]","errorType":"invalid-params"}"#
    private static let lacks =
        #"{"success":false,"error":"User does not have the permissions required for this action [error-unauthorized]"}"#
}
