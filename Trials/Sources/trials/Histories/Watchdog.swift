import Foundation
import Synchronization

/// Ends processes that do not answer, so that their callers go on.
final class Watchdog: Sendable {
    private enum State { case watching, cancelled, bitten }
    private let state = Mutex(State.watching)

    init(_ processes: [ChildProcess], seconds: Int = 60) {
        let weak = processes.map(Weak.init)
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
            guard let self, state.withLock({ $0 == .watching }) else { return }
            state.withLock { $0 = .bitten }
            for process in weak { process.value?.signal(SIGKILL) }
        }
    }

    /// Whether the processes were ended.
    var hasBitten: Bool { state.withLock { $0 == .bitten } }

    func cancel() { state.withLock { $0 = $0 == .watching ? .cancelled : $0 } }
}

/// A process that ends when nobody needs it any more, watched or not.
private struct Weak: Sendable {
    weak let value: ChildProcess?

    init(_ value: ChildProcess) { self.value = value }
}

/// What a worker sends to the trial that started it.
enum WorkerOutput {
    static func line(_ text: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
}
