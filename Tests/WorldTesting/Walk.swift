import LivechatJoin

@testable import Specification

/// Asks the engine and the specification the same questions.
struct Walk {
    private let services: [(ProfileUnderTest, JoinService)]
    private var decider: Decider
    private let world: World
    private(set) var decisions = 0
    private(set) var joins = 0
    private(set) var mismatches: [String] = []

    init(_ world: World, _ service: (ProfileUnderTest) -> JoinService) {
        services = ProfileUnderTest.all.map { ($0, service($0)) }
        decider = Decider(world)
        self.world = world
    }

    /// Every user and every room.
    mutating func tryAll(_ rooms: SmallWorld.Rooms) async throws {
        for (index, room) in world.rooms.enumerated() {
            for (offset, user) in world.users.enumerated() {
                try await tryPair(user.id, room.id, turn: index * 31 + offset * 7)
            }
        }
        guard rooms == .all else { return }
        // Who asks and how the room is named do not depend on what the room is like: two rooms do.
        for room in [world.rooms[0], world.rooms[world.rooms.count - 1]] {
            for user in ["none", "a", "ab", "idle"] { try await tryEveryRequest(user, room.id) }
        }
    }

    /// The odd request first and the good one last, so that what the pair is refused is seen before it joins.
    private mutating func tryPair(_ user: String, _ room: String, turn: Int) async throws {
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

    private mutating func tryEveryRequest(_ user: String, _ room: String) async throws {
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
