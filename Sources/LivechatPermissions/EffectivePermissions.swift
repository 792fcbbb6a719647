public import LivechatTokens

/// What somebody's roles amount to: the answer to every permission check of one user (contract C5).
///
/// ```swift
/// let permissions = EffectivePermissions(roles: [agent], grants: table)
/// permissions.holds(Permission.viewLivechatRoom)
/// ```
public struct EffectivePermissions: Sendable {
    /// What is resolved once is shared by all copies.
    private final class Resolved: Sendable {
        let roles: [RoleID]
        let grantedBy: [PermissionID: RoleID]
        let restrictions: [(role: RoleID, permissions: Set<PermissionID>)]
        /// Every decision asks for it.
        let viewLivechatRoom: PermissionDecision
        /// Every decision on a room that the user is no member of asks for it.
        let holdsViewLivechatRooms: Bool

        init(_ roles: [RoleID], _ grants: GrantTable) {
            self.roles = roles
            grantedBy = grants.roles.compactMapValues { granted in roles.first(where: granted.contains) }
            restrictions = roles.compactMap { role in grants.restrictions[role].map { (role, $0) } }
            viewLivechatRoom = Self.decide(Permission.viewLivechatRoom, grantedBy, restrictions)
            let viewLivechatRooms = Self.decide(Permission.viewLivechatRooms, grantedBy, restrictions)
            holdsViewLivechatRooms = if case .granted = viewLivechatRooms { true } else { false }
        }

        static func decide(
            _ permission: PermissionID,
            _ grantedBy: [PermissionID: RoleID],
            _ restrictions: [(role: RoleID, permissions: Set<PermissionID>)]
        ) -> PermissionDecision {
            for restriction in restrictions where !restriction.permissions.contains(permission) {
                return .restricted(by: restriction.role)
            }
            return grantedBy[permission].map(PermissionDecision.granted) ?? .notGranted
        }
    }

    private let resolved: Resolved

    /// The roles that count, in the order of their ids.
    public var roles: [RoleID] { resolved.roles }

    /// Resolves roles to permissions.
    ///
    /// - Parameters:
    ///   - roles: The user's own roles, and in a check that names a room also the roles as a member of that room.
    ///   - grants: The grants and restrictions in force.
    public init(roles: some Sequence<RoleID>, grants: GrantTable) {
        resolved = Resolved(Set(roles).sorted(), grants)
    }

    /// Decides one permission and says which role did.
    ///
    /// A restriction beats every grant: a holder of a restricted role has nothing outside that role's set.
    public func decide(_ permission: PermissionID) -> PermissionDecision {
        Resolved.decide(permission, resolved.grantedBy, resolved.restrictions)
    }

    /// The decision on ``Permission/viewLivechatRoom``.
    package var viewLivechatRoom: PermissionDecision { resolved.viewLivechatRoom }

    /// Whether ``Permission/viewLivechatRooms`` is held.
    package var holdsViewLivechatRooms: Bool { resolved.holdsViewLivechatRooms }

    /// Whether a permission is held.
    public func holds(_ permission: PermissionID) -> Bool {
        if case .granted = decide(permission) { true } else { false }
    }

    /// Whether every one of these is held; an empty list holds.
    public func holds(all permissions: [PermissionID]) -> Bool { permissions.allSatisfy(holds) }

    /// Whether at least one of these is held; an empty list does not hold.
    public func holds(any permissions: [PermissionID]) -> Bool { permissions.contains(where: holds) }
}

/// Whether a permission is held, and through which role.
public enum PermissionDecision: Hashable, Sendable {
    /// This role is granted it, and no restriction stands against it.
    case granted(by: RoleID)
    /// This role is restricted to other permissions.
    case restricted(by: RoleID)
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
    /// - Throws: When the store cannot be read.
    func permissions(of user: UserID, in room: RoomID?) throws -> EffectivePermissions
}
