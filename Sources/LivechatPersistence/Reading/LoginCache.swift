internal import LivechatJoin
internal import Synchronization

/// Logins that were looked up and were good, shared by all connections of a database.
///
/// Triggers renew a user's stamp whenever the user, one of their tokens or one of their roles changes, and the grants'
/// stamp whenever a role does. What was found under two stamps holds for every snapshot that shows the same two
/// (contract C5). Only logins that succeed are kept, so guessing finds nothing here and cannot tell a known user from
/// an unknown one by the time it takes (contract C4).
final class LoginCache: Sendable {
    /// A token of an active user.
    struct Login: Sendable {
        let user: LivechatUserID
        let key: Int64
        let token: LivechatTokenRecord
        let roles: [LivechatRoleID]
        /// The user's stamp.
        let stamp: Int64
        let grantsStamp: Int64
    }

    /// Some of the logins.
    private struct Shard {
        var logins: [LivechatTokenDigest: Login] = [:]
        /// Their digests; where there are as many as may be kept, the one at `oldest` goes next.
        var digests: [LivechatTokenDigest] = []
        var oldest = 0
    }

    private final class Guarded: Sendable {
        let shard = Mutex(Shard())
    }

    /// Several, so that threads seldom want the same lock.
    private let shards: [Guarded]
    private let shardCapacity: Int

    /// - Parameter capacity: The most logins that are kept.
    init(capacity: Int) {
        let count = max(1, min(16, capacity))
        shards = (0..<count).map { _ in Guarded() }
        shardCapacity = max(0, capacity) / count
    }

    /// The last login with this token, if it is known.
    func login(with digest: LivechatTokenDigest) -> Login? {
        shards[digest.spread % shards.count].shard.withLock { $0.logins[digest] }
    }

    /// Keeps a login; where there is no more room, in place of the oldest.
    func remember(_ login: Login, with digest: LivechatTokenDigest) {
        guard shardCapacity > 0 else { return }
        shards[digest.spread % shards.count].shard.withLock { shard in
            guard shard.logins.updateValue(login, forKey: digest) == nil else { return }
            if shard.digests.count < shardCapacity {
                shard.digests.append(digest)
            } else {
                shard.logins[shard.digests[shard.oldest]] = nil
                shard.digests[shard.oldest] = digest
                shard.oldest = (shard.oldest + 1) % shardCapacity
            }
        }
    }
}
