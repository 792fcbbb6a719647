package import CFloor
package import LivechatJoin

/// The generated data: a pure function of its size, the same for every side.
package struct World: Sendable {
    package let users: Int
    package let rooms: Int

    package init(_ size: Int) { (users, rooms) = (size, size) }

    package var c: world { world(users: Int64(users), rooms: Int64(rooms)) }
}

/// What the requests of a measurement are about. Every one of them gets the same answer.
package enum Scenario: String, CaseIterable, Sendable {
    case member
    case wrongToken = "wrong-token"
    case noPermission = "no-permission"
    case noRoom = "no-room"
    case closed
    case noAccess = "no-access"
    case noAccessQueued = "no-access-queued"
    /// Asked through the access query, since a join would write.
    case queued
    case noParameter = "no-parameter"
    case rule

    package var title: String {
        switch self {
        case .member: "already a member"
        case .wrongToken: "wrong token"
        case .noPermission: "no permission"
        case .noRoom: "no such room"
        case .closed: "room closed"
        case .noAccess: "no access"
        case .noAccessQueued: "no access, other's queue"
        case .queued: "preview queue, admitted"
        case .noParameter: "no roomId"
        case .rule: "own rule refuses"
        }
    }

    package var drawn: world_scenario {
        switch self {
        case .member: world_member
        case .wrongToken: world_wrong_token
        case .noPermission: world_no_permission
        case .noRoom: world_no_room
        case .closed: world_closed
        case .noAccess: world_no_access
        case .noAccessQueued: world_no_access_queued
        case .queued: world_queued
        case .noParameter: world_no_parameter
        case .rule: world_rule
        }
    }

    /// What the combined statement makes of it.
    package var outcome: floor_outcome {
        switch self {
        case .member: floor_already_member
        case .wrongToken: floor_not_logged_in
        case .noPermission: floor_lacks_permission
        case .noRoom: floor_no_such_room
        case .closed: floor_room_closed
        case .noAccess, .noAccessQueued: floor_no_access
        case .queued: floor_admitted
        case .noParameter: floor_no_parameter
        case .rule: floor_rule_refuses
        }
    }
}

/// A request as it reaches an embedder: three strings.
package struct TextRequest: Sendable {
    package let user: String
    package let token: String
    package let room: String

    package init(_ world: World, _ scenario: world_scenario, _ index: UInt64) {
        var drawn = world_request()
        world_draw(world.c, scenario, index, &drawn)
        user = withUnsafeBytes(of: &drawn.user) { String(decoding: $0, as: UTF8.self) }
        token = withUnsafeBytes(of: &drawn.token) { String(decoding: $0, as: UTF8.self) }
        room = withUnsafeBytes(of: &drawn.room) { String(decoding: $0, as: UTF8.self) }
    }

    /// Makes the request as an embedder does.
    package func request(for scenario: Scenario) -> JoinRequest {
        guard scenario == .noParameter else { return JoinRequest(userID: user, token: token, roomID: room) }
        let user = LivechatUserID(requested: user).map(SentValue.value) ?? .missing
        return JoinRequest(.token(.value(LivechatToken(token)), of: user), roomID: .missing)
    }
}

/// How many requests are drawn before a measurement, which goes round them.
package let drawnRequests = 65_536

/// Why there is no figure.
package struct NotMeasured: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
