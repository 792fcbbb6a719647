internal import LivechatFixture
internal import LivechatJoin

extension InMemoryJoinStore {
    /// Puts in the roles and grants that a new database starts with (contract C5).
    ///
    /// - Throws: Nothing but what ``load(fixture:)`` throws.
    public func loadDefaultGrants() async throws { try await load(fixture: Self.defaultGrants) }

    /// The roles and grants that a new database starts with, as a fixture.
    package static var defaultGrants: [UInt8] { DefaultGrants.fixture }

    /// Puts a fixture into the store (contract C12): all of it or nothing, as the real store does.
    ///
    /// What decides nothing is not kept: the members' `open`, `alert` and `unread`. No event is written, since a fixture
    /// is what a test begins with.
    ///
    /// - Parameter fixture: The document, as UTF-8.
    /// - Throws: `FixtureError` for the first mistake, naming its place; nothing has been loaded then.
    public func load(fixture: [UInt8]) async throws {
        let now = clock.now
        var reader = FixtureReader(fixture)
        reader.latest = now.adding(days: 1)
        try change { world in
            try FixtureChecker { [world] kind, id in world.has(kind, id) }.check(reader)
            try reader.read { element, _ in world.enter(element, now) }
        }
    }
}

extension World {
    fileprivate func has(_ kind: FixtureKind, _ id: String) -> Bool {
        switch kind {
        case .role: roles[LivechatRoleID(stored: id)] != nil
        case .permission: grants[LivechatPermissionID(stored: id)] != nil
        case .user: users[LivechatUserID(stored: id)] != nil
        case .department: departments[LivechatDepartmentID(stored: id)] != nil
        case .room: rooms[LivechatRoomID(stored: id)] != nil
        }
    }

    /// Adds or changes one element: a key that is left out keeps what is there, and a list replaces one.
    fileprivate mutating func enter(_ element: FixtureElement, _ now: LivechatTimestamp) {
        switch element {
        case .settings(let settings):
            if settings.previewRoom.isGiven { previewRoom = settings.previewRoom.value }
            if settings.loginExpirationDays.isGiven { loginExpirationDays = settings.loginExpirationDays.value }
        case .role(let role): enter(role)
        case .permission(let permission):
            grants[permission.id] = permission.roles.map(Set.init) ?? grants[permission.id] ?? []
        case .user(let user): enter(user, now)
        case .department(let department):
            var group = departments[department.id] ?? Group(isEnabled: true)
            if let isEnabled = department.enabled { group.isEnabled = isEnabled }
            if let agents = department.agents { group.agents = Set(agents) }
            departments[department.id] = group
        case .room(let room): enter(room, now)
        }
    }

    private mutating func enter(_ role: FixtureRole) {
        let old = roles[role.id]
        roles[role.id] = LivechatRole(
            id: role.id,
            scope: role.scope ?? old?.scope ?? .users,
            description: role.description.isGiven ? role.description.value : old?.description,
            restrictedTo: role.restrictedTo.isGiven ? Set(role.restrictedTo.value ?? []) : old?.restrictedTo ?? []
        )
    }

    private mutating func enter(_ user: FixtureUser, _ now: LivechatTimestamp) {
        let old = users[user.id]
        var person = Person(
            user: LivechatUser(
                id: user.id,
                username: user.username.isGiven ? user.username.value : old?.user.username,
                isActive: user.active ?? old?.user.isActive ?? true
            ),
            roles: user.roles.map(Set.init) ?? old?.roles ?? []
        )
        person.tokens = old?.tokens ?? [:]
        if let tokens = user.tokens {
            person.tokens = [:]
            for token in tokens {
                let old = old?.tokens[token.digest]
                person.tokens[token.digest] = LivechatTokenRecord(
                    kind: token.kind ?? old?.kind ?? .login,
                    createdAt: token.createdAt ?? old?.createdAt ?? now,
                    expiresAt: token.expiresAt.isGiven ? token.expiresAt.value : old?.expiresAt
                )
            }
        }
        users[user.id] = person
    }

    private mutating func enter(_ room: FixtureRoom, _ now: LivechatTimestamp) {
        var place = rooms[room.id] ?? Place(kind: LivechatRoom.livechatKind, isOpen: true)
        if let kind = room.kind { place.kind = kind }
        if let isOpen = room.open { place.isOpen = isOpen }
        if room.servedBy.isGiven { place.servedBy = room.servedBy.value }
        if room.departmentID.isGiven { place.department = room.departmentID.value }
        if room.visitorToken.isGiven { place.visitorToken = room.visitorToken.value }
        if room.inquiry.isGiven {
            let old = place.inquiry
            place.inquiry = room.inquiry.value.map { inquiry in
                Inquiry(
                    status: inquiry.status.isGiven ? inquiry.status.value : old?.status,
                    department: inquiry.departmentID.isGiven ? inquiry.departmentID.value : old?.department,
                    defaultAgent: inquiry.defaultAgent.isGiven ? inquiry.defaultAgent.value : old?.defaultAgent
                )
            }
        }
        if let members = room.members {
            let old = place.members
            place.members = [:]
            for member in members {
                let old = old[member.userID]
                place.members[member.userID] = Member(
                    joinedAt: member.joinedAt ?? old?.joinedAt ?? now,
                    roles: member.roles.map(Set.init) ?? old?.roles ?? []
                )
            }
        }
        rooms[room.id] = place
    }
}
