#if PostgreSQL
import LivechatJoin
import LivechatJoinTesting
import Synchronization
import Testing

@testable import LivechatPostgreSQL

extension OnPostgreSQL {
    /// The log tells of everything in the order in which it was committed: no join stands in it where it was not
    /// allowed (contract C7).
    @Suite("A race of joins against changes") struct RaceTests {
        private final class Counts: Sendable {
            let left = Atomic<Int>(400)
            let joined = Atomic<Int>(0)
        }

        private static let users: [LivechatUserID] = (0..<8).map { LivechatUserID(stringLiteral: "u\($0)") }

        @Test("Joins through two stores, and tokens, roles, rooms and grants that come and go through a third")
        func race() async throws {
            try await withDatabase(stores: 3) { stores, _ in
                let changing = stores[2]
                try await Self.furnish(changing)
                let counts = Counts()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, user) in Self.users.enumerated() {
                        group.addTask {
                            let store = stores[index % 2]
                            let service = JoinService(store: store)
                            while counts.left.load(ordering: .relaxed) > 0 {
                                let request = JoinRequest(userID: user.string, token: "raw-\(user)", roomID: "room")
                                if case .joined = try await service.join(request) {
                                    counts.joined.add(1, ordering: .relaxed)
                                    try await store.leave("room", user)
                                }
                            }
                        }
                    }
                    group.addTask {
                        while counts.left.subtract(1, ordering: .relaxed).newValue > 0 {
                            try await Self.changeAndBack(changing, counts.left.load(ordering: .relaxed))
                        }
                    }
                    try await group.waitForAll()
                }
                let events = try await changing.events(after: 0, limit: 1_000_000)
                #expect(
                    events.map(\.sequence) == events.indices.map { Int64($0 + 1) },
                    "dense, in the order of commits"
                )
                #expect(events.count { $0.kind == .joined } == counts.joined.load(ordering: .relaxed))
                let violations = Self.replay(events)
                #expect(violations == [])
                #expect(counts.joined.load(ordering: .relaxed) > 50, "the race was none")
            }
        }

        private static func furnish(_ store: PostgreSQLJoinDatabase) async throws {
            try await store.addPermission("view-l-room")
            for role: LivechatRole in ["agent", "second"] { try await store.addRole(role) }
            try await store.grant("view-l-room", to: ["agent"])
            try await store.setPreviewRoom(true)
            for user in users {
                try await store.addUser(LivechatUser(id: user), roles: ["agent"])
                try await store.addToken(LivechatToken("raw-\(user)"), for: user, record)
            }
            try await store.addRoom("room")
            try await store.queue("room")
        }

        private static let record = LivechatTokenRecord(
            kind: .personalAccess,
            createdAt: LivechatTimestamp(milliseconds: 0)
        )

        private static func changeAndBack(_ store: PostgreSQLJoinDatabase, _ turn: Int) async throws {
            let user = users[turn % users.count]
            switch turn % 6 {
            case 0:
                try await store.revokeTokens(of: user)
                try await store.addToken(LivechatToken("raw-\(user)"), for: user, record)
            case 1:
                try await store.withdraw("agent", from: user)
                try await store.assign("agent", to: user)
            case 2:
                try await store.closeRoom("room")
                try await store.openRoom("room")
            case 3:
                try await store.revoke("view-l-room", from: ["agent"])
                try await store.grant("view-l-room", to: ["agent"])
            case 4:
                try await store.setUser(user, isActive: false)
                try await store.setUser(user, isActive: true)
            default:
                try await store.dequeue("room")
                try await store.queue("room")
            }
        }

        /// Goes through the log as it was committed.
        ///
        /// - Returns: The joins that were not allowed where they stand.
        private static func replay(_ events: [JoinEvent]) -> [String] {
            var tokens: Set<LivechatUserID?> = []
            var roles: Set<LivechatUserID?> = []
            var inactive: Set<LivechatUserID?> = []
            var (isOpen, isGranted, isQueued) = (false, false, false)
            var violations: [String] = []
            for event in events {
                switch event.kind {
                case .tokenIssued: tokens.insert(event.userID)
                case .tokensRevoked: tokens.remove(event.userID)
                case .roleAssigned: roles.insert(event.userID)
                case .roleWithdrawn: roles.remove(event.userID)
                case .userDeactivated: inactive.insert(event.userID)
                case .userActivated: inactive.remove(event.userID)
                case .roomAdded, .roomOpened: isOpen = true
                case .roomClosed: isOpen = false
                case .permissionGranted: isGranted = true
                case .permissionRevoked: isGranted = false
                case .roomQueued: isQueued = true
                case .roomDequeued: isQueued = false
                case .joined:
                    let user = event.userID
                    let isAllowed = tokens.contains(user) && roles.contains(user) && !inactive.contains(user)
                    if !(isAllowed && isOpen && isGranted && isQueued) { violations.append(event.json) }
                default: break
                }
            }
            return violations
        }
    }
}
#endif
