import LivechatJoin
import LivechatPersistence
import Synchronization
import Testing

@testable import Specification

/// Every state of a small world: the engine answers what the contract's own function says (contract C1 to C9).
@Suite(.serialized) struct ExhaustiveTests {
    @Test("Every user, room and inquiry", arguments: configurations.indices)
    func everyState(_ index: Int) async throws {
        try await run(Self.configurations[index], rooms: .all)
        Self.tally.finishOne()
    }

    @Test("Every grant and every restriction", arguments: [[], ["A"], ["B"], ["A", "B"]], [[], ["A"], ["B"]])
    func everyGrant(_ joins: [String], _ viewsAll: [String]) async throws {
        let restrictions: [[String]?] = [
            nil, [], ["view-l-room"], ["view-livechat-rooms"], ["view-l-room", "view-livechat-rooms"],
            ["view-livechat-queue"],
        ]
        for (index, restriction) in restrictions.enumerated() {
            var configuration = Configuration(joins: joins, viewsAll: viewsAll)
            configuration.viewsClosed = ["B"]
            configuration.viewsClosedOfDepartment = ["A"]
            configuration.restrictionOfA = restriction
            configuration.restrictionOfB = index.isMultiple(of: 2) ? nil : ["view-l-room"]
            configuration.previewRoom = index % 3 != 0
            try await run(configuration, rooms: .few)
        }
        Self.tally.finishOne()
    }

    static let configurations: [Configuration] = [
        Configuration(previewRoom: true),
        Configuration(previewRoom: false, loginExpirationDays: 0),
        Configuration(loginExpirationDays: -1),
        Configuration(joins: ["A"], viewsAll: ["B"], previewRoom: true, loginExpirationDays: 30),
        Configuration(joins: ["B"], viewsClosed: ["A"], previewRoom: true, loginExpirationDays: 0.5),
        Configuration(viewsClosed: ["B"], viewsClosedOfDepartment: ["A"], previewRoom: true),
        Configuration(
            viewsAll: ["B"],
            viewsClosed: ["B"],
            restrictionOfA: ["view-l-room"],
            previewRoom: true
        ),
        Configuration(
            viewsClosedOfDepartment: ["A", "B"],
            restrictionOfB: ["view-l-room", "view-livechat-room-closed-same-department"],
            previewRoom: false
        ),
    ]

    /// What was tried, printed once when all is done.
    private static let tally = Tally(cases: configurations.count + 4 * 3)

    private func run(_ configuration: Configuration, rooms: SmallWorld.Rooms) async throws {
        let world = SmallWorld.world(configuration, rooms: rooms)
        try await Engine.with(world) { engine in
            var walk = Walk(engine, world)
            for (index, room) in world.rooms.enumerated() {
                for (offset, user) in world.users.enumerated() {
                    try await walk.tryPair(user.id, room.id, turn: index * 31 + offset * 7)
                }
            }
            if rooms == .all {
                // Who asks and how the room is named do not depend on what the room is like: two rooms do.
                for room in [world.rooms[0], world.rooms[world.rooms.count - 1]] {
                    for user in ["none", "a", "ab", "idle"] { try await walk.tryEveryRequest(user, room.id) }
                }
            }
            for mismatch in walk.mismatches { Issue.record("\(configuration): \(mismatch)") }
            let events = try await engine.events()
            #expect(events.count == walk.joins, "one event for each join, and none for anything else")
            let pairs = Set(events.map { [$0.userID?.string, $0.roomID?.string] })
            #expect(pairs.count == events.count, "a pair joined twice")
            Self.tally.add(walk.decisions, joins: walk.joins)
        }
    }
}

/// Asks the engine and the specification the same questions.
private struct Walk {
    private let services: [(ProfileUnderTest, JoinService)]
    private var decider: Decider
    private(set) var decisions = 0
    private(set) var joins = 0
    private(set) var mismatches: [String] = []

    init(_ engine: Engine, _ world: World) {
        services = ProfileUnderTest.all.map { ($0, engine.service($0)) }
        decider = Decider(world)
    }

