internal import LivechatTokens
public import LivechatValues

/// Which roles are granted which permissions, and which roles are restricted to which.
public struct GrantTable: Sendable {
    /// The roles that each permission is granted to.
    package let roles: [LivechatPermissionID: Set<LivechatRoleID>]
    /// The only permissions that holders of a restricted role can have.
    package let restrictions: [LivechatRoleID: Set<LivechatPermissionID>]

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - roles: The roles that each permission is granted to; a permission that is not there is granted to none.
    ///   - restrictions: What each restricted role is restricted to; an empty set restricts nothing (contract C12).
    public init(
        roles: [LivechatPermissionID: Set<LivechatRoleID>],
        restrictions: [LivechatRoleID: Set<LivechatPermissionID>] = [:]
    ) {
        self.roles = roles
        self.restrictions = restrictions.filter { !$0.value.isEmpty }
    }

    /// The same table with one grant more.
    package func granting(_ permission: LivechatPermissionID, to role: LivechatRoleID) -> GrantTable {
        var roles = roles
        roles[permission, default: []].insert(role)
        return GrantTable(roles: roles, restrictions: restrictions)
    }
}

/// The grants and restrictions as they stood under one stamp.
///
/// A store renews its stamp whenever a role, a grant or a restriction changes, so a snapshot holds for every read that
/// shows the same stamp. It has no clock and is never stale (contract C5).
package struct GrantSnapshot: Sendable {
    /// The stamp it was read under.
    package let stamp: Int64
    /// What was granted and restricted.
    package let table: GrantTable
    /// The ids of all roles by the keys that the store has for them.
    package let roleIDs: [Int64: LivechatRoleID]

    /// Keeps what was read under a stamp.
    package init(stamp: Int64, table: GrantTable, roleIDs: [Int64: LivechatRoleID]) {
        self.stamp = stamp
        self.table = table
        self.roleIDs = roleIDs
    }

    /// The ids of roles, in their order.
    ///
    /// - Parameter keys: The keys that the store has for them.
    /// - Returns: nil when one of them does not exist: the role that is gone may be a restricted one.
    package func ids(of keys: [Int64]) -> [LivechatRoleID]? {
        var ids: [LivechatRoleID] = []
        for key in keys {
            guard let id = roleIDs[key] else { return nil }
            ids.append(id)
        }
        return ids.sorted()
    }
}
