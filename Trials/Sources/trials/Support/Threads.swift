import Foundation
import Synchronization

/// Runs work on a thread of its own, since it blocks: Swift's own threads are as few as there are cores.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try body() }) }.start()
    }
}

/// Work on threads of its own that goes on beside the caller.
final class Threads<Result: Sendable>: Sendable {
    private let results: Mutex<[Swift.Result<Result, any Error>]>
    private let group = DispatchGroup()

    init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Result) {
        results = Mutex([])
        for number in 0..<count {
            group.enter()
            Thread { [self] in
                let result = Swift.Result { try body(number) }
                results.withLock { $0.append(result) }
                group.leave()
            }.start()
        }
    }

    /// Waits for all of them.
    ///
    /// - Throws: What one of them has thrown.
    func wait() throws -> [Result] {
        group.wait()
        return try results.withLock { results in try results.map { try $0.get() } }
    }
}

/// Lets time pass: for a fault that comes at a moment rather than after an event.
func pass(milliseconds: Double) { Thread.sleep(forTimeInterval: milliseconds / 1_000) }

extension ContinuousClock.Instant {
    /// How long it has been since, in milliseconds.
    var milliseconds: Double {
        let (seconds, attoseconds) = duration(to: .now).components
        return Double(seconds) * 1_000 + Double(attoseconds) / 1e15
    }
}
