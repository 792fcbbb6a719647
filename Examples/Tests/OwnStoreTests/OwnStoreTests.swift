import Foundation
import GRDB
import LivechatJoin
import LivechatJoinTesting
import OwnStore
import Testing

@Suite("The engine over a host's own tables")
struct OwnStoreTests {
    @Test(
        "Each answer, decided by the engine's steps",
        arguments: [
            ("ann", "anns", "hers", JoinOutcome.joined(.serving)),
            ("sue", "sues", "hers", .joined(.permission)),
            ("bob", "bobs", "hers", .refused(.noAccess())),
            ("mia", "mias", "hers", .alreadyMember),
            ("ann", "anns", "over", .refused(.roomClosed)),
            ("ann", "anns", "none", .refused(.noSuchRoom)),
            ("ann", "bobs", "hers", .refused(.notLoggedIn(.unknown))),
            ("ann", "late", "hers", .refused(.notLoggedIn(.expired))),
            ("off", "offs", "hers", .refused(.notLoggedIn(.inactive))),
        ]
    )
    func answers(_ user: String, _ token: String, _ room: String, _ expected: JoinOutcome) async throws {
        try await withStore { store, pool in
            let service = JoinService(store: store, clock: SettableClock().wallClock)
            let request = JoinRequest(userID: user, token: token, roomID: room)
            #expect(try await service.join(request) == expected)
            let joined: Bool = if case .joined = expected { true } else { false }
            let posted = try await pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outbox") }
            #expect(posted == (joined ? 1 : 0))
            if joined { #expect(try await service.join(request) == .alreadyMember) }
        }
    }

    @Test("What ends between the two looks at a join joins nobody")
    func between() async throws {
        try await withStore { store, pool in
            let interposed = InterposedJoinStore(
                store,
                beforeAdmit: { _ in
                    try await pool.write { try $0.execute(sql: "UPDATE conversation SET ended = 1") }
                }
            )
            let service = JoinService(store: interposed, clock: SettableClock().wallClock)
            let outcome = try await service.join(JoinRequest(userID: "ann", token: "anns", roomID: "hers"))
            #expect(outcome == .refused(.roomClosed))
        }
    }

    private func withStore(_ body: (OwnStore, DatabasePool) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "own-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pool = try DatabasePool(path: folder.appending(path: "host.db").path)
        let store = try OwnStore(pool)
        let now = SettableClock().now.milliseconds
        try await pool.write { database in
            for user in ["ann", "bob", "mia", "off", "sue"] {
                try database.execute(
                    sql: "INSERT INTO account (id, disabled, supervisor) VALUES (?, ?, ?)",
                    arguments: [user, user == "off", user == "sue"]
                )
                try database.execute(
                    sql: "INSERT INTO session (digest, account, ends) VALUES (?, ?, ?)",
                    arguments: [LivechatToken(user + "s").digest.base64, user, now + 1]
                )
            }
            try database.execute(
                sql: "INSERT INTO session (digest, account, ends) VALUES (?, 'ann', ?)",
                arguments: [LivechatToken("late").digest.base64, now]
            )
            try database.execute(
                sql: """
                    INSERT INTO conversation (id, ended, agent) VALUES ('hers', 0, 'ann'), ('over', 1, 'ann');
                    INSERT INTO participant (conversation, account, since) VALUES ('hers', 'mia', 0);
                    """
            )
        }
        try await body(store, pool)
        try pool.close()
    }
}
