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
    /// Reads grants from six arrays of a row: the roles' keys and ids, then the role and the permission of each grant
    /// and of each restriction.
    init(_ rows: borrowing Rows, _ column: Int, stamp: Int64) throws(LivechatStoreError) {
        let keys = rows.integers(0, column)
        let ids = rows.texts(0, column + 1)
        let roles = Dictionary(uniqueKeysWithValues: zip(keys, ids.map(LivechatRoleID.init(stored:))))
        func pairs(_ column: Int) throws(LivechatStoreError) -> [(LivechatRoleID, LivechatPermissionID)] {
            let (keys, ids) = (rows.integers(0, column), rows.texts(0, column + 1))
            // A restriction that is passed over would let somebody in.
            guard keys.count == ids.count, keys.allSatisfy({ roles[$0] != nil }) else { throw .danglingRole }
            return zip(keys, ids).compactMap { key, id in roles[key].map { ($0, LivechatPermissionID(stored: id)) } }
        }
        var grants: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
        for (role, permission) in try pairs(column + 2) { grants[permission, default: []].insert(role) }
        var restrictions: [LivechatRoleID: Set<LivechatPermissionID>] = [:]
        for (role, permission) in try pairs(column + 4) { restrictions[role, default: []].insert(permission) }
        self.init(stamp: stamp, table: GrantTable(roles: grants, restrictions: restrictions), roleIDs: roles)
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
