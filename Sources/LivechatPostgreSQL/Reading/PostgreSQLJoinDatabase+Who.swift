#if PostgreSQL
package import LivechatJoin

extension PostgreSQLJoinDatabase {
    /// Judges users as they stand to a room.
    package func users<Answer: Sendable>(
        _ page: LivechatPage<LivechatUserID>,
        standingTo room: LivechatRoomID?,
        _ judge: (LivechatUserID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatUserID, Answer)] {
        try await onSnapshot { snapshot in
            let scan = try await snapshot.read { session in try UserScan(session, room) }
            var candidates: [Int64]?
            let judging = Judge<LivechatUserID, Answer>(scan.grants)
            if case .after = page,
                let roles = try judging.helpfulRoles(LivechatUserID(stored: "-"), scan.stranger, judge)
            {
                candidates = try await snapshot.read { session in try scan.candidates(session, roles) }
            }
            return try await judged(page, scan, candidates, snapshot, judging, judge)
        }
    }

    /// Judges rooms as a user stands to them.
    package func rooms<Answer: Sendable>(
        _ page: LivechatPage<LivechatRoomID>,
        standingTo user: LivechatUserID,
        _ judge: (LivechatRoomID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatRoomID, Answer)] {
        try await onSnapshot { snapshot in
            let scan = try await snapshot.read { session in try RoomScan(session, user) }
            var candidates: [Int64]?
            let judging = Judge<LivechatRoomID, Answer>(scan.grants)
            func hasAnswer(_ tie: Tie?) throws -> Bool {
                let room = LivechatRoomID(stored: "-")
                return try judging.hasAnswer(room, to: scan.person, previewsQueue: scan.previewsQueue, tie, judge)
            }
            if case .after = page, try !hasAnswer(nil) {
                let ties = try Tie.allCases.map { try hasAnswer($0) }
                candidates = try await snapshot.read { session in try scan.candidates(session, ties) }
            }
            return try await judged(page, scan, candidates, snapshot, judging, judge)
        }
    }

    private func onSnapshot<Result>(
        _ body: (Snapshot) async throws -> Result
    ) async throws(LivechatStoreError) -> Result {
        do {
            let snapshot = try await Snapshot(address)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(snapshot)) } catch { result = .failure(error) }
            await snapshot.end()
            return try result.get()
        } catch is Standing.DanglingRole {
            throw .danglingRole
        } catch {
            throw LivechatStoreError(error, address)
        }
    }

    /// Goes through rows in the order of their ids until as many have an answer as were asked for: they are read a page
    /// at a time, and judged where the caller waits.
    private func judged<Entity, Answer>(
        _ page: LivechatPage<LivechatID<Entity>>,
        _ scan: some Scan,
        _ candidates: [Int64]?,
        _ snapshot: Snapshot,
        _ judging: Judge<LivechatID<Entity>, Answer>,
        _ judge: Judge<LivechatID<Entity>, Answer>.Opinion
    ) async throws -> [(LivechatID<Entity>, Answer)] {
        var judging = judging
        var found: [(LivechatID<Entity>, Answer)] = []
        var next = page
        let size = 1_000
        while found.count < page.limit {
            let part: LivechatPage<LivechatID<Entity>> =
                if case .after(let id, _) = next { .after(id, limit: size) } else { next }
            let standings = try await snapshot.read { session in
                let rows = try session.query(scan.select + part.narrowedClause, scan.values(part.values(), candidates))
                return (0..<rows.count).map { row -> (id: LivechatID<Entity>, standing: Standing) in
                    (rows.id(row, 0), scan.standing(rows, row))
                }
            }
            for (id, standing) in standings where found.count < page.limit {
                if let answer = try judging.answer(id, standing, judge) { found.append((id, answer)) }
            }
            guard standings.count == size, case .after = part, let last = standings.last else { break }
            next = .after(last.id)
        }
        return found
    }
}

/// A statement that shows how users or rooms stand to each other: `$1` and `$2` cut its page, `$3` says whether all rows
/// are looked at, and `$4` are the keys of those that are where not.
private protocol Scan: Sendable {
    var select: String { get }
    /// The values from `$5` on.
    var own: [Int64?] { get }
    func standing(_ rows: borrowing Rows, _ row: Int) -> Standing
}

