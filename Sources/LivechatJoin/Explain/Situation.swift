package import LivechatPermissions
package import LivechatRooms
package import LivechatTokens
internal import LivechatValues

/// What one snapshot holds about a user and a room, as values: enough to decide, and to say why (contract C13).
///
/// The decision's own steps are evaluated on it, so explaining and joining cannot disagree. A cure is a change of it.
package struct Situation: Sendable {
    /// A user, and how the user stands to the room.
    package struct Person: Sendable {
        package var id: LivechatUserID
        package var isActive: Bool
        package var tokens: [LivechatTokenDigest: LivechatTokenRecord]
        /// The roles that count everywhere.
        package var roles: Set<LivechatRoleID>
        /// Those departments of the room and its inquiry that the user is an agent of.
        package var departments: Set<LivechatDepartmentID>
        /// The roles that count in the room; nil where the user is not a member.
        package var memberRoles: Set<LivechatRoleID>?

        package init(
            id: LivechatUserID,
            isActive: Bool = true,
            tokens: [LivechatTokenDigest: LivechatTokenRecord] = [:],
            roles: Set<LivechatRoleID> = [],
            departments: Set<LivechatDepartmentID> = [],
            memberRoles: Set<LivechatRoleID>? = nil
        ) {
            self.id = id
            self.isActive = isActive
            self.tokens = tokens
            self.roles = roles
            self.departments = departments
            self.memberRoles = memberRoles
        }
    }

    /// A department that the room or its inquiry names.
    package struct Department: Sendable {
        package var id: LivechatDepartmentID
        package var isEnabled: Bool

        package init(id: LivechatDepartmentID, isEnabled: Bool) {
            self.id = id
            self.isEnabled = isEnabled
        }
    }

    /// The inquiry of the room.
    package struct Inquiry: Sendable {
        package var status: String?
        /// nil is the public queue.
        package var department: Department?
        package var defaultAgent: LivechatUserID?

        package init(status: String?, department: Department? = nil, defaultAgent: LivechatUserID? = nil) {
            self.status = status
            self.department = department
            self.defaultAgent = defaultAgent
        }
    }

    /// The room, of whatever kind.
    package struct Place: Sendable {
        package var id: LivechatRoomID
        package var kind: String
        package var isOpen: Bool
        package var servedBy: LivechatUserID?
        package var department: Department?
        package var inquiry: Inquiry?

        package init(
            id: LivechatRoomID,
            kind: String = LivechatRoom.livechatKind,
            isOpen: Bool = true,
            servedBy: LivechatUserID? = nil,
            department: Department? = nil,
            inquiry: Inquiry? = nil
        ) {
            self.id = id
            self.kind = kind
            self.isOpen = isOpen
            self.servedBy = servedBy
            self.department = department
            self.inquiry = inquiry
        }
    }

    /// nil where there is no such user.
    package var person: Person?
    /// nil where there is no such room.
    package var place: Place?
    /// Which roles are granted what; each role and permission that exists is in it.
    package var grants: Grants
    /// The setting `previewRoom`.
    package var previewsQueue: Bool
    /// The setting for the life of a login, in days.
    package var loginExpirationDays: Double?

    /// All roles and permissions that exist.
    package struct Grants: Sendable {
        package var roles: Set<LivechatRoleID>
        package var permissions: Set<LivechatPermissionID>
        package var table: GrantTable

        package init(roles: Set<LivechatRoleID>, permissions: Set<LivechatPermissionID>, table: GrantTable) {
            self.roles = roles
            self.permissions = permissions
            self.table = table
        }
    }

    package init(
        person: Person?,
        place: Place?,
        grants: Grants,
        previewsQueue: Bool = false,
        loginExpirationDays: Double? = nil
    ) {
        self.person = person
        self.place = place
        self.grants = grants
        self.previewsQueue = previewsQueue
        self.loginExpirationDays = loginExpirationDays
    }
}

extension Situation: LoginTokenLookup, PermissionLookup, RoomLookup {
    package func login(of user: LivechatUserID, with digest: LivechatTokenDigest) -> LoginRecord? {
        guard let person = person(user), let token = person.tokens[digest] else { return nil }
        return LoginRecord(
            token: token,
            userIsActive: person.isActive,
            loginExpirationDays: loginExpirationDays
        )
    }

    package func isActive(_ user: LivechatUserID) -> Bool? { person(user)?.isActive }

    package func permissions(of user: LivechatUserID, in room: LivechatRoomID?) -> EffectivePermissions {
        var roles = person(user)?.roles ?? []
        if room != nil, room == place?.id { roles.formUnion(person(user)?.memberRoles ?? []) }
        return EffectivePermissions(roles: roles, grants: grants.table)
    }

    package func room(_ id: LivechatRoomID, for user: LivechatUserID) -> RoomFact? {
        guard let place = place(id) else { return nil }
        return RoomFact(
            kind: place.kind,
            isOpen: place.isOpen,
            isMember: person(user)?.memberRoles != nil,
            isServing: person(user) != nil && place.servedBy == user,
            previewsQueue: previewsQueue
        )
    }

    package func queue(of id: LivechatRoomID, for user: LivechatUserID) -> QueueFact {
        guard let place = place(id) else { return QueueFact() }
        let departments = person(user)?.departments ?? []
        return QueueFact(
            isDepartmentAgent: place.department.map { departments.contains($0.id) } ?? false,
            inquiry: place.inquiry.map { inquiry in
                QueueFact.Inquiry(
                    status: inquiry.status,
                    isForUser: person(user) != nil && inquiry.defaultAgent == user,
                    department: inquiry.department.map {
                        QueueFact.Department(isEnabled: $0.isEnabled, hasUser: departments.contains($0.id))
                    }
                )
            }
        )
    }

    package func room(_ id: LivechatRoomID) -> LivechatRoom? {
        guard let place = place(id), place.kind == LivechatRoom.livechatKind else { return nil }
        return LivechatRoom(
            id: id,
            isOpen: place.isOpen,
            servedBy: place.servedBy,
            departmentID: place.department?.id
        )
    }

    private func person(_ id: LivechatUserID) -> Person? { person?.id == id ? person : nil }
    private func place(_ id: LivechatRoomID) -> Place? { place?.id == id ? place : nil }
}
