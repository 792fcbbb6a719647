import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@testable import Specification

/// Many users who may all enter one public room, and one more to look at it with.
struct Crowd: Sendable {
    let size: Int

    /// The one room.
    static let room = "queue"

    var users: [String] { (0..<size).map { "user\($0)" } }

    var world: World {
        var world = World()
        world.settings = World.Settings(previewRoom: true, loginExpirationDays: 36_500)
        world.roles = [World.Role(id: "agents"), World.Role(id: "auditors")]
        world.permissions = World.noGrants.merging(["view-l-room": ["agents", "auditors"]]) { $1 }
        world.users = users.map { World.User(id: $0, roles: ["agents"], tokens: [World.Token(raw: "token-of-\($0)")]) }
        world.users.append(World.User(id: "auditor", roles: ["auditors"], tokens: [World.Token(raw: "audit")]))
        world.rooms = [World.Room(id: Self.room, inquiry: World.Inquiry())]
        return world
    }

    static func request(_ user: String) -> RawRequest {
        RawRequest(user, "token-of-\(user)", query: "roomId=\(room)")
    }

    /// Something after which nobody of the crowd may join.
    struct End: Sendable, CustomTestStringConvertible {
        let name: String
        let answer: Answer
        let apply: @Sendable (JoinDatabase, Crowd) async throws -> Void

        var testDescription: String { name }

        static let all: [End] = [
            End(name: "the room is closed", answer: .roomClosed) { database, _ in
                try await database.closeRoom(LivechatRoomID(room))
            },
            End(name: "the grant is withdrawn", answer: .lacksPermission) { database, _ in
                try await database.revoke(.viewLivechatRoom, from: [LivechatRoleID("agents")])
            },
            End(name: "every token is revoked", answer: ProfileUnderTest.documented.notLoggedIn) { database, crowd in
                var world = World()
                world.users = crowd.world.users.dropLast().map { World.User(id: $0.id, roles: $0.roles) }
                try await database.load(fixture: world.fixture)
            },
            End(name: "everybody is deactivated", answer: ProfileUnderTest.documented.notLoggedIn) { database, crowd in
                var world = World()
                world.users = crowd.world.users.dropLast().map { user in
                    var user = user
                    user.active = false
                    return user
                }
                try await database.load(fixture: world.fixture)
            },
            End(name: "the inquiry is taken", answer: ProfileUnderTest.documented.noAccess) { database, _ in
                try await database.dequeue(LivechatRoomID(room))
            },
        ]
    }
}

extension Crowd {
    /// Lets everybody in at once until `end` is acknowledged, and looks whether anybody joined after that.
    ///
    /// - Parameters:
    ///   - engine: The engine with the crowd's world.
    ///   - end: What makes an end of it; it is applied once a fifth of the crowd has been let in.
    ///   - ask: Asks one of the entrances; the number tells them apart.
    /// - Throws: What `ask` throws; what the database throws when the end is applied or the result is read.
    func race(
        _ engine: Engine,
        until end: End,
        _ ask: @escaping @Sendable (_ entrance: Int, RawRequest) async throws -> Answer
    ) async throws {
        let (answered, signal) = AsyncStream.makeStream(of: Void.self)
        let (early, late) = (users.prefix(size * 4 / 5), users.suffix(size / 5))
        let joined = try await withThrowingTaskGroup(of: (String, Answer)?.self) { group in
            for (index, user) in early.enumerated() {
                group.addTask {
                    let answer = try await ask(index, Self.request(user))
                    if answer == .joined { signal.yield() }
                    return (user, answer)
                }
            }
            group.addTask {
                var count = 0
                for await _ in answered {
                    count += 1
                    if count == size / 5 { break }
                }
                try await end.apply(engine.database, self)
                // Nothing may be added to what is there now.
                let sealed = try await engine.events().map(\.json)
                for user in late {
                    let answer = try await ask(user.utf8.count, Self.request(user))
                    #expect(answer == end.answer, "\(user) asked after the end was acknowledged")
                }
                let final = try await engine.events().map(\.json)
                #expect(final == sealed, "somebody joined after the end was acknowledged")
                return nil
            }
            var joined: Set<String> = []
            for try await case let (user, answer)? in group {
                #expect([.joined, end.answer].contains(answer), "\(user) got \(answer)")
                if answer == .joined { joined.insert(user) }
            }
            return joined
        }
        #expect(joined.count >= size / 5)
        try await engine.database.openRoom(LivechatRoomID(Self.room))
        try await Self.expectExactly(joined, engine)
    }

    /// Each of them is there once, with one event, and counted once; nobody else is.
    static func expectExactly(_ users: Set<String>, _ engine: Engine) async throws {
        let events = try await engine.joins().filter { $0.roomID?.string == room }
        let eventUsers = events.compactMap(\.userID?.string).sorted()
        #expect(eventUsers == users.sorted(), "one event for each acknowledged join")
        let sequences = events.map(\.sequence)
        #expect(zip(sequences, sequences.dropFirst()).allSatisfy { $0 < $1 }, "the sequence rises")
        let members = try await engine.dumped().members(of: room)
        #expect(members == users.sorted(), "one membership for each acknowledged join")
        let count = try await engine.memberCount(of: room, user: "auditor", token: "audit")
        #expect(count == users.count, "the count is the number of members")
    }
}