extension Scan {
    fileprivate func values(_ page: [Value], _ candidates: [Int64]?) -> [Value] {
        page + [.flag(candidates == nil), .integers(candidates ?? [])] + own.map { .integer($0) }
    }
}

extension LivechatPage {
    fileprivate var narrowedClause: String {
        clause.replacing(" WHERE ", with: " WHERE ($3 OR entry.key = ANY ($4)) AND ", maxReplacements: 1)
    }
}

/// The most rows that are looked up by their keys in place of a scan.
private let mostCandidates = 2_000

extension Session {
    /// The keys that a statement gives; nil when there are so many that a scan finds them as soon.
    fileprivate func candidates(_ sql: String, _ values: [Value]) throws -> [Int64]? {
        let rows = try query(sql + " LIMIT \(mostCandidates + 1)", values)
        if rows.count > mostCandidates { return nil }
        return Array(Set((0..<rows.count).compactMap { rows.integer($0, 0) }))
    }
}

/// Goes through users as they stand to one room.
private struct UserScan: Scan {
    /// How a user without any relation stands to the room.
    let stranger: Standing
    let grants: GrantSnapshot
    /// The keys of the room, its agent, the inquiry's agent, and their departments.
    let own: [Int64?]

    let select = """
        SELECT entry.id, entry.active, entry.roles, entry.key = $6, entry.key = $7,
            EXISTS (SELECT FROM livechat_membership AS member WHERE member.room = $5 AND member."user" = entry.key),
            EXISTS (SELECT FROM livechat_department_agent AS agent
                WHERE agent.department = $8 AND agent."user" = entry.key),
            EXISTS (SELECT FROM livechat_department_agent AS agent
                WHERE agent.department = $9 AND agent."user" = entry.key),
            ARRAY(SELECT given.role FROM livechat_membership_role AS given
                WHERE given.room = $5 AND given."user" = entry.key)
        FROM livechat_user AS entry
        """

    init(_ session: Session, _ id: LivechatRoomID?) throws {
        grants = try GrantSnapshot(session)
        var stranger = Standing()
        var keys: [Int64?] = [nil, nil, nil, nil, nil]
        if let id {
            let room = try session.query(
                """
                SELECT room.key, room.kind, room.open, room.served_by, room.department,
                    inquiry.room, inquiry.status, inquiry.default_agent, inquiry.department, queue.enabled,
                    (SELECT preview_room FROM livechat_setting)
                FROM livechat_room AS room
                LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
                LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
                WHERE room.id = $1
                """,
                [.text(id.string)]
            )
            if room.count > 0 {
                keys = [0, 3, 7, 4, 8].map { room.integer(0, $0) }
                stranger.room = RoomFact(
                    kind: room.text(0, 1) ?? "",
                    isOpen: room.flag(0, 2),
                    previewsQueue: room.flag(0, 10)
                )
                if !room.isNull(0, 5) {
                    stranger.queue.inquiry = QueueFact.Inquiry(
                        status: room.text(0, 6),
                        department: room.isNull(0, 8)
                            ? nil : QueueFact.Department(isEnabled: room.flag(0, 9), hasUser: false)
                    )
                }
            }
        }
        own = keys
        self.stranger = stranger
    }

    /// The keys of those who stand to the room in some way, or have one of the roles.
    func candidates(_ session: Session, _ roles: [Int64]) throws -> [Int64]? {
        try session.candidates(
            """
            SELECT $2 WHERE $2 IS NOT NULL UNION ALL SELECT $3 WHERE $3 IS NOT NULL
            UNION ALL SELECT "user" FROM livechat_membership WHERE room = $1
            UNION ALL SELECT "user" FROM livechat_department_agent WHERE department IN ($4, $5)
            UNION ALL SELECT "user" FROM livechat_user_role WHERE role = ANY ($6)
            """,
            own.map { .integer($0) } + [.integers(roles)]
        )
    }

    func standing(_ rows: borrowing Rows, _ row: Int) -> Standing {
        var standing = stranger
        standing.isActive = rows.flag(row, 1)
        standing.roles = rows.integers(row, 2)
        standing.room?.isServing = rows.flag(row, 3)
        standing.queue.inquiry?.isForUser = rows.flag(row, 4)
        standing.room?.isMember = rows.flag(row, 5)
        standing.queue.isDepartmentAgent = rows.flag(row, 6)
        standing.queue.inquiry?.department?.hasUser = rows.flag(row, 7)
        standing.memberRoles = rows.integers(row, 8)
        return standing
    }
}

