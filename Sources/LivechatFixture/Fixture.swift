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
    package var id: RoleID
    package var scope: Role.Scope?
    package var description: Given<String>
    package var restrictedTo: Given<[PermissionID]>

    package init(
        id: RoleID,
        scope: Role.Scope? = nil,
        description: Given<String> = .leftOut,
        restrictedTo: Given<[PermissionID]> = .leftOut
    ) {
        self.id = id
        self.scope = scope
        self.description = description
        self.restrictedTo = restrictedTo
    }
}

package struct FixturePermission: Equatable, Sendable {
    package var id: PermissionID
    package var roles: [RoleID]?

    package init(id: PermissionID, roles: [RoleID]? = nil) {
        self.id = id
        self.roles = roles
    }
}

package struct FixtureUser: Equatable, Sendable {
    package var id: UserID
    package var username: Given<String>
    package var active: Bool?
    package var roles: [RoleID]?
    package var tokens: [FixtureToken]?

    package init(
        id: UserID,
        username: Given<String> = .leftOut,
        active: Bool? = nil,
        roles: [RoleID]? = nil,
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
    package var digest: TokenDigest
    package var createdAt: Timestamp?
    package var expiresAt: Given<Timestamp>
    package var kind: TokenRecord.Kind?

    package init(
        digest: TokenDigest,
        createdAt: Timestamp? = nil,
        expiresAt: Given<Timestamp> = .leftOut,
        kind: TokenRecord.Kind? = nil
    ) {
        self.digest = digest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.kind = kind
    }
}

package struct FixtureDepartment: Equatable, Sendable {
    package var id: DepartmentID
    package var enabled: Bool?
    package var agents: [UserID]?

    package init(id: DepartmentID, enabled: Bool? = nil, agents: [UserID]? = nil) {
        self.id = id
        self.enabled = enabled
        self.agents = agents
    }
}

package struct FixtureRoom: Equatable, Sendable {
    package var id: RoomID
    package var kind: String?
    package var open: Bool?
    package var servedBy: Given<UserID>
    package var departmentID: Given<DepartmentID>
    package var visitorToken: Given<VisitorToken>
    package var inquiry: Given<FixtureInquiry>
    package var members: [FixtureMember]?

    package init(
        id: RoomID,
        kind: String? = nil,
        open: Bool? = nil,
        servedBy: Given<UserID> = .leftOut,
        departmentID: Given<DepartmentID> = .leftOut,
        visitorToken: Given<VisitorToken> = .leftOut,
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
    package var departmentID: Given<DepartmentID>
    package var defaultAgent: Given<UserID>

    package init(
        status: Given<String> = .leftOut,
        departmentID: Given<DepartmentID> = .leftOut,
        defaultAgent: Given<UserID> = .leftOut
    ) {
        self.status = status
        self.departmentID = departmentID
        self.defaultAgent = defaultAgent
    }
}

package struct FixtureMember: Equatable, Sendable {
    package var userID: UserID
    package var joinedAt: Timestamp?
    package var roles: [RoleID]?

    package init(userID: UserID, joinedAt: Timestamp? = nil, roles: [RoleID]? = nil) {
        self.userID = userID
        self.joinedAt = joinedAt
        self.roles = roles
    }
}
