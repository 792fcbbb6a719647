package import LivechatJoin

/// What a fixture says for a key that `null` is allowed for: an entity that exists keeps the value of a key that is
/// left out, and null sets none (contract C12).
package enum Given<Value> {
    /// The key is not there.
    case leftOut
    /// The key is there with null.
    case null
    /// The key is there with a value.
    case value(Value)

    /// What a dump says of a value: it, or null.
    package init(_ value: Value?) { self = value.map(Given.value) ?? .null }

    /// The value, or nil for null and for a key that is left out.
    package var value: Value? { if case .value(let value) = self { value } else { nil } }

    /// The value that holds from now on.
    ///
    /// - Parameter present: The value that holds now, which a key that is left out keeps.
    package func value(keeping present: Value?) -> Value? {
        switch self {
        case .leftOut: present
        case .null: nil
        case .value(let value): value
        }
    }
}

extension Given: Sendable where Value: Sendable {}
extension Given: Equatable where Value: Equatable {}

/// One entity of a fixture. A property that is nil was left out.
package enum FixtureElement: Equatable, Sendable {
    case settings(FixtureSettings)
    case role(FixtureRole)
    case permission(FixturePermission)
    case user(FixtureUser)
    case department(FixtureDepartment)
    case room(FixtureRoom)
}

package struct FixtureSettings: Equatable, Sendable {
    package var previewRoom: Given<Bool>
    package var loginExpirationDays: Given<Double>

    package init(previewRoom: Given<Bool> = .leftOut, loginExpirationDays: Given<Double> = .leftOut) {
        self.previewRoom = previewRoom
        self.loginExpirationDays = loginExpirationDays
    }
}

package struct FixtureRole: Equatable, Sendable {
    package var id: LivechatRoleID
    package var scope: LivechatRole.Scope?
    package var description: Given<String>
    package var restrictedTo: Given<[LivechatPermissionID]>

    package init(
        id: LivechatRoleID,
        scope: LivechatRole.Scope? = nil,
        description: Given<String> = .leftOut,
        restrictedTo: Given<[LivechatPermissionID]> = .leftOut
    ) {
        self.id = id
        self.scope = scope
        self.description = description
        self.restrictedTo = restrictedTo
    }
}

package struct FixturePermission: Equatable, Sendable {
    package var id: LivechatPermissionID
    package var roles: [LivechatRoleID]?

    package init(id: LivechatPermissionID, roles: [LivechatRoleID]? = nil) {
        self.id = id
        self.roles = roles
    }
}

package struct FixtureUser: Equatable, Sendable {
    package var id: LivechatUserID
    package var username: Given<String>
    package var active: Bool?
    package var roles: [LivechatRoleID]?
    package var tokens: [FixtureToken]?

    package init(
        id: LivechatUserID,
        username: Given<String> = .leftOut,
        active: Bool? = nil,
        roles: [LivechatRoleID]? = nil,
        tokens: [FixtureToken]? = nil
    ) {
        self.id = id
        self.username = username
        self.active = active
        self.roles = roles
        self.tokens = tokens
    }
}

/// A token; one that the fixture has raw was hashed while it was read.
package struct FixtureToken: Equatable, Sendable {
    package var digest: LivechatTokenDigest
    package var createdAt: LivechatTimestamp?
    package var expiresAt: Given<LivechatTimestamp>
    package var kind: LivechatTokenRecord.Kind?

    package init(
        digest: LivechatTokenDigest,
        createdAt: LivechatTimestamp? = nil,
        expiresAt: Given<LivechatTimestamp> = .leftOut,
        kind: LivechatTokenRecord.Kind? = nil
    ) {
        self.digest = digest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.kind = kind
    }
}

package struct FixtureDepartment: Equatable, Sendable {
    package var id: LivechatDepartmentID
    package var enabled: Bool?
    package var agents: [LivechatUserID]?

    package init(id: LivechatDepartmentID, enabled: Bool? = nil, agents: [LivechatUserID]? = nil) {
        self.id = id
        self.enabled = enabled
        self.agents = agents
    }
}

package struct FixtureRoom: Equatable, Sendable {
    package var id: LivechatRoomID
    package var kind: String?
    package var open: Bool?
    package var servedBy: Given<LivechatUserID>
    package var departmentID: Given<LivechatDepartmentID>
    package var visitorToken: Given<LivechatVisitorToken>
    package var inquiry: Given<FixtureInquiry>
    package var members: [FixtureMember]?

    package init(
        id: LivechatRoomID,
        kind: String? = nil,
        open: Bool? = nil,
        servedBy: Given<LivechatUserID> = .leftOut,
        departmentID: Given<LivechatDepartmentID> = .leftOut,
        visitorToken: Given<LivechatVisitorToken> = .leftOut,
        inquiry: Given<FixtureInquiry> = .leftOut,
        members: [FixtureMember]? = nil
    ) {
        self.id = id
        self.kind = kind
        self.open = open
        self.servedBy = servedBy
        self.departmentID = departmentID
        self.visitorToken = visitorToken
        self.inquiry = inquiry
        self.members = members
    }
}

package struct FixtureInquiry: Equatable, Sendable {
    package var status: Given<String>
    package var departmentID: Given<LivechatDepartmentID>
    package var defaultAgent: Given<LivechatUserID>

    package init(
        status: Given<String> = .leftOut,
        departmentID: Given<LivechatDepartmentID> = .leftOut,
        defaultAgent: Given<LivechatUserID> = .leftOut
    ) {
        self.status = status
        self.departmentID = departmentID
        self.defaultAgent = defaultAgent
    }
}

package struct FixtureMember: Equatable, Sendable {
    package var userID: LivechatUserID
    package var joinedAt: LivechatTimestamp?
    package var roles: [LivechatRoleID]?

    package init(userID: LivechatUserID, joinedAt: LivechatTimestamp? = nil, roles: [LivechatRoleID]? = nil) {
        self.userID = userID
        self.joinedAt = joinedAt
        self.roles = roles
    }
}
