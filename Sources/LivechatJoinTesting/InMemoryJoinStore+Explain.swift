package import LivechatJoin

extension InMemoryJoinStore: SituationStore {
    /// Explains on the state as it is.
    package func explain(_ explainer: Explainer) async throws(LivechatStoreError) -> JoinExplanation {
        let world = try asked()
        do {
            return try explainer.explain(world.situation(of: explainer.user, in: explainer.room)) { body in
                for user in world.users.keys where user != explainer.user {
                    guard try world.situation(of: user, in: explainer.room).person.map(body) ?? true else { return }
                }
            }
        } catch {
            throw LivechatStoreError(.storage, "\(error)")
        }
    }

    /// Judges users as they stand to a room.
    package func users<Answer: Sendable>(
        _ page: LivechatPage<LivechatUserID>,
        standingTo room: LivechatRoomID?,
        _ judge: (LivechatUserID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatUserID, Answer)] {
        let world = try asked()
        return try page.judged(world.users.keys) { user in
            try judge(user, WorldFacts(world: world, query: JoinQuery(userID: user, roomID: room)))
        }
    }

    /// Judges rooms as a user stands to them.
    package func rooms<Answer: Sendable>(
        _ page: LivechatPage<LivechatRoomID>,
        standingTo user: LivechatUserID,
        _ judge: (LivechatRoomID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatRoomID, Answer)] {
        let world = try asked()
        return try page.judged(world.rooms.keys) { room in
            try judge(room, WorldFacts(world: world, query: JoinQuery(userID: user, roomID: room)))
        }
    }
}

extension LivechatPage where ID: Comparable {
    /// The ids of the page that have an answer.
    fileprivate func judged<Answer>(
        _ ids: some Sequence<ID>,
        _ answer: (ID) throws -> Answer?
    ) throws(LivechatStoreError) -> [(ID, Answer)] {
        do {
            var found: [(ID, Answer)] = []
            for id in ids.filter(includes).sorted() where found.count < limit {
                if let answer = try answer(id) { found.append((id, answer)) }
            }
            return found
        } catch {
            throw LivechatStoreError(.storage, "\(error)")
        }
    }
}

extension World {
    /// The facts of one user and one room.
    fileprivate func situation(of user: LivechatUserID, in room: LivechatRoomID) -> Situation {
        func department(_ id: LivechatDepartmentID?) -> Situation.Department? {
            id.map { Situation.Department(id: $0, isEnabled: departments[$0]?.isEnabled ?? false) }
        }
        let place = rooms[room]
        let named = Set([place?.department, place?.inquiry?.department].compactMap { $0 })
        return Situation(
            person: users[user].map { person in
                Situation.Person(
                    id: user,
                    isActive: person.user.isActive,
                    tokens: person.tokens,
                    roles: person.roles,
                    departments: named.filter { departments[$0]?.agents.contains(user) == true },
                    memberRoles: place?.members[user]?.roles
                )
            },
            place: place.map { place in
                Situation.Place(
                    id: room,
                    kind: place.kind,
                    isOpen: place.isOpen,
                    servedBy: place.servedBy,
                    department: department(place.department),
                    inquiry: place.inquiry.map { inquiry in
                        Situation.Inquiry(
                            status: inquiry.status,
                            department: department(inquiry.department),
                            defaultAgent: inquiry.defaultAgent
                        )
                    }
                )
            },
            grants: Situation.Grants(
                roles: Set(roles.keys),
                permissions: Set(grants.keys),
                table: GrantTable(roles: grants, restrictions: roles.mapValues(\.restrictedTo))
            ),
            previewsQueue: previewsQueue,
            loginExpirationDays: loginExpirationDays
        )
    }
}
