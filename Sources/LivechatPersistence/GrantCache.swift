internal import LivechatPermissions
internal import LivechatSQLite
internal import LivechatTokens

/// Roles resolved to permissions, kept for as long as nothing about grants has changed.
///
/// Triggers in the schema draw a new stamp whenever a role, a grant or a restriction changes, so what was resolved
/// under a stamp is right for every snapshot that shows the same stamp, in every process, and after a rollback or a
/// restored backup too. There is no clock in it (contract C5).
final class GrantCache {
    private var allRoles: Statement
    private var allGrants: Statement
    private var allRestrictions: Statement

    private var stamp: Int64?
    private var table = GrantTable(roles: [:])
    private var idsByKey: [Int64: RoleID] = [:]
    private var resolved: [[Int64]: EffectivePermissions] = [:]

    /// More combinations of roles than any installation has; beyond it the cache starts anew.
    private static let maximumCombinations = 1_024

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        allRoles = try connection.prepare("SELECT key, id FROM role")
        allGrants = try connection.prepare(
            """
            SELECT permission.id, permission_grant.role
            FROM permission_grant JOIN permission ON permission.key = permission_grant.permission
            """
        )
        allRestrictions = try connection.prepare(
            """
            SELECT role_restriction.role, permission.id
            FROM role_restriction JOIN permission ON permission.key = role_restriction.permission
            """
        )
    }

    /// Resolves roles by their keys.
    ///
    /// - Parameters:
    ///   - roles: The keys of the roles, in any order.
    ///   - stamp: The stamp that the snapshot shows.
    func permissions(ofRoles roles: [Int64], stamp: Int64) throws(SQLiteError) -> EffectivePermissions {
        if self.stamp != stamp { try read(stamp) }
        if let known = resolved[roles] { return known }
        let permissions = EffectivePermissions(roles: roles.compactMap { idsByKey[$0] }, grants: table)
        if resolved.count >= Self.maximumCombinations { resolved.removeAll() }
        resolved[roles] = permissions
        return permissions
    }

    private func read(_ stamp: Int64) throws(SQLiteError) {
        self.stamp = nil
        var ids: [Int64: RoleID] = [:]
        try allRoles.forEach { row in ids[row.integer(0)] = RoleID(stored: row.text(1)) }
        var grants: [PermissionID: Set<RoleID>] = [:]
        try allGrants.forEach { row in
            guard let role = ids[row.integer(1)] else { return }
            grants[PermissionID(stored: row.text(0)), default: []].insert(role)
        }
        var restrictions: [RoleID: Set<PermissionID>] = [:]
        try allRestrictions.forEach { row in
            guard let role = ids[row.integer(0)] else { return }
            restrictions[role, default: []].insert(PermissionID(stored: row.text(1)))
        }
        idsByKey = ids
        table = GrantTable(roles: grants, restrictions: restrictions)
        resolved = [:]
        self.stamp = stamp
    }
}
