package import LivechatPermissions
package import LivechatRooms
package import LivechatTokens
internal import LivechatValues

/// What one event says of a change, which is the same in every store; the store adds the sequence, the time, who acted
/// and the log.
///
/// A value that is none is left out. What is added has one event, and another one for each other thing that it is
/// connected with, as if that had been done afterwards.
package struct JoinDeed: Sendable {
    package let kind: JoinEvent.Kind
    package let room: LivechatRoomID?
    package let user: LivechatUserID?
    package let details: [String: JoinEvent.Value]

    package init(
        _ kind: JoinEvent.Kind,
        room: LivechatRoomID? = nil,
        user: LivechatUserID? = nil,
        _ details: [String: JoinEvent.Value?] = [:]
    ) {
        self.kind = kind
        self.room = room
        self.user = user
        self.details = details.compactMapValues(\.self)
    }

    /// The details as they are stored, one JSON object; nil where there are none.
    package var detail: String? {
        details.isEmpty ? nil : JoinEvent.Value.object(details.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}

// Users and tokens.
extension JoinDeed {
    package static func userAdded(_ user: LivechatUser) -> JoinDeed {
        JoinDeed(
            .userAdded,
            user: user.id,
            ["username": user.username.map { .text($0) }, "active": .flag(user.isActive)]
        )
    }

    /// What has become of a user.
    package static func changes(of user: LivechatUser, to changed: LivechatUser) -> [JoinDeed] {
        var deeds: [JoinDeed] = []
        if user.isActive != changed.isActive {
            deeds.append(JoinDeed(changed.isActive ? .userActivated : .userDeactivated, user: user.id))
        }
        if !isSame(user.username, changed.username) {
            deeds.append(JoinDeed(.usernameSet, user: user.id, ["username": changed.username.map { .text($0) }]))
        }
        return deeds
    }

    package static func userRemoved(_ user: LivechatUserID) -> JoinDeed { JoinDeed(.userRemoved, user: user) }

    package static func roleAssigned(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) -> JoinDeed {
        JoinDeed(.roleAssigned, room: room, user: user, ["roleId": .id(role)])
    }

    package static func roleWithdrawn(
        _ role: LivechatRoleID,
        from user: LivechatUserID,
        in room: LivechatRoomID?
    ) -> JoinDeed {
        JoinDeed(.roleWithdrawn, room: room, user: user, ["roleId": .id(role)])
    }

    package static func tokenIssued(
        _ digest: LivechatTokenDigest,
        for user: LivechatUserID,
        _ record: LivechatTokenRecord
    ) -> JoinDeed {
        JoinDeed(
            .tokenIssued,
            user: user,
            [
                "digest": .text(digest.base64), "createdAt": .text(record.createdAt.writable.rfc3339),
                "expiresAt": record.expiresAt.map { .text($0.writable.rfc3339) },
                "tokenKind": .text(record.kind.rawValue),
            ]
        )
    }

    package static func tokenRevoked(_ digest: LivechatTokenDigest, of user: LivechatUserID) -> JoinDeed {
        JoinDeed(.tokenRevoked, user: user, ["digest": .text(digest.base64)])
    }

    package static func tokensRevoked(_ count: Int, of user: LivechatUserID) -> JoinDeed {
        JoinDeed(.tokensRevoked, user: user, ["tokens": .number(Double(count))])
    }
}

// Roles and permissions.
extension JoinDeed {
    package static func added(_ role: LivechatRole) -> [JoinDeed] {
        let roleAdded = JoinDeed(
            .roleAdded,
            [
                "roleId": .id(role.id), "scope": .text(role.scope.rawValue),
                "description": role.description.map { .text($0) },
            ]
        )
        return [roleAdded] + (role.restrictedTo.isEmpty ? [] : [restriction(of: role)])
    }

    /// What has become of a role.
    package static func changes(of role: LivechatRole, to changed: LivechatRole) -> [JoinDeed] {
        var deeds: [JoinDeed] = []
        if role.scope != changed.scope {
            deeds.append(JoinDeed(.roleScopeSet, ["roleId": .id(role.id), "scope": .text(changed.scope.rawValue)]))
        }
        if !isSame(role.description, changed.description) {
            let description = changed.description.map { JoinEvent.Value.text($0) }
            deeds.append(JoinDeed(.roleDescriptionSet, ["roleId": .id(role.id), "description": description]))
        }
        if role.restrictedTo != changed.restrictedTo { deeds.append(restriction(of: changed)) }
        return deeds
    }

    private static func restriction(of role: LivechatRole) -> JoinDeed {
        if role.restrictedTo.isEmpty { return JoinDeed(.roleUnrestricted, ["roleId": .id(role.id)]) }
        let permissions = role.restrictedTo.sorted().map(\.string)
        return JoinDeed(.roleRestricted, ["roleId": .id(role.id), "permissions": .list(permissions)])
    }

    package static func roleRemoved(_ role: LivechatRoleID) -> JoinDeed {
        JoinDeed(.roleRemoved, ["roleId": .id(role)])
    }

    package static func permissionAdded(_ permission: LivechatPermissionID) -> JoinDeed {
        JoinDeed(.permissionAdded, ["permissionId": .id(permission)])
    }

    package static func permissionGranted(_ permission: LivechatPermissionID, to role: LivechatRoleID) -> JoinDeed {
        JoinDeed(.permissionGranted, ["permissionId": .id(permission), "roleId": .id(role)])
    }

    package static func permissionRevoked(_ permission: LivechatPermissionID, from role: LivechatRoleID) -> JoinDeed {
        JoinDeed(.permissionRevoked, ["permissionId": .id(permission), "roleId": .id(role)])
    }

    package static func permissionRemoved(_ permission: LivechatPermissionID) -> JoinDeed {
        JoinDeed(.permissionRemoved, ["permissionId": .id(permission)])
    }
}

// Departments, rooms, settings and the log.
extension JoinDeed {
    package static func departmentAdded(_ department: LivechatDepartmentID, isEnabled: Bool) -> JoinDeed {
        JoinDeed(.departmentAdded, ["departmentId": .id(department), "enabled": .flag(isEnabled)])
    }

    package static func departmentSet(_ department: LivechatDepartmentID, isEnabled: Bool) -> JoinDeed {
        JoinDeed(isEnabled ? .departmentEnabled : .departmentDisabled, ["departmentId": .id(department)])
    }

    package static func agentAdded(_ user: LivechatUserID, to department: LivechatDepartmentID) -> JoinDeed {
        JoinDeed(.agentAdded, user: user, ["departmentId": .id(department)])
    }

    package static func agentRemoved(_ user: LivechatUserID, from department: LivechatDepartmentID) -> JoinDeed {
        JoinDeed(.agentRemoved, user: user, ["departmentId": .id(department)])
    }

    package static func departmentRemoved(_ department: LivechatDepartmentID) -> JoinDeed {
        JoinDeed(.departmentRemoved, ["departmentId": .id(department)])
    }

    package static func added(_ room: LivechatRoom, kind: String) -> [JoinDeed] {
        let roomAdded = JoinDeed(
            .roomAdded,
            room: room.id,
            ["roomKind": .text(kind), "open": .flag(room.isOpen)]
        )
        return [roomAdded]
            + (room.servedBy.map { [roomServed(room.id, by: $0)] } ?? [])
            + (room.departmentID.map { [roomDepartmentSet(room.id, $0)] } ?? [])
    }

    package static func roomDepartmentSet(_ room: LivechatRoomID, _ department: LivechatDepartmentID?) -> JoinDeed {
        JoinDeed(.roomDepartmentSet, room: room, ["departmentId": department.map { .id($0) }])
    }

    package static func roomSet(_ room: LivechatRoomID, isOpen: Bool) -> JoinDeed {
        JoinDeed(isOpen ? .roomOpened : .roomClosed, room: room)
    }

    package static func roomServed(_ room: LivechatRoomID, by user: LivechatUserID?) -> JoinDeed {
        JoinDeed(user == nil ? .roomUnserved : .roomServed, room: room, user: user)
    }

    package static func roomQueued(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) -> JoinDeed {
        JoinDeed(.roomQueued, room: room, user: defaultAgent, ["departmentId": department.map { .id($0) }])
    }

    package static func roomDequeued(_ room: LivechatRoomID) -> JoinDeed { JoinDeed(.roomDequeued, room: room) }

    package static func memberAdded(_ user: LivechatUserID, to room: LivechatRoomID) -> JoinDeed {
        JoinDeed(.memberAdded, room: room, user: user)
    }

    package static func memberLeft(_ user: LivechatUserID, _ room: LivechatRoomID) -> JoinDeed {
        JoinDeed(.memberLeft, room: room, user: user)
    }

    package static func roomRemoved(_ room: LivechatRoomID) -> JoinDeed { JoinDeed(.roomRemoved, room: room) }

    package static func previewRoomSet(_ isOn: Bool) -> JoinDeed { JoinDeed(.previewRoomSet, ["on": .flag(isOn)]) }

    package static func loginExpirationSet(days: Double?) -> JoinDeed {
        JoinDeed(.loginExpirationSet, ["days": days.map { .number($0) }])
    }

    package static func eventsPruned(_ count: Int, before sequence: Int64) -> JoinDeed {
        JoinDeed(.eventsPruned, ["before": .number(Double(sequence)), "events": .number(Double(count))])
    }

    package static func newEventLogStarted(after log: String) -> JoinDeed {
        JoinDeed(.newEventLogStarted, ["previousLog": .text(log)])
    }
}

extension JoinDeed {
    /// Whether two texts have the same bytes.
    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one.utf8.elementsEqual(other.utf8)
    }
}

extension JoinEvent.Value {
    fileprivate static func id(_ id: LivechatID<some Any>) -> JoinEvent.Value { .text(id.string) }
}
