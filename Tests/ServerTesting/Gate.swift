/// Lets a limited number in at a time.
///
/// Every case of every test begins at once. Where that opens some 1,300 descriptors, Foundation's `Process` can end the
/// tests: on Linux it copies more of the list of descriptors than was read.
package actor Gate {
    /// Servers in this process, each with a listener and both ends of its connections.
    package static let listeners = Gate(places: 100)

    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(places: Int) { self.places = places }

    /// Runs a body once there is room for it.
    package nonisolated func inside<Value>(_ body: () async throws -> Value) async throws -> Value {
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
        if places > 0 {
            places -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            places += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