/// Goes through rooms as one user stands to them.
private struct RoomScan: Scan {
    /// What the user is, whatever the room.
    let person: Standing
    let previewsQueue: Bool
    let grants: GrantSnapshot
    let own: [Int64?]

    let select = """
        SELECT entry.id, entry.kind, entry.open, entry.served_by = $5,
            EXISTS (SELECT FROM livechat_membership AS member WHERE member.room = entry.key AND member."user" = $5),
            EXISTS (SELECT FROM livechat_department_agent AS agent
                WHERE agent.department = entry.department AND agent."user" = $5),
            inquiry.room, inquiry.status, inquiry.default_agent = $5, inquiry.department, queue.enabled,
            EXISTS (SELECT FROM livechat_department_agent AS agent
                WHERE agent.department = inquiry.department AND agent."user" = $5),
            ARRAY(SELECT given.role FROM livechat_membership_role AS given
                WHERE given.room = entry.key AND given."user" = $5)
        FROM livechat_room AS entry
        LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = entry.key
        LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
        """

    init(_ session: Session, _ id: LivechatUserID) throws {
        grants = try GrantSnapshot(session)
        previewsQueue = try session.query("SELECT bool_or(preview_room) FROM livechat_setting").flag(0, 0)
        var person = Standing()
        let rows = try session.query("SELECT key, active, roles FROM livechat_user WHERE id = $1", [.text(id.string)])
        if rows.count > 0 {
            person.isActive = rows.flag(0, 1)
            person.roles = rows.integers(0, 2)
            own = [rows.integer(0, 0)]
        } else {
            own = [nil]
        }
        self.person = person
    }

    /// The keys of the rooms that the user stands to in a way that lets the user in.
    func candidates(_ session: Session, _ ties: [Bool]) throws -> [Int64]? {
        try session.candidates(
            """
            SELECT room FROM livechat_inquiry WHERE $5 AND department IS NULL
            UNION ALL SELECT room FROM livechat_inquiry WHERE $6 AND department IS NOT NULL
            UNION ALL SELECT room FROM livechat_inquiry WHERE $4 AND (default_agent = $1
                OR department IN (SELECT department FROM livechat_department_agent WHERE "user" = $1))
            UNION ALL SELECT room FROM livechat_membership WHERE $2 AND "user" = $1
            UNION ALL SELECT key FROM livechat_room WHERE $3 AND served_by = $1
            """,
            [.integer(own[0])] + ties.map { .flag($0) }
        )
    }

    func standing(_ rows: borrowing Rows, _ row: Int) -> Standing {
        var standing = person
        standing.room = RoomFact(
            kind: rows.text(row, 1) ?? "",
            isOpen: rows.flag(row, 2),
            isMember: rows.flag(row, 4),
            isServing: rows.flag(row, 3),
            previewsQueue: previewsQueue
        )
        standing.queue.isDepartmentAgent = rows.flag(row, 5)
        standing.memberRoles = rows.integers(row, 12)
        if rows.isNull(row, 6) { return standing }
        standing.queue.inquiry = QueueFact.Inquiry(
            status: rows.text(row, 7),
            isForUser: rows.flag(row, 8),
            department: rows.isNull(row, 9)
                ? nil : QueueFact.Department(isEnabled: rows.flag(row, 10), hasUser: rows.flag(row, 11))
        )
        return standing
    }
}

extension Session {
    /// The users who may join rooms at all, as the open transaction sees them.
    func usersWhoMayJoin() throws -> Set<LivechatUserID> {
        var judging = Judge<LivechatUserID, Bool>(try GrantSnapshot(self))
        var found: Set<LivechatUserID> = []
        var last = ""
        while true {
            let rows = try query(
                "SELECT id, active, roles FROM livechat_user WHERE id > $1 ORDER BY id LIMIT 5000",
                [.text(last)]
            )
            for row in 0..<rows.count {
                var standing = Standing()
                (standing.isActive, standing.roles) = (rows.flag(row, 1), rows.integers(row, 2))
                let user: LivechatUserID = rows.id(row, 0)
                if try judging.answer(user, standing, Judge.mayJoinRooms) == true { found.insert(user) }
            }
            guard rows.count > 0, let end = rows.text(rows.count - 1, 0) else { return found }
            last = end
        }
    }
}
#endif
