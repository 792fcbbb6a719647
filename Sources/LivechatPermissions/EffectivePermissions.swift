public import LivechatTokens
public import LivechatValues

/// What somebody's roles amount to: the answer to every permission check of one user (contract C5).
///
/// ```swift
/// let grants = GrantTable(roles: [.viewLivechatRoom: [.livechatAgent]])
/// let permissions = EffectivePermissions(roles: [LivechatRoleID.livechatAgent], grants: grants)
/// permissions.holds(.viewLivechatRoom)
/// ```
public struct EffectivePermissions: Sendable {
    /// The roles that count, in the order of their ids.
    public let roles: [LivechatRoleID]
    private let grants: GrantTable

    /// Resolves roles to permissions.
    ///
    /// - Parameters:
    ///   - roles: The user's own roles, and in a check that names a room also the roles as a member of that room.
    ///   - grants: The grants and restrictions in force.
    public init(roles: some Sequence<LivechatRoleID>, grants: GrantTable) {
        self.roles = Set(roles).sorted()
        self.grants = grants
    }

    /// Resolves roles that are in the order of their ids, none of them twice.
    package init(sortedRoles roles: [LivechatRoleID], grants: GrantTable) {
        self.roles = roles
        self.grants = grants
    }

    /// Decides one permission and says which role did.
    ///
    /// A restriction beats every grant: a holder of a restricted role has nothing outside that role's set.
    public func decide(_ permission: LivechatPermissionID) -> PermissionDecision {
        for role in roles {
            if let restriction = grants.restrictions[role], !restriction.contains(permission) {
                return .restricted(by: role)
            }
        }
        guard let granted = grants.roles[permission], let role = roles.first(where: granted.contains) else {
            return .notGranted
        }
        return .granted(by: role)
    }

    /// Whether a permission is held.
    public func holds(_ permission: LivechatPermissionID) -> Bool {
        if case .granted = decide(permission) { true } else { false }
    }

    /// The roles through which a permission is held, in the order of their ids; none when it is not held.
    public func roles(holding permission: LivechatPermissionID) -> [LivechatRoleID] {
        holds(permission) ? roles.filter { grants.roles[permission]?.contains($0) == true } : []
    }

    /// Every permission that is held, in the order of their ids.
    public var held: [LivechatPermissionID] { grants.roles.keys.filter(holds).sorted() }

    /// Whether every one of these is held; an empty list holds.
    public func holds(all permissions: [LivechatPermissionID]) -> Bool { permissions.allSatisfy(holds) }

    /// Whether at least one of these is held; an empty list does not hold.
    public func holds(any permissions: [LivechatPermissionID]) -> Bool { permissions.contains(where: holds) }
}

/// Whether a permission is held, and through which role.
public enum PermissionDecision: Hashable, Sendable {
    /// This role is granted it, and no restriction stands against it.
    case granted(by: LivechatRoleID)
    /// This role is restricted to other permissions.
    case restricted(by: LivechatRoleID)
    /// None of the roles is granted it.
    case notGranted
}

/// Looks up what somebody may do.
public protocol PermissionLookup {
    /// Resolves a user's roles to permissions.
    ///
    /// - Parameters:
    ///   - user: The user; an unknown one holds nothing.
    ///   - room: The room that the check names; nil leaves room-scoped roles out.
    /// - Returns: The user's roles and what they amount to.
    /// - Throws: When the store cannot be read.
    func permissions(of user: LivechatUserID, in room: LivechatRoomID?) throws -> EffectivePermissions
}
