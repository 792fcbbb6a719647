import Dispatch

/// Runs work that holds its thread, some of it at a time, away from the threads that tasks run on.
func inParallel<Item: Sendable, Result: Sendable>(
    _ items: [Item],
    width: Int = 2,
    _ body: @escaping @Sendable (Item) throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var waiting = items.enumerated().makeIterator()
        func start(_ next: (offset: Int, element: Item)?) {
            guard let next else { return }
            group.addTask {
                let result = try await withCheckedThrowingContinuation { continuation in
                    DispatchQueue.global().async {
                        continuation.resume(with: Swift.Result { try body(next.element) })
                    }
                }
                return (next.offset, result)
            }
        }
        for _ in 0..<width { start(waiting.next()) }
        var results: [Int: Result] = [:]
        while let (offset, result) = try await group.next() {
            results[offset] = result
            start(waiting.next())
        }
        return items.indices.compactMap { results[$0] }
    }
}