    /// The odd request first and the good one last, so that what the pair is refused is seen before it joins.
    mutating func tryPair(_ user: String, _ room: String, turn: Int) async throws {
        let odd = SmallWorld.credentials[turn % SmallWorld.credentials.count](user)
        let query = SmallWorld.queries[turn % SmallWorld.queries.count](room)
        let good = RawRequest(user, "\(user)/good", query: "roomId=\(room)")
        let documented = services[0]
        try await askAccess(good)
        await ask(RawRequest(userIDs: odd.userIDs, tokens: odd.tokens, query: good.query), documented, user, room)
        await ask(RawRequest(user, "\(user)/good", query: query), services[turn % 3], user, room)
        if turn.isMultiple(of: 16) { try await explain(good, services[turn / 16 % 3], user, room) }
        // Most join as documented, some as the other two profiles have it.
        await ask(good, turn % 8 == 0 ? services[1 + turn / 8 % 2] : documented, user, room)
        let again = decider.isMember(user, of: room)
        if again { await ask(good, documented, user, room) }
        if again, turn.isMultiple(of: 3) { try await askAccess(good) }
    }

    mutating func tryEveryRequest(_ user: String, _ room: String) async throws {
        for (index, credentials) in SmallWorld.credentials.enumerated() {
            let (userIDs, tokens) = credentials(user)
            for (offset, query) in SmallWorld.queries.enumerated() {
                let request = RawRequest(userIDs: userIDs, tokens: tokens, query: query(room))
                await ask(request, services[(index + offset) % 3], user, room)
                if (index + offset).isMultiple(of: 5) { try await askAccess(request) }
            }
        }
    }

    private mutating func ask(
        _ request: RawRequest,
        _ service: (ProfileUnderTest, JoinService),
        _ user: String,
        _ room: String
    ) async {
        decider.profile = service.0
        let expected = decider.decide(request)
        let actual = await service.1.answer(request)
        decisions += 1
        if actual != expected { note("\(service.0.name) \(request): expected \(expected) but got \(actual)") }
        if expected == .joined, !decider.isMember(user, of: room) {
            joins += 1
            decider.joined(user, room)
        }
    }

    /// Explaining says what a join is answered (contract C13).
    private mutating func explain(
        _ request: RawRequest,
        _ service: (ProfileUnderTest, JoinService),
        _ user: String,
        _ room: String
    ) async throws {
        decider.profile = service.0
        let expected = decider.decide(request)
        let token = LivechatToken(request.tokens.first ?? "")
        let explanation = try await service.1.explain(
            user: LivechatUserID(user),
            room: LivechatRoomID(room),
            token: token
        )
        decisions += 1
        let actual = Answer(explanation.response)
        if actual != expected { note("explain \(request): expected \(expected) but got \(actual)") }
        if actual == .joined, !explanation.admits.isEmpty { note("a cure for \(request), which is let in") }
    }

    private mutating func askAccess(_ request: RawRequest) async throws {
        let (profile, service) = services[0]
        decider.profile = profile
        let expected = decider.access(request)
        let outcome = try await service.access(JoinRequest(headerFields: request.headerFields, query: request.query))
        let actual = Decider.Access(outcome, service.profile)
        decisions += 1
        if actual != expected { note("access \(request): expected \(expected) but got \(actual)") }
    }

    /// A few are enough to see what is wrong.
    private mutating func note(_ mismatch: String) {
        if mismatches.count < 5 { mismatches.append(mismatch) }
    }
}

extension Decider.Access {
    /// The engine's outcome in the contract's words.
    init(_ outcome: AccessOutcome, _ profile: JoinProfile) {
        self =
            switch outcome {
            case .admitted(let access): .admitted(Decider.Why(access))
            case .refused(let refusal): .refused(Answer(profile.response(to: .refused(refusal))))
            }
    }
}

extension Decider.Why {
    /// The contract's word for the engine's reason.
    init(_ access: RoomAccess) {
        self =
            switch access {
            case .member: .member
            case .permission: .permission
            case .serving: .serving
            case .queuedForUser: .defaultAgent
            case .queuedInDepartment: .departmentAgent
            case .queuedInPublic: .publicQueue
            case .queuedForManager: .manager
            case .closedByAnotherAgent: .closedByAnotherAgent
            case .closedInSameDepartment: .closedSameDepartment
            }
    }
}

/// Counts over all cases and says the sum once.
private final class Tally: Sendable {
    private struct Sum {
        var decisions = 0
        var joins = 0
        var finished = 0
    }

    private let sum = Mutex(Sum())
    private let cases: Int

    init(cases: Int) { self.cases = cases }

    func add(_ decisions: Int, joins: Int) {
        sum.withLock { sum in
            sum.decisions += decisions
            sum.joins += joins
        }
    }

    func finishOne() {
        let sum = sum.withLock { sum in
            sum.finished += 1
            return sum
        }
        if sum.finished == cases {
            print("The small world: \(sum.decisions) decisions, \(sum.joins) of them joins, in \(cases) cases")
        }
    }
}
