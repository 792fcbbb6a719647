/// Lets a limited number in at a time.
///
/// Every case of every test begins at once. Where that opens some 1,300 descriptors, Foundation's `Process` can end the
/// tests: on Linux it copies more of the list of descriptors than was read.
package actor Gate {
    /// Servers in this process, each with a listener and both ends of its connections.
    package static let servers = Gate(100)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Runs a body once there is room for it.
    package nonisolated func with<Value>(_ body: () async throws -> Value) async throws -> Value {
        await enter()
        do {
            let value = try await body()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
