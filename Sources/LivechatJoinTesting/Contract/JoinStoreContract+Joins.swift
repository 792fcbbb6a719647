internal import LivechatJoin

extension JoinStoreContract {
    static let joins: [Case] = [
        Case("C7: a join writes the membership, the count and one event") { stage in
            let store = stage.store
            let end = try await store.endOfEvents()
            stage.clock.advance(by: .milliseconds(1_234))
            stage.expect("the answer", try await stage.join("agent", "served"), .joined(.serving))
            try await stage.expectMembers(["agent"], of: "served")
            let members = try await store.members(of: "served")
            stage.expect("the members", members, [LivechatMember(user: "agent", joinedAt: stage.clock.now)])
            let events = try await store.events(after: end)
            let log = end.log ?? ""
            let event = JoinEvent(
                sequence: end.sequence + 1,
                kind: .joined,
                at: stage.clock.now,
                roomID: "served",
                userID: "agent",
                log: log
            )
            stage.expect("the events", events, [event])
            let room = try await store.room("served")
            stage.expect("who serves the room", room?.servedBy, "agent")
            stage.expect("whether the room is open", room?.isOpen, true)
            try await stage.expectMembers(["agent"], of: "joined")
            try await stage.expectMembers([], of: "mine")
        },
        Case("C7: a member who joins again is let in, and nothing is written") { stage in
            stage.expect("the first answer", try await stage.join("agent", "public"), .joined(.queuedInPublic))
            stage.clock.advance(by: .seconds(1))
            let members = try await stage.store.members(of: "public")
            for _ in 0..<2 { stage.expect("again", try await stage.join("agent", "public"), .alreadyMember) }
            stage.expect("a member from before", try await stage.join("agent", "joined"), .alreadyMember)
            stage.expect("the members", try await stage.store.members(of: "public"), members)
            try await stage.expectEvents([("agent", "public")])
        },
        Case("C7: joins of one user at once are all let in, and one is written") { stage in
            let gate = Gate(count: 10)
            let store = InterposedJoinStore(stage.seam) { _ in await gate.pass() }
            let outcomes = try await withThrowingTaskGroup(of: JoinOutcome.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            return try await stage.join("agent", "served", through: store)
                        } catch {
                            await gate.open()
                            throw error
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            stage.expect("answers that are joined", outcomes.count { $0 == .joined(.serving) }, 1)
            stage.expect("answers that are a member's", outcomes.count { $0 == .alreadyMember }, 9)
            try await stage.expectMembers(["agent"], of: "served")
            try await stage.expectEvents([("agent", "served")])
        },
        Case("C7: a membership that ended goes with its roles, stays in the log, and can begin again") { stage in
            let store = stage.store
            for user in ["agent", "second"] { _ = try await stage.join(user, "public") }
            try await stage.expectMembers(["agent", "second"], of: "public")
            try await store.assign("owner", to: "agent", in: "public")
            let roles = try await store.members(of: "public").map(\.roles)
            stage.expect("the roles of the members", roles, [["owner"], []])
            try await store.closeRoom("public")
            stage.expect("leaving", try await store.leave("public", "agent"), true)
            stage.expect("leaving again", try await store.leave("public", "agent"), false)
            try await stage.expectMembers(["second"], of: "public")
            try await stage.expectEvents([("agent", "public"), ("second", "public")])
            try await store.openRoom("public")
            stage.expect("joining again", try await stage.join("agent", "public"), .joined(.queuedInPublic))
            let left = try await store.members(of: "public").map(\.roles)
            stage.expect("the roles of the members", left, [[], []])
            try await stage.expectEvents([("agent", "public"), ("second", "public"), ("agent", "public")])
        },
        Case("C7: a cursor reads on from where it stands") { stage in
            let start = try await stage.store.endOfEvents().sequence
            for room in ["served", "public", "mine", "in-sales"] { _ = try await stage.join("agent", room) }
            // Counted from the first join.
            let rows: [(after: Int64, limit: Int, expected: [Int64])] = [
                (0, 2, [1, 2]), (2, 2, [3, 4]), (4, 2, []), (0, 1_000, [1, 2, 3, 4]), (3, 1, [4]), (0, 0, [1]),
                (0, -7, [1]), (1, .max, [2, 3, 4]),
            ]
            let end = try await stage.store.endOfEvents()
            for row in rows {
                for log in [nil, end.log] {
                    let cursor = JoinEvent.Cursor(log: log, sequence: start + row.after)
                    let sequences = try await stage.store.events(after: cursor, limit: row.limit).map(\.sequence)
                    stage.expect(
                        "at most \(row.limit) events after \(cursor)",
                        sequences,
                        row.expected.map { start + $0 }
                    )
                }
            }
            let first = try await stage.store.events(after: JoinEvent.Cursor(sequence: -5), limit: 2).map(\.sequence)
            stage.expect("events after less than 0", first, [1, 2])
        },
        Case("C11: a cursor of another log, or ahead of the log, is an error") { stage in
            let start = try await stage.store.endOfEvents()
            _ = try await stage.join("agent", "served")
            let end = try await stage.store.endOfEvents()
            stage.expect("the end of the log", end.sequence, start.sequence + 1)
            for cursor in [
                JoinEvent.Cursor(log: "another", sequence: 0),
                JoinEvent.Cursor(log: end.log, sequence: end.sequence + 1),
                JoinEvent.Cursor(sequence: end.sequence + 1),
            ] {
                do throws(LivechatStoreError) {
                    stage.expect("events after \(cursor)", try await stage.store.events(after: cursor).count, -1)
                } catch {
                    stage.expect("the error", error.code, .invalidCursor)
                }
            }
        },
    ]

    private struct Broken: Error, Equatable {}

    private static func failure(
        _ name: String,
        _ around: @escaping @Sendable (any JoinStore) -> any JoinStore
    ) -> Case {
        Case("C2: \(name) is a failure, and nothing is written") { stage in
            let broken = around(stage.seam)
            do throws(JoinFailure) {
                let outcome = try await stage.service(broken).join(request("agent", "served"))
                stage.expect("the answer", "\(outcome)", "a failure")
            } catch {
                stage.expect("the failure", error.code, .storeUnavailable)
                stage.expect("its cause", error.cause as? Broken, Broken())
            }
            try await stage.expectNothingWritten()
            stage.expect("the next answer", try await stage.join("agent", "served"), .joined(.serving))
        }
    }

    static let failures: [Case] = [
        failure("a store that cannot decide") { InterposedJoinStore($0, before: { _, _ in throw Broken() }) },
        failure("a store that cannot write") { InterposedJoinStore($0) { _ in throw Broken() } },
        failure("an evaluation that fails") { store in
            InterposedJoinStore(
                store,
                decide: { store, query, _ in try await store.decide(query) { _ in throw Broken() } }
            )
        },
        failure("a second evaluation that fails") { store in
            InterposedJoinStore(
                store,
                admit: { store, query, _ in try await store.admit(query) { _ in throw Broken() } }
            )
        },
    ]
}

/// Opens when a number of tasks stand before it.
private actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { missing = count }

    func pass() async {
        missing -= 1
        if missing <= 0 { return open() }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        missing = 0
        for task in waiting { task.resume() }
        waiting = []
    }
}
