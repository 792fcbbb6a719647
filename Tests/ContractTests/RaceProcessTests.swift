#if CommandLine
import LivechatJoin
import LivechatPersistence
import ServerTesting
import Testing

@testable import Specification

/// Many at once, in processes of their own on one file (contract C7).
@Suite(.serialized) struct RaceProcessTests {
    @Test("Nobody joins in another process after an acknowledged end", arguments: Crowd.End.all)
    func ended(_ end: Crowd.End) async throws {
        let crowd = Crowd(size: 60)
        try await withTwoServers(crowd) { engine, ports in
            try await crowd.race(engine, until: end) { entrance, request in
                try await Wire.ask(port: ports[entrance % 2], request).answer
            }
        }
    }

    @Test("Joins of one user in two processes at once: all are let in, one is written")
    func sameUser() async throws {
        let crowd = Crowd(size: 30)
        try await withTwoServers(crowd) { engine, ports in
            try await withThrowingTaskGroup { group in
                for user in crowd.users {
                    for turn in 0..<4 {
                        group.addTask {
                            let response = try await Wire.ask(port: ports[turn % 2], Crowd.request(user))
                            #expect(response.answer == .joined)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await Crowd.expectExactly(Set(crowd.users), engine)
        }
    }

    @Test("What was acknowledged before kill -9 is there afterwards")
    func killed() async throws {
        let crowd = Crowd(size: 240)
        try await Engine.with(crowd.world) { engine in
            let server = try await Server.start(engine.path)
            let (answered, signal) = AsyncStream.makeStream(of: Void.self)
            let acknowledged = await withTaskGroup(of: String?.self) { group in
                group.addTask {
                    var count = 0
                    for await _ in answered {
                        count += 1
                        if count == crowd.size / 4 { break }
                    }
                    await server.kill()
                    return nil
                }
                for user in crowd.users {
                    group.addTask {
                        // A connection that was cut acknowledged nothing.
                        guard let response = try? await Wire.ask(port: server.port, Crowd.request(user)) else {
                            return nil
                        }
                        #expect(response.answer == .joined)
                        signal.yield()
                        return user
                    }
                }
                var acknowledged: Set<String> = []
                for await case let user? in group { acknowledged.insert(user) }
                return acknowledged
            }
            #expect(acknowledged.count >= crowd.size / 4)
            let members = Set(try await engine.dumped().members(of: Crowd.room))
            #expect(acknowledged.subtracting(members) == [], "acknowledged and lost")
            // What was committed but not yet acknowledged may be there; it must be whole.
            try await Crowd.expectExactly(members, engine)
            try await Server.with(engine.path) { server in
                for user in acknowledged.sorted().prefix(20) {
                    let response = try await Wire.ask(port: server.port, Crowd.request(user))
                    #expect(response.answer == .joined)
                }
            }
            try await Crowd.expectExactly(members, engine)
        }
    }

    @Test("SIGTERM ends a server with status 0, and what it acknowledged is there")
    func stopped() async throws {
        let crowd = Crowd(size: 5)
        try await Engine.with(crowd.world) { engine in
            let server = try await Server.start(engine.path)
            for user in crowd.users {
                let response = try await Wire.ask(port: server.port, Crowd.request(user))
                #expect(response.answer == .joined)
            }
            #expect(await server.stop() == 0)
            try await Crowd.expectExactly(Set(crowd.users), engine)
        }
    }

    private func withTwoServers(
        _ crowd: Crowd,
        _ body: @escaping (Engine, [Int]) async throws -> Void
    ) async throws {
        try await Engine.with(crowd.world) { engine in
            try await Server.with(engine.path) { one in
                try await Server.with(engine.path) { other in try await body(engine, [one.port, other.port]) }
            }
        }
    }
}
#endif
