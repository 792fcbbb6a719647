internal import LivechatJoin
internal import Synchronization

/// Logins that were looked up and were good, with what they amount to, shared by all connections of a database.
///
/// Triggers in the schema draw a new stamp whenever a token, a user or a user's roles change, and another one whenever
/// grants do. What was found under two stamps is right for every snapshot that
/// shows the same two, as with `GrantCache` (contract C5). Only logins that succeed are kept: whoever guesses tokens finds
/// nothing here and cannot tell a known user from an unknown one by the time it takes (contract C4).
final class LoginCache: Sendable {
    /// Under what something was found.
    struct Stamp: Equatable, Sendable {
        let logins: Int64
        let grants: Int64
    }

    /// A token of an active user.
    final class Login: Sendable {
        let user: UserID
        let key: Int64
        let token: TokenRecord
        let permissions: EffectivePermissions
        fileprivate let stamp: Stamp

        init(_ user: UserID, key: Int64, _ token: TokenRecord, _ permissions: EffectivePermissions, _ stamp: Stamp) {
            self.user = user
            self.key = key
            self.token = token
            self.permissions = permissions
            self.stamp = stamp
        }
    }

    /// Some of the logins, in a line of the processor's cache of its own.
    private struct Shard: ~Copyable, Sendable {
        let logins = Mutex<[TokenDigest: Login]>([:])
        private let padding = InlineArray<6, UInt64>(repeating: 0)
    }

    /// Several, so that threads seldom want the same one; in place, since to hold on to one all threads would count.
    private let shards = InlineArray<16, Shard> { _ in Shard() }
    private let usedShards: Int
    private let shardCapacity: Int

    /// - Parameter capacity: The most logins that are kept.
    init(capacity: Int) {
        usedShards = max(1, min(shards.count, capacity))
        shardCapacity = max(0, capacity) / usedShards
    }

    /// The login with this token under this stamp, if it is known.
    func login(with digest: TokenDigest, _ stamp: Stamp) -> Login? {
        let login = shards[shard(digest)].logins.withLock { $0[digest] }
        return login?.stamp == stamp ? login : nil
    }

    /// Keeps a login.
    func remember(_ login: Login, with digest: TokenDigest) {
        guard shardCapacity > 0 else { return }
        shards[shard(digest)].logins.withLock { logins in
            // It starts anew rather than keeping an order of use, which every look-up would have to write.
            if logins.count >= shardCapacity, logins[digest] == nil { logins.removeAll(keepingCapacity: true) }
            logins[digest] = login
        }
    }

    private func shard(_ digest: TokenDigest) -> Int { digest.spread % usedShards }
}
