import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("What changes between the two evaluations (C7)", .serialized)
struct SecondEvaluationTests {
    @Test("Nobody joins on a fact that has gone", arguments: StateChange.shutting)
    func gone(_ change: StateChange) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        #expect(try await DryRun(database: database).join(change.user, change.room) == change.before)
        let hasChanged = Flag()
        let store = Interrupted(database: database) {
            try await change.apply(database)
            hasChanged.raise()
        }
        #expect(try await store.join(change.user, change.room) == change.after)
        #expect(hasChanged.isRaised, "the first evaluation refused already")
        #expect(try await database.events(after: 0) == [])
        #expect(try temporary.rows("SELECT user FROM livechat_membership").count == 1)
        #expect(
            try temporary.rows("SELECT DISTINCT id FROM livechat_room JOIN livechat_membership ON room = key") == [
                ["joined"]
            ]
        )
        await database.close()
    }

    @Test("A change in another process counts just the same", arguments: StateChange.shutting)
    func goneElsewhere(_ change: StateChange) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let other = try temporary.open()
        // The writer resolves the grants first, so that there is something stale to serve.
        #expect(try await database.join("second", "public") == .joined(.queuedInPublic))
        let store = Interrupted(database: database) { try await change.apply(other) }
        #expect(try await store.join(change.user, change.room) == change.after)
        #expect(try await database.events(after: 0).map(\.userID) == [id("second")])
        await other.close()
        await database.close()
    }

    @Test("A token that expires meanwhile opens no door")
    func expires() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let clock = SettableClock(LivechatTimestamp(milliseconds: 1_767_225_600_000 + 90 * 86_400_000 - 1))
        let store = Interrupted(database: database) { clock.advance(by: .milliseconds(1)) }
        #expect(try await store.join("agent", "served", at: clock) == .refused(.notLoggedIn(.expired)))
        #expect(try await database.events(after: 0) == [])
        await database.close()
    }

    @Test("The membership has the time of the second evaluation")
    func time() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let clock = worldClock()
        let store = Interrupted(database: database) { clock.advance(by: .seconds(1)) }
        #expect(try await store.join("agent", "served", at: clock) == .joined(.serving))
        #expect(try await database.events(after: 0).map(\.at) == [clock.now])
        await database.close()
    }
}
