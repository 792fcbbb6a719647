import LivechatJoin
import LivechatPersistence

/// Asks to be let in.
struct Door: Sendable {
    private let service: JoinService

    init(_ store: any JoinStore) {
        service = JoinService(store: store, rules: [Self.rule])
    }

    /// A rule that sees the whole room, and refuses when it is not right.
    private static let rule = JoinRule { question in
        if question.room.id.string != Stand.room || question.room.visitorToken?.value == Stand.visitor { return nil }
        return JoinRule.Refusal(code: "wrong-room")
    }

    /// A user of the crowd joins the room.
    ///
    /// - Returns: Whether the user joined now and not before.
    func join(_ user: String) async throws -> Bool {
        let outcome = try await service.join(JoinRequest(userID: user, token: "raw-\(user)", roomID: Stand.room))
        switch outcome {
        case .joined: return true
        case .alreadyMember: return false
        case .refused: throw WrongAnswer("\(user) may enter and got: \(outcome)")
        }
    }

    /// Asks what has to be refused, and for what has to be refused.
    ///
    /// - Returns: How often the answer was that the store is unavailable.
    func askForRefusals() async throws -> Int {
        var unavailable = 0
        for (user, token, room, status) in Self.refusals {
            let response = await service.respond(
                headerFields: [(name: "X-User-Id", value: user), (name: "X-Auth-Token", value: token)],
                query: "roomId=\(room)"
            )
            if response == .unavailable {
                unavailable += 1
            } else if response.status != status {
                throw WrongAnswer("\(user) asked for \(room) and got \(response) in place of \(status)")
            }
        }
        return unavailable
    }

    static let refusals = [
        ("u0", "wrong", Stand.room, 401),
        ("stranger", "raw-stranger", Stand.room, 403),
        ("u0", "raw-u0", "nowhere", 400),
        ("u0", "raw-u0", "closed", 400),
        ("u1", "raw-u1", "taken", 403),
    ]
}

/// An answer that a healthy store would not have given.
struct WrongAnswer: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
