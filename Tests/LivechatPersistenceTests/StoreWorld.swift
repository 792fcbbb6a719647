import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Synchronization

/// Rooms with every way in and every reason to be kept out.
///
/// Everybody's token is "raw-" and the id.
let world = """
    {
      "settings": { "previewRoom": true },
      "roles": [ { "id": "trainee" }, { "id": "night" } ],
      "permissions": [ { "id": "sing", "roles": [] }, { "id": "idle-talk", "roles": ["night"] } ],
      "users": [
        { "id": "agent", "username": "ann", "roles": ["livechat-agent"], "tokens": [ \(token("agent")) ] },
        { "id": "second", "roles": ["livechat-agent"], "tokens": [ \(token("second")) ] },
        { "id": "trainee", "roles": ["trainee"], "tokens": [ \(token("trainee")) ] },
        { "id": "away", "active": false, "roles": ["livechat-agent"], "tokens": [ \(token("away")) ] },
        { "id": "new", "roles": ["livechat-agent"] }
      ],
      "departments": [
        { "id": "sales", "agents": ["agent"] },
        { "id": "support", "enabled": false, "agents": ["agent"] },
        { "id": "others", "agents": [] }
      ],
      "rooms": [
        { "id": "served", "servedBy": "agent", "departmentId": "sales", "visitorToken": "v" },
        { "id": "unserved" },
        { "id": "served-by-trainee", "servedBy": "trainee" },
        { "id": "served-by-away", "servedBy": "away" },
        { "id": "served-by-new", "servedBy": "new" },
        { "id": "mine", "inquiry": { "status": "queued", "departmentId": "others", "defaultAgent": "agent" } },
        { "id": "in-sales", "inquiry": { "status": "queued", "departmentId": "sales" } },
        { "id": "in-support", "inquiry": { "status": "queued", "departmentId": "support" } },
        { "id": "in-others", "inquiry": { "status": "queued", "departmentId": "others" } },
        { "id": "public", "inquiry": { "status": "queued" } },
        { "id": "taken", "inquiry": { "status": "taken" } },
        { "id": "closed", "open": false, "servedBy": "agent" },
        { "id": "direct", "kind": "d", "servedBy": "agent" },
        { "id": "joined", "members": [ { "userId": "agent", "joinedAt": "2026-01-01T12:00:00Z", "roles": ["owner"] } ] }
      ]
    }
    """

private func token(_ user: String) -> String {
    #"{ "token": "raw-\#(user)", "createdAt": "2026-01-01T00:00:00Z" }"#
}

/// The clock of the tests: a day after the tokens of the world were made.
func worldClock() -> SettableClock { JoinStoreContract.clock() }

/// Asks for a room with a user's own token.
func request(_ user: String, _ room: String) -> JoinRequest { JoinStoreContract.request(user, room) }

extension JoinStore {
    /// Joins with the world's clock.
    func join(_ user: String, _ room: String, at clock: SettableClock = worldClock()) async throws -> JoinOutcome {
        try await JoinService(store: self, clock: clock.wallClock).join(request(user, room))
    }
}

/// Remembers that something has happened.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isRaised: Bool { state.load(ordering: .acquiring) }

    func raise() { state.store(true, ordering: .releasing) }
}
