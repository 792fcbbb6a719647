#if Console
internal import Dispatch
internal import Synchronization

/// Makes one page at a time, on a thread of the console's own, so that a long one takes nothing from those who are
/// deciding.
final class ConsoleReader: Sendable {
    private struct State {
        var isAsking = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let thread = ConsoleThread()
    private let state = Mutex(State())

    /// Asks a question of the store when those before it have been answered.
    func ask<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                if state.isAsking { state.waiting.append(continuation) }
                defer { state.isAsking = true }
                return !state.isAsking
            }
            if isFirst { continuation.resume() }
        }
        defer { passOn() }
        return try await withTaskExecutorPreference(thread) { try await question() }
    }

    private func passOn() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.isAsking = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// The thread of a console.
final class ConsoleThread: TaskExecutor {
    private let queue = DispatchQueue(label: "livechat-join.console", qos: .utility)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // An executor has to name itself to the job, and lives as long as the console.
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
#endif
