internal import LivechatJoin
internal import Synchronization

/// Logins that were looked up and were good, shared by all connections of a database.
///
/// Triggers in the schema draw a new stamp whenever a token, a user or a user's roles change. What was found under a stamp is
/// right for every snapshot that shows the same one, as with `GrantCache` (contract C5). Only logins that succeed are kept:
/// whoever guesses tokens finds nothing here and cannot tell a known user from an unknown one by the time it takes (contract C4).
final class LoginCache: Sendable {
    /// A token of an active user. It refers to nothing that is counted: threads that look at it would count it by turns, each
    /// waiting for the other's processor.
    struct Login: Sendable {
        let key: Int64
        let token: TokenRecord
        /// The user's roles, by their number among `combinations`.
        let combination: Int
        /// Under what it was found.
        let stamp: Int64
    }

    /// What is kept. Nothing keeps two users from having the same token, nor two digests from beginning alike; the last of
    /// them is the one kept.
    private struct Entry {
        let digest: TokenDigest
        let user: UserName
        let login: Login
    }

    /// A user's id in place, its length in the last byte: a text would be counted.
    private struct UserName: Equatable {
        private let words: (UInt64, UInt64, UInt64, UInt64, UInt64)

        /// - Returns: nil when the id is longer than has place here.
        init?(_ user: UserID) {
            let bytes = user.string.utf8Span.span
            guard bytes.count <= LoginCache.maximumUserBytes else { return nil }
            let length = UInt64(bytes.count) << 56
            words = (
                Self.word(bytes, 0), Self.word(bytes, 8), Self.word(bytes, 16), Self.word(bytes, 24),
                Self.word(bytes, 32) | length
            )
        }

        /// Up to eight of the bytes as a word; of eight it is known how many they are, so that they are read at once.
        @inline(__always)
        private static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
            var word: UInt64 = 0
            if bytes.count &- start >= 8 {
                for place in 0..<8 { word |= UInt64(bytes[start &+ place]) &<< UInt64(truncatingIfNeeded: place &* 8) }
            } else {
                var place = 0
                while start &+ place < bytes.count {
                    word |= UInt64(bytes[start &+ place]) &<< UInt64(truncatingIfNeeded: place &* 8)
                    place &+= 1
                }
            }
            return word
        }

        static func == (one: Self, other: Self) -> Bool { one.words == other.words }
    }

    /// The longest id of a user whose logins are kept, in bytes of UTF-8.
    static let maximumUserBytes = 39

    /// Some of the logins, in a line of the processor's cache of its own.
    private struct Shard: ~Copyable, Sendable {
        /// By the beginning of the digest: the shorter the keys, the fewer lines of memory it takes to see that there is none.
        let logins = Mutex<[UInt64: Entry]>([:])
        private let padding = InlineArray<6, UInt64>(repeating: 0)
    }

    /// The combinations of roles that logins name.
    let combinations = RoleCombinations()
    /// Several, so that threads seldom want the same one; in place, since to hold on to one all threads would count.
    private let shards = InlineArray<16, Shard> { _ in Shard() }
    private let usedShards: Int
    private let shardCapacity: Int

    /// - Parameter capacity: The most logins that are kept.
    init(capacity: Int) {
        usedShards = max(1, min(shards.count, capacity))
        shardCapacity = max(0, capacity) / usedShards
    }

    /// The login of this user with this token under this stamp, if it is known.
    func login(of user: UserID, with digest: TokenDigest, _ stamp: Int64) -> Login? {
        guard let entry = shards[shard(digest)].logins.withLock({ $0[digest.firstWord] }), entry.digest == digest,
            entry.user == UserName(user), entry.login.stamp == stamp
        else { return nil }
        return entry.login
    }

    /// Keeps a login.
    func remember(_ login: Login, of user: UserID, with digest: TokenDigest) {
        guard shardCapacity > 0, let name = UserName(user) else { return }
        shards[shard(digest)].logins.withLock { logins in
            // It starts anew rather than keeping an order of use, which every look-up would have to write.
            if logins.count >= shardCapacity, logins[digest.firstWord] == nil {
                logins.removeAll(keepingCapacity: true)
            }
            logins[digest.firstWord] = Entry(digest: digest, user: name, login: login)
        }
    }

    private func shard(_ digest: TokenDigest) -> Int { digest.spread % usedShards }
}

/// Combinations of roles by number, so that a login that is shared names its roles by something that is not counted. What a
/// combination amounts to each connection resolves for itself (`GrantCache`).
final class RoleCombinations: Sendable {
    private struct Table {
        var numbers: [[Int64]: Int] = [:]
        var roles: [[Int64]] = []
    }

    private let table = Mutex(Table())

    /// The number of a combination.
    ///
    /// - Parameter roles: The keys of the roles.
    /// - Returns: nil when it has none and there are more already than any installation has.
    func number(of roles: [Int64]) -> Int? {
        table.withLock { table in
            if let number = table.numbers[roles] { return number }
            let number = table.roles.count
            guard number < GrantCache.maximumCombinations else { return nil }
            table.numbers[roles] = number
            table.roles.append(roles)
            return number
        }
    }

    /// The keys of the roles of a combination.
    ///
    /// - Parameter number: What `number(of:)` has given.
    func roles(_ number: Int) -> [Int64] { table.withLock { $0.roles[number] } }
}
