import Generated
import LivechatJoin
import LivechatPersistence

/// A user of its own, with a role of its own, whom several facts let into a room: each can be taken away and given back.
struct Probe {
    /// What is needed to be let in.
    enum Fact: Int, CaseIterable {
        case token, activity, role, grant, freedom, everyRoom

        /// The step that refuses without it.
        var step: JoinStep {
            switch self {
            case .token, .activity: .authenticate
            case .role, .grant, .freedom: .authorize
            case .everyRoom: .access
            }
        }
    }

    private let database: JoinDatabase
    private let user: LivechatUserID
    private let role: LivechatRoleID

    private static let name = "probe"

    static var request: JoinRequest { JoinRequest(userID: name, token: name, roomID: name) }

    init(_ database: JoinDatabase) throws {
        (self.database, user, role) = (database, try LivechatUserID(Self.name), try LivechatRoleID(Self.name))
    }

    func prepare() async throws {
        try await database.addRole(LivechatRole(id: role))
        try await database.addUser(LivechatUser(id: user))
        try await database.addRoom(LivechatRoom(id: try LivechatRoomID(Self.name)))
        for fact in Fact.allCases { try await set(fact, to: true) }
    }

    /// Takes a fact away, or gives it back; either has been committed then.
    func set(_ fact: Fact, to isThere: Bool) async throws {
        switch fact {
        case .token:
            let token = LivechatToken(Self.name)
            if isThere {
                try await database.addToken(token, for: user, LivechatTokenRecord(createdAt: LivechatClock.system.now))
            } else {
                try await database.revokeToken(token.digest, of: user)
            }
        case .activity: try await database.setUser(user, isActive: isThere)
        case .role:
            if isThere {
                try await database.assign(role, to: user)
            } else {
                try await database.withdraw(role, from: user)
            }
        case .grant: try await set(LivechatPermissionID.viewLivechatRoom, isThere)
        case .everyRoom: try await set(LivechatPermissionID.viewLivechatRooms, isThere)
        case .freedom:
            try await database.restrict(role, to: isThere ? [] : [LivechatPermissionID.viewLivechatRooms])
        }
    }

    private func set(_ permission: LivechatPermissionID, _ isGranted: Bool) async throws {
        if isGranted {
            try await database.grant(permission, to: [role])
        } else {
            try await database.revoke(permission, from: [role])
        }
    }
}
