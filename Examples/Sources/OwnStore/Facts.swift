internal import GRDB
internal import LivechatJoin

/// What the host's tables say about one query; the decision itself is the engine's.
struct Facts: Sendable {
    private struct Account {
        let isActive: Bool
        let isSupervisor: Bool
    }

    private struct Conversation {
        let isOpen: Bool
        let agent: LivechatUserID?
        let members: Int
        let hasUser: Bool
    }

    private let query: JoinQuery
    private let account: Account?
    private let session: LoginRecord?
    private let conversation: Conversation?

    init(_ database: Database, _ query: JoinQuery) throws {
        self.query = query
        let user = query.userID?.string
        account = try Row.fetchOne(
            database,
            sql: "SELECT disabled, supervisor FROM account WHERE id = ?",
            arguments: [user]
        ).map { Account(isActive: !$0["disabled"], isSupervisor: $0["supervisor"]) }
        let isActive = account?.isActive ?? false
        session = try Int64.fetchOne(
            database,
            sql: "SELECT ends FROM session WHERE digest = ? AND account = ?",
            arguments: [query.digest?.base64, user]
        ).map { ends in
            LoginRecord(
                token: LivechatTokenRecord(
                    createdAt: LivechatTimestamp(milliseconds: 0),
                    expiresAt: LivechatTimestamp(milliseconds: ends)
                ),
                userIsActive: isActive,
                loginExpirationDays: nil
            )
        }
        conversation = try Row.fetchOne(
            database,
            sql: """
                SELECT ended, agent,
                    (SELECT count(*) FROM participant WHERE conversation = id) AS members,
                    EXISTS (SELECT 1 FROM participant WHERE conversation = id AND account = ?2) AS has_user
                FROM conversation WHERE id = ?1
                """,
            arguments: [query.roomID?.string, user]
        ).map { row in
            Conversation(
                isOpen: !row["ended"],
                agent: (row["agent"] as String?).flatMap { LivechatUserID(requested: $0) },
                members: row["members"],
                hasUser: row["has_user"]
            )
        }
    }
}

extension Facts: LoginTokenLookup, PermissionLookup, RoomLookup {
    func login(of user: LivechatUserID, with digest: LivechatTokenDigest) -> LoginRecord? { session }

    func isActive(_ user: LivechatUserID) -> Bool? { account?.isActive }

    /// The host's one flag, as roles and grants: every account may ask, a supervisor may enter everywhere.
    func permissions(of user: LivechatUserID, in room: LivechatRoomID?) throws -> EffectivePermissions {
        guard let account else { return EffectivePermissions(roles: [], grants: GrantTable(roles: [:])) }
        let (agent, supervisor) = (try LivechatRoleID("agent"), try LivechatRoleID("supervisor"))
        let grants = GrantTable(roles: [
            LivechatPermissionID.viewLivechatRoom: [agent], LivechatPermissionID.viewLivechatRooms: [supervisor],
        ])
        return EffectivePermissions(roles: account.isSupervisor ? [agent, supervisor] : [agent], grants: grants)
    }

    func room(_ room: LivechatRoomID, for user: LivechatUserID) -> RoomFact? {
        conversation.map { conversation in
            RoomFact(
                isOpen: conversation.isOpen,
                isMember: conversation.hasUser,
                isServing: conversation.agent == user
            )
        }
    }

    func queue(of room: LivechatRoomID, for user: LivechatUserID) -> QueueFact { QueueFact() }

    func room(_ room: LivechatRoomID) -> LivechatRoom? {
        conversation.map { conversation in
            LivechatRoom(
                id: room,
                isOpen: conversation.isOpen,
                servedBy: conversation.agent,
                membersCount: conversation.members
            )
        }
    }
}
