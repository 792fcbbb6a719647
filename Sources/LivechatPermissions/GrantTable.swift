public import LivechatTokens

/// Which roles are granted which permissions, and which roles are restricted to which.
public struct GrantTable: Sendable {
    /// The roles that each permission is granted to.
    package let roles: [PermissionID: Set<RoleID>]
    /// The only permissions that holders of a restricted role can have.
    package let restrictions: [RoleID: Set<PermissionID>]

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - roles: The roles that each permission is granted to; a permission that is not there is granted to none.
    ///   - restrictions: What each restricted role is restricted to; an empty set restricts nothing (contract C12).
    public init(roles: [PermissionID: Set<RoleID>], restrictions: [RoleID: Set<PermissionID>] = [:]) {
        self.roles = roles
        self.restrictions = restrictions.filter { !$0.value.isEmpty }
    }
}
