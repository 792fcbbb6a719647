internal import LivechatPermissions
internal import LivechatSQLite
internal import LivechatTokens
internal import LivechatValues
internal import Synchronization

/// The newest grant snapshot, shared by all connections of a database.
final class GrantMemory: Sendable {
    private let newest = Mutex<GrantSnapshot?>(nil)

    /// The snapshot with this stamp, if it is the newest one.
    func snapshot(_ stamp: Int64) -> GrantSnapshot? { newest.withLock { $0?.stamp == stamp ? $0 : nil } }

    func remember(_ snapshot: GrantSnapshot) { newest.withLock { $0 = snapshot } }
}

/// Reads grants and restrictions over one connection, when their stamp has changed.
final class GrantReader {
    private let allRoles: Statement
    private let allGrants: Statement
    private let allRestrictions: Statement
    private let memory: GrantMemory
    private var last: GrantSnapshot?

    init(_ connection: borrowing Connection, _ memory: GrantMemory) throws(SQLiteError) {
        allRoles = try connection.prepare("SELECT key, id FROM livechat_role")
        allGrants = try connection.prepare(
            """
            SELECT permission.id, granted.role
            FROM livechat_grant AS granted JOIN livechat_permission AS permission ON permission.key = granted.permission
            """
        )
        allRestrictions = try connection.prepare(
            """
            SELECT restriction.role, permission.id FROM livechat_restriction AS restriction
            LEFT JOIN livechat_permission AS permission ON permission.key = restriction.permission
            """
        )
        self.memory = memory
    }

    /// The grants under the stamp that the connection's snapshot shows.
    func grants(_ stamp: Int64) throws(SQLiteError) -> GrantSnapshot {
        if let last, last.stamp == stamp { return last }
        let snapshot = if let known = memory.snapshot(stamp) { known } else { try read(stamp) }
        memory.remember(snapshot)
        last = snapshot
        return snapshot
    }

    private func read(_ stamp: Int64) throws(SQLiteError) -> GrantSnapshot {
        var ids: [Int64: LivechatRoleID] = [:]
        try allRoles.eachRow { row in ids[row.integer(0)] = LivechatRoleID(stored: row.text(1)) }
        var grants: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
        try allGrants.eachRow { row in
            // A role or permission that is gone is granted nothing.
            guard let role = ids[row.integer(1)] else { return }
            grants[LivechatPermissionID(stored: row.text(0)), default: []].insert(role)
        }
        var isDangling = false
        var restrictions: [LivechatRoleID: Set<LivechatPermissionID>] = [:]
        try allRestrictions.eachRow { row in
            // What is left of a role that is gone restricts nobody.
            guard let role = ids[row.integer(0)] else { return }
            guard let permission = row.textIfPresent(1) else {
                isDangling = true
                return
            }
            restrictions[role, default: []].insert(LivechatPermissionID(stored: permission))
        }
        // A restriction that is passed over would let somebody in.
        if isDangling { throw SQLiteError.danglingReference(in: "livechat_restriction") }
        return GrantSnapshot(
            stamp: stamp,
            table: GrantTable(roles: grants, restrictions: restrictions),
            roleIDs: ids
        )
    }
}

extension SQLiteError {
    static let danglingRole = danglingReference(in: "livechat_user_role or livechat_membership_role")

    /// Foreign keys and triggers keep this from happening, so the file is damaged or was changed without them.
    static func danglingReference(in table: String) -> SQLiteError {
        SQLiteError(
            code: 11,
            message: "\(table) refers to a row that another program has removed"
        )
    }
}
