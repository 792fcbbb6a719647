internal import LivechatPermissions
internal import LivechatSQLite
internal import LivechatTokens

/// Roles resolved to permissions, kept for as long as nothing about grants has changed.
///
/// Triggers in the schema draw a new stamp whenever a role, a grant or a restriction changes, so what was resolved
/// under a stamp is right for every snapshot that shows the same stamp, in every process, and after a rollback or a
/// restored backup too. There is no clock in it (contract C5).
final class GrantCache {
    private let allRoles: Statement
    private let allGrants: Statement
    private let allRestrictions: Statement

    private var stamp: Int64?
    private var table = GrantTable(roles: [:])
    private var idsByKey: [Int64: RoleID] = [:]
    private var none = Combination(roles: [])
    private var combinations = 1
    /// What the combinations that logins name amount to, by their number.
    private var numbered: [EffectivePermissions?] = []

    /// More combinations of roles than any installation has. Beyond it this cache starts anew; `RoleCombinations`, which is for
    /// as long as the database is open, numbers no more, and users with other ones are looked up each time.
    static let maximumCombinations = 4_096

    /// Some roles, and what they amount to once that has been asked. One role more leads to the next combination, so
    /// that rows can be followed as they come, with nothing made to look them up by.
    final class Combination {
        /// The keys of the roles.
        let roles: [Int64]
        fileprivate var permissions: EffectivePermissions?
        fileprivate var next: [Int64: Combination] = [:]

        fileprivate init(roles: [Int64]) { self.roles = roles }
    }

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
            FROM role_restriction LEFT JOIN permission ON permission.key = role_restriction.permission
            """
        )
    }

    /// The combination of no roles, to begin with.
    ///
    /// - Parameter stamp: The stamp that the snapshot shows.
    func begin(stamp: Int64) throws(SQLiteError) -> Combination {
        if self.stamp != stamp { try read(stamp) }
        if combinations > Self.maximumCombinations { forgetCombinations() }
        return none
    }

    /// The combination with one role more.
    func adding(_ role: Int64, to combination: Combination) -> Combination {
        if let next = combination.next[role] { return next }
        let next = Combination(roles: combination.roles + [role])
        combination.next[role] = next
        combinations += 1
        return next
    }

    /// What a combination amounts to.
    ///
    /// - Throws: `SQLiteError` when one of the roles does not exist: the role that is gone may be a restricted one.
    func permissions(of combination: Combination) throws(SQLiteError) -> EffectivePermissions {
        if let known = combination.permissions { return known }
        var roles: [RoleID] = []
        for key in combination.roles {
            guard let role = idsByKey[key] else {
                throw SQLiteError.danglingReference(in: "user_role or membership_role")
            }
            roles.append(role)
        }
        let permissions = EffectivePermissions(roles: roles, grants: table)
        combination.permissions = permissions
        return permissions
    }

    /// What a combination amounts to that a login names.
    ///
    /// - Parameters:
    ///   - number: Its number in the login.
    ///   - stamp: The stamp that the snapshot shows.
    /// - Returns: nil when it has not been told under this stamp.
    func permissions(ofCombination number: Int, stamp: Int64) -> EffectivePermissions? {
        self.stamp == stamp && number < numbered.count ? numbered[number] : nil
    }

    /// Is told what a combination amounts to that a login names.
    func remember(_ permissions: EffectivePermissions, ofCombination number: Int) {
        while numbered.count <= number { numbered.append(nil) }
        numbered[number] = permissions
    }

    private func forgetCombinations() {
        none = Combination(roles: [])
        combinations = 1
        numbered = []
    }

    private func read(_ stamp: Int64) throws(SQLiteError) {
        self.stamp = nil
        var ids: [Int64: RoleID] = [:]
        try allRoles.eachRow { row in ids[row.integer(0)] = RoleID(stored: row.text(1)) }
        var grants: [PermissionID: Set<RoleID>] = [:]
        try allGrants.eachRow { row in
            // A role or permission that is gone is granted nothing.
            guard let role = ids[row.integer(1)] else { return }
            grants[PermissionID(stored: row.text(0)), default: []].insert(role)
        }
        var isDangling = false
        var restrictions: [RoleID: Set<PermissionID>] = [:]
        try allRestrictions.eachRow { row in
            guard let role = ids[row.integer(0)], let permission = row.textIfPresent(1) else {
                isDangling = true
                return
            }
            restrictions[role, default: []].insert(PermissionID(stored: permission))
        }
        // A restriction that is passed over would let somebody in.
        if isDangling { throw SQLiteError.danglingReference(in: "role_restriction") }
        idsByKey = ids
        table = GrantTable(roles: grants, restrictions: restrictions)
        forgetCombinations()
        self.stamp = stamp
    }
}

extension SQLiteError {
    /// Foreign keys keep this from happening, so the file is damaged or was changed without them.
    static func danglingReference(in table: String) -> SQLiteError {
        SQLiteError(
            code: 11,
            message: "\(table) refers to a role or permission that is gone; `livechat-join check` tells more"
        )
    }
}
