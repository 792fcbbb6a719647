#if PostgreSQL
package import LivechatJoin

extension PostgreSQLJoinDatabase: SituationStore {
    /// Explains on one snapshot, over a connection of its own: it may look at every user.
    package func explain(_ explainer: Explainer) async throws(LivechatStoreError) -> JoinExplanation {
        do {
            return try await Self.bulk(address) { session in
                try session.snapshot {
                    let reader = try SituationReader(session, room: explainer.room)
                    let situation = try reader.situation(of: explainer.user)
                    return try explainer.explain(situation) { try reader.forEach(but: explainer.user, $0) }
                }
            }
        } catch {
            throw LivechatStoreError(error, address)
        }
    }
}

/// Reads the facts about one room, and about users as they stand to it.
private final class SituationReader {
    private let session: Session
    private let place: Situation.Place?
    private let grants: GrantSnapshot
    private let permissions: Set<LivechatPermissionID>
    private let settings: (previewsQueue: Bool, loginExpirationDays: Double?)
    /// The keys of the room, of its department and of that of its inquiry.
    private let keys: [Int64?]

    /// How many users are read at a time.
    private static let page: Int64 = 1_000

    init(_ session: Session, room id: LivechatRoomID) throws {
        self.session = session
        let setting = try session.query("SELECT preview_room, login_expiration_days FROM livechat_setting")
        settings = setting.count == 0 ? (false, nil) : (setting.flag(0, 0), setting.number(0, 1))
        grants = try GrantSnapshot(session)
        let all = try session.query("SELECT ARRAY(SELECT id FROM livechat_permission)")
        permissions = Set(all.ids(0, 0))
        let room = try session.query(
            """
            SELECT room.key, room.kind, room.open, server.id, department.key, department.id, department.enabled,
                inquiry.room, inquiry.status, queue.key, queue.id, queue.enabled, agent.id
            FROM livechat_room AS room
            LEFT JOIN livechat_user AS server ON server.key = room.served_by
            LEFT JOIN livechat_department AS department ON department.key = room.department
            LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
            LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
            LEFT JOIN livechat_user AS agent ON agent.key = inquiry.default_agent
            WHERE room.id = $1
            """,
            [.text(id.string)]
        )
        guard room.count > 0 else {
            place = nil
            keys = [nil, nil, nil]
            return
        }
        keys = [room.integer(0, 0), room.integer(0, 4), room.integer(0, 9)]
        func department(_ column: Int) -> Situation.Department? {
            room.text(0, column).map { id in
                Situation.Department(id: LivechatDepartmentID(stored: id), isEnabled: room.flag(0, column + 1))
            }
        }
        place = Situation.Place(
            id: id,
            kind: room.text(0, 1) ?? "",
            isOpen: room.flag(0, 2),
            servedBy: room.text(0, 3).map(LivechatUserID.init(stored:)),
            department: department(5),
            inquiry: room.isNull(0, 7)
                ? nil
                : Situation.Inquiry(
                    status: room.text(0, 8),
                    department: department(10),
                    defaultAgent: room.text(0, 12).map(LivechatUserID.init(stored:))
                )
        )
    }

    /// The facts of the room and one user.
    func situation(of id: LivechatUserID) throws -> Situation {
        Situation(
            person: try people("entry.id = $4", .text(id.string), 1).first,
            place: place,
            grants: Situation.Grants(
                roles: Set(grants.roleIDs.values),
                permissions: permissions,
                table: grants.table
            ),
            previewsQueue: settings.previewsQueue,
            loginExpirationDays: settings.loginExpirationDays
        )
    }

    /// Goes through all users but one, until `body` returns false.
    func forEach(but id: LivechatUserID, _ body: (Situation.Person) throws -> Bool) throws {
        var last = ""
        while true {
            let people = try people("entry.id > $4", .text(last), Self.page)
            for person in people where person.id != id {
                guard try body(person) else { return }
            }
            guard let next = people.last?.id.string else { return }
            last = next
        }
    }

    private func people(_ condition: String, _ value: Value, _ limit: Int64) throws -> [Situation.Person] {
        let rows = try session.query(
            """
            SELECT entry.id, entry.active, entry.roles,
                ARRAY(SELECT department.id FROM livechat_department_agent AS agent
                    JOIN livechat_department AS department ON department.key = agent.department
                    WHERE agent.department IN ($2, $3) AND agent."user" = entry.key),
                EXISTS (SELECT FROM livechat_membership AS member
                    WHERE member.room = $1 AND member."user" = entry.key),
                ARRAY(SELECT given.role FROM livechat_membership_role AS given
                    WHERE given.room = $1 AND given."user" = entry.key),
                ARRAY(SELECT digest FROM livechat_login_token WHERE "user" = entry.key ORDER BY digest)
            FROM livechat_user AS entry WHERE \(condition) ORDER BY entry.id LIMIT $5
            """,
            keys.map { .integer($0) } + [value, .integer(limit)]
        )
        let tokens = try self.tokens(rows.count == 0 ? [] : (0..<rows.count).flatMap { rows.byteStrings($0, 6) })
        return try (0..<rows.count).map { row in
            guard let roles = grants.ids(of: rows.integers(row, 2)),
                let memberRoles = grants.ids(of: rows.integers(row, 5))
            else { throw LivechatStoreError.danglingRole }
            let id: LivechatUserID = rows.id(row, 0)
            return Situation.Person(
                id: id,
                isActive: rows.flag(row, 1),
                tokens: tokens[id] ?? [:],
                roles: Set(roles),
                departments: Set(rows.ids(row, 3)),
                memberRoles: rows.flag(row, 4) ? Set(memberRoles) : nil
            )
        }
    }

    /// The tokens with these digests, by their users.
    private func tokens(
        _ digests: [[UInt8]]
    ) throws -> [LivechatUserID: [LivechatTokenDigest: LivechatTokenRecord]] {
        if digests.isEmpty { return [:] }
        let rows = try session.query(
            """
            SELECT person.id, token.digest, token.personal_access, token.created_at, token.expires_at
            FROM livechat_login_token AS token JOIN livechat_user AS person ON person.key = token."user"
            WHERE token.digest = ANY ($1)
            """,
            [.byteStrings(digests)]
        )
        var tokens: [LivechatUserID: [LivechatTokenDigest: LivechatTokenRecord]] = [:]
        for row in 0..<rows.count {
            guard let token = LivechatStoredToken(rows, row, 1) else { continue }
            tokens[rows.id(row, 0), default: [:]][token.digest] = token.record
        }
        return tokens
    }
}
#endif
