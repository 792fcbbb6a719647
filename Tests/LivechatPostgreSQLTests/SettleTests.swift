#if PostgreSQL
import LivechatJoin
import LivechatJoinTesting
import Synchronization
import Testing

@testable import LivechatPostgreSQL

extension OnPostgreSQL {
    /// What is written is written on the facts that held under the locks (contract C7).
    @Suite("A join in two round trips") struct SettleTests {
        @Test("Nobody joins after a change between the two round trips", arguments: JoinStoreContract.shutting)
        func changed(_ change: JoinStoreContract.Change) async throws {
            try await withDatabase(stores: 2) { stores, _ in
                let (asking, changing) = (stores[0], stores[1])
                try await JoinStoreContract.furnish(changing)
                let store = Between(store: asking) { try await change.apply(changing) }
                let service = JoinService(store: store, clock: JoinStoreContract.clock().wallClock)
                let outcome = try await service.join(JoinStoreContract.request(change.user, change.room))
                #expect(outcome == change.after)
                #expect(try await changing.events(after: 0, kinds: [.joined]).isEmpty)
                let room = try LivechatRoomID(change.room)
                #expect(try await changing.members(of: room).isEmpty)
            }
        }

        @Test("A join is decided once, whatever its place among those that are written with it")
        func together() async throws {
            try await withDatabase { stores, _ in
                let store = stores[0]
                try await JoinStoreContract.furnish(store)
                let users: [LivechatUserID] = (0..<32).map { LivechatUserID(stringLiteral: "v\($0)") }
                for user in users { try await store.addUser(LivechatUser(id: user), roles: ["livechat-agent"]) }
                let evaluations = Mutex(0)
                let counting = Between(store: store, onEvaluation: { evaluations.withLock { $0 += 1 } }, change: {})
                let service = JoinService(store: counting, clock: JoinStoreContract.clock().wallClock)
                try await withThrowingTaskGroup { group in
                    for user in users {
                        group.addTask {
                            _ = try await service.join(JoinRequest(.verified(user), roomID: .value("public")))
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await store.members(of: "public").count == users.count)
                #expect(evaluations.withLock { $0 } == users.count)
            }
        }

        @Test("A token that expires while the join is on its way joins nobody")
        func expires() async throws {
            try await withDatabase(stores: 2) { stores, _ in
                let (store, holder) = (stores[0], stores[1])
                try await JoinStoreContract.furnish(store)
                let expiry = LivechatClock.system.now.adding(.milliseconds(300))
                let record = LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0), expiresAt: expiry)
                try await store.addToken("raw-agent", for: "agent", record)
                // A row that somebody holds until the token has expired.
                try await holder.work.run { session in
                    try session.run(script: "BEGIN; UPDATE livechat_room SET open = open WHERE id = 'served'")
                }
                let between = Between(store: store) {
                    Task.detached {
                        while LivechatClock.system.now <= expiry { await Task.yield() }
                        try await holder.work.run { session in try session.run(script: "ROLLBACK") }
                    }
                }
                let outcome = try await JoinService(store: between).join(JoinStoreContract.request("agent", "served"))
                #expect(outcome == .refused(.notLoggedIn(.expired)))
                #expect(try await store.members(of: "served").isEmpty)
            }
        }
    }
}
#endif
