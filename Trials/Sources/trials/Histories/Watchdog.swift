import Foundation

/// Ends processes that do not answer, so that whoever waits for them goes on.
struct Watchdog: Sendable {
    private let task: Task<Void, any Error>

    init(_ processes: [ChildProcess], seconds: Int = 60) {
        task = Task {
            try await Task.sleep(for: .seconds(seconds))
            for process in processes { process.signal(SIGKILL) }
        }
    }

    func cancel() { task.cancel() }
}

/// What a worker tells the trial that started it.
enum WorkerOutput {
    static func line(_ text: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
}
