#if PostgreSQL
internal import LivechatJoin
internal import Synchronization

/// The newest grants that a process has seen, shared by all connections.
final class GrantMemory: Sendable {
    private let snapshot = Mutex<GrantSnapshot?>(nil)

    var newest: GrantSnapshot? {
        get { snapshot.withLock { $0 } }
        set { snapshot.withLock { $0 = newValue } }
    }
}

extension GrantSnapshot {
    /// All grants in one row: their stamp, the roles' keys and ids, then the role and the permission of each grant and of
    /// each restriction.
    private static let sql = """
        SELECT
            (SELECT grants_stamp FROM livechat_setting),
            (SELECT array_agg(key ORDER BY key) FROM livechat_role),
            (SELECT array_agg(id ORDER BY key) FROM livechat_role),
            (SELECT array_agg(role ORDER BY permission, role) FROM livechat_grant),
            (SELECT array_agg(permission.id ORDER BY granted.permission, granted.role)
                FROM livechat_grant AS granted
                JOIN livechat_permission AS permission ON permission.key = granted.permission),
            (SELECT array_agg(role ORDER BY permission, role) FROM livechat_restriction),
            (SELECT array_agg(permission.id ORDER BY restricted.permission, restricted.role)
                FROM livechat_restriction AS restricted
                JOIN livechat_permission AS permission ON permission.key = restricted.permission)
        """

    /// Reads the grants of the newest committed state, or of the transaction's snapshot.
    init(_ session: Session, until deadline: ContinuousClock.Instant? = nil) throws {
        let rows = try session.query(Self.sql, until: deadline)
        let roles = Dictionary(
            uniqueKeysWithValues: zip(rows.integers(0, 1), rows.texts(0, 2).map(LivechatRoleID.init(stored:)))
        )
        func pairs(_ column: Int) throws(LivechatStoreError) -> [(LivechatRoleID, LivechatPermissionID)] {
            let (keys, ids) = (rows.integers(0, column), rows.texts(0, column + 1))
            // A restriction that is passed over would let somebody in.
            guard keys.count == ids.count, keys.allSatisfy({ roles[$0] != nil }) else { throw .danglingRole }
            return zip(keys, ids).compactMap { key, id in roles[key].map { ($0, LivechatPermissionID(stored: id)) } }
        }
        var grants: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
        for (role, permission) in try pairs(3) { grants[permission, default: []].insert(role) }
        var restrictions: [LivechatRoleID: Set<LivechatPermissionID>] = [:]
        for (role, permission) in try pairs(5) { restrictions[role, default: []].insert(permission) }
        self.init(
            stamp: rows.integer(0, 0) ?? 0,
            table: GrantTable(roles: grants, restrictions: restrictions),
            roleIDs: roles
        )
    }
}

extension LivechatStoreError {
    /// Foreign keys and triggers keep this from happening, so it was changed without them.
    static let danglingRole = LivechatStoreError(
        .damaged,
        "a user or a grant refers to a role that does not exist: see what is wrong with `livechat-join check`"
    )
}
#endif
