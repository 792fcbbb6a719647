import LivechatPersistence
import ServerTesting
import Synchronization
import Testing

/// Asks for many users, a few at a time.
///
/// - Parameters:
///   - users: Whom to ask for.
///   - clients: How many ask at the same time.
///   - beside: What to do again and again until all are answered, at least once.
///   - ask: Asks for one user and returns the status.
/// - Returns: The users who were answered 200; any other answer is an issue.
/// - Throws: What `ask` or `beside` throws.
@discardableResult
func joinAll(
    _ users: some Sequence<String> & Sendable,
    clients: Int = 4,
    beside: @escaping @Sendable () async throws -> Void = {},
    _ ask: @escaping @Sendable (String) async throws -> Int
) async throws -> Set<String> {
    let asking = Asking(users, clients)
    return try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<clients {
            group.addTask {
                defer { asking.oneIsDone() }
                var joined: [String] = []
                while let user = asking.next() {
                    let status = try await ask(user)
                    #expect(status == 200, "\(user)")
                    if status == 200 { joined.append(user) }
                }
                return joined
            }
        }
        repeat {
            try await beside()
            await Task.yield()
        } while !asking.isDone
        return try await group.reduce(into: []) { $0.formUnion($1) }
    }
}

/// Who is still to be asked for, and how many clients are at it.
private final class Asking: Sendable {
    private let users: Mutex<[String]>
    private let clients: Atomic<Int>

    init(_ users: some Sequence<String>, _ clients: Int) {
        self.users = Mutex(users.reversed())
        self.clients = Atomic(clients)
    }

    func next() -> String? { users.withLock { $0.popLast() } }

    func oneIsDone() { clients.subtract(1, ordering: .releasing) }

    var isDone: Bool { clients.load(ordering: .acquiring) == 0 }
}
