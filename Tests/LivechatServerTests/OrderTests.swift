#if Server
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import NIOCore
import NIOPosix
import ServerTesting
import Synchronization
import Testing

@Suite("Many requests on one connection")
struct OrderTests {
    private static let join = "GET \(Fixture.path)?roomId="
    private static let headers = " HTTP/1.1\r\nHost: x\r\n\(Fixture.credentials)\r\n"

    @Test("Requests that are sent at once are answered in order, joins among them")
    func pipelined() async throws {
        let requests: [(String, Answer)] = [
            ("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", .joined), (Self.join + "served" + Self.headers, .joined),
            ("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", .notFound),
            (Self.join + "nowhere" + Self.headers, .noSuchRoom),
            (Self.join + "other" + Self.headers, .joined), ("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", .joined),
            ("POST /livez HTTP/1.1\r\nHost: x\r\n\r\n", .methodNotAllowed("GET, HEAD")),
        ]
        let many = Array(repeating: requests, count: 100).flatMap(\.self)
        let answered = try await Fixture.exchange(many.map(\.0).joined() + Exchange.last)
        #expect(answered == many.map(\.1.kept).joined() + Exchange.lastAnswer)
    }

    @Test("A rule that was broken behind a join is answered behind it, and nothing after it")
    func refusalBehind() async throws {
        let answered = try await Fixture.exchange(
            Self.join + "served" + Self.headers + "GET /livez HTTP/1.1\r\n\r\n" + Exchange.last
        )
        #expect(answered == Answer.joined.kept + Answer.badRequest.bytes())
    }

    @Test("A client that says goodbye behind its requests gets all the answers")
    func goodbye() async throws {
        let store = try await Fixture.store()
        try await JoinServer.with(JoinService(store: store), options: Fixture.options) { port, _ in
            let requests = Self.join + "nowhere" + Self.headers + Self.join + "served" + Self.headers
            let answered = try await Wire.exchange(port: port, requests, endsInput: true)
            #expect(answered.hasPrefix(Answer.noSuchRoom.kept + "HTTP/1.1 200 OK"))
            #expect(answered.hasSuffix(Answer.joined.body))
            let nothing = try await Wire.exchange(port: port, "", endsInput: true)
            #expect(nothing == "")
        }
        #expect(try await store.events(after: 0, kinds: [.joined]).count == 1)
    }

    /// A store in which a join waits until it is let go.
    private struct SlowStore: JoinStore {
        let store: InMemoryJoinStore
        let asked: @Sendable () -> Void
        let released: AsyncStream<Void>

        var decidesAtOnce: Bool { true }

        func decide<Result: Sendable>(
            _ query: JoinQuery,
            _ evaluate: (any JoinFacts) throws -> Result
        ) async throws -> Result { try await store.decide(query, evaluate) }

        func admit(
            _ query: JoinQuery,
            _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
        ) async throws -> JoinVerdict {
            asked()
            for await _ in released {}
            return try await store.admit(query, evaluate)
        }
    }

    @Test("While a join waits for its commit, every other connection is answered, and a stop waits for it")
    func waiting() async throws {
        let (asked, announceAsked) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let store = SlowStore(store: try await Fixture.store(), asked: { announceAsked.yield() }, released: released)
        try await JoinServer.with(JoinService(store: store), options: Fixture.options) { port, stop in
            let answer = Task { try await Wire.exchange(port: port, Fixture.get("\(Fixture.path)?roomId=served")) }
            _ = await asked.first { _ in true }
            // More connections than event loops: one that waited would hold some of them up.
            for _ in 0..<16 {
                let alive = try await Wire.exchange(port: port, Fixture.get("/livez"))
                #expect(alive == Answer.joined.bytes())
                let refused = try await Wire.exchange(port: port, Fixture.get("\(Fixture.path)?roomId=closed"))
                #expect(refused.hasSuffix(#"{"success":false,"error":"room-closed"}"#))
            }
            await stop()
            release.finish()
            let answered = try await answer.value
            #expect(answered == Answer.joined.bytes())
        }
        #expect(try await store.store.events(after: 0, kinds: [.joined]).count == 1)
    }

    @Test("A host's rule, which may take its time, is asked in the pool, where it holds nobody up")
    func slowRule() async throws {
        let loops = Mutex<[Bool]>([])
        let rule = JoinRule { _ in
            loops.withLock { $0.append(MultiThreadedEventLoopGroup.currentEventLoop != nil) }
            return nil
        }
        let service = JoinService(store: try await Fixture.store(), rules: [rule])
        try await JoinServer.with(service, options: Fixture.options) { port, _ in
            let answered = try await Wire.exchange(port: port, Fixture.get("\(Fixture.path)?roomId=served"))
            #expect(answered == Answer.joined.bytes())
        }
        #expect(loops.withLock { $0 } == [false])
    }
}
#endif
