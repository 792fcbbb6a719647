public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
public import LivechatValues

/// A user who would be let in, or a room that a user would be let into, and the rule that admits (contract C14).
public struct LivechatAdmitted<ID: Hashable & Sendable>: Identifiable, Hashable, Sendable {
    /// The user, or the room.
    public let id: ID
    /// The first rule that admits.
    public let access: RoomAccess

    /// Says that a user or a room is among those who are admitted.
    public init(id: ID, access: RoomAccess) {
        self.id = id
        self.access = access
    }
}

/// A user who holds a permission.
public struct LivechatHolder: Identifiable, Hashable, Sendable {
    /// The user.
    public let id: LivechatUserID
    /// The roles that the user holds it through, in the order of their ids.
    public let roles: [LivechatRoleID]

    /// Says that a user holds it.
    public init(id: LivechatUserID, roles: [LivechatRoleID]) {
        self.id = id
        self.roles = roles
    }
}

extension JoinService {
    /// Lists the users whom a join to a room would answer 200, if they are logged in (contract C14).
    ///
    /// The decision itself is asked about every user, on one snapshot; the embedder's rules are not asked.
    ///
    /// ```swift
    /// for try await entry in LivechatList({ try await service.who(room: room, $0) }) { print(entry.id, entry.access) }
    /// ```
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - page: Which of them.
    /// - Returns: The users in the order of their ids.
    /// - Throws: `notFound` when there is no such livechat room, and another error when the store cannot be read.
    public func who(
        room: LivechatRoomID,
        _ page: LivechatPage<LivechatUserID> = .all
    ) async throws(LivechatStoreError) -> [LivechatAdmitted<LivechatUserID>] {
        let store = try situationStore
        guard try await ask(JoinQuery(userID: nil, roomID: room), { facts in try facts.room(room) != nil }) else {
            throw .none("livechat room", room)
        }
        return try await store.users(page, standingTo: room) { [evaluation] user, facts in
            try evaluation.access(of: user, to: room, facts)
        }.map { user, access in LivechatAdmitted(id: user, access: access) }
    }

    /// Lists the rooms that a user could join, if the user is logged in (contract C14).
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - page: Which of them.
    /// - Returns: The rooms in the order of their ids; none for a user who is not active.
    /// - Throws: `notFound` when there is no such user, and another error when the store cannot be read.
    public func `where`(
        user: LivechatUserID,
        _ page: LivechatPage<LivechatRoomID> = .all
    ) async throws(LivechatStoreError) -> [LivechatAdmitted<LivechatRoomID>] {
        let store = try situationStore
        guard try await ask(JoinQuery(userID: user), { facts in try facts.isActive(user) != nil }) else {
            throw .none("user", user)
        }
        return try await store.rooms(page, standingTo: user) { [evaluation] room, facts in
            try evaluation.access(of: user, to: room, facts)
        }.map { room, access in LivechatAdmitted(id: room, access: access) }
    }

    /// Lists the users who hold a permission, active or not (contract C14).
    ///
    /// - Parameters:
    ///   - permission: The permission; nobody holds an unknown one.
    ///   - room: The room that the check names, of whatever kind, where roles of its members count too; nil leaves
    ///     them out.
    ///   - page: Which of them.
    /// - Returns: The users in the order of their ids, with the roles that they hold it through.
    /// - Throws: When the store cannot be read.
    public func holders(
        of permission: LivechatPermissionID,
        in room: LivechatRoomID? = nil,
        _ page: LivechatPage<LivechatUserID> = .all
    ) async throws(LivechatStoreError) -> [LivechatHolder] {
        try await situationStore.users(page, standingTo: room) { user, facts in
            let roles = try facts.permissions(of: user, in: room).roles(holding: permission)
            return roles.isEmpty ? nil : roles
        }.map { user, roles in LivechatHolder(id: user, roles: roles) }
    }

    private var situationStore: any SituationStore {
        get throws(LivechatStoreError) {
            guard let store = store as? any SituationStore else {
                throw LivechatStoreError(
                    .storage,
                    "this store decides and does not list who may enter: ask a JoinDatabase or an InMemoryJoinStore"
                )
            }
            return store
        }
    }

    private func ask(
        _ query: JoinQuery,
        _ question: (any JoinFacts) throws -> Bool
    ) async throws(LivechatStoreError) -> Bool {
        do {
            return try await store.decide(query, question)
        } catch {
            throw error as? LivechatStoreError ?? LivechatStoreError(.storage, "\(error)")
        }
    }
}
