import CFloor
import Foundation
import Generated
import LivechatJoin
import Synchronization

/// How long decisions wait for what else the same process does.
extension OurSide {
    /// What is done beside the decisions.
    enum Beside: String {
        case nothing
        /// 64 callers who join, each waiting for its own, so that the log is checkpointed again and again.
        case joins
        /// A fixture of new users, each with a role and a token.
        case load
    }

    /// - Parameters:
    ///   - first: The first of the pairs that join, or of the users who are loaded.
    ///   - count: How many of them there are; beside nothing, for how many milliseconds to ask.
    /// - Returns: The seconds that each decision took, and how many joined or were loaded in a second.
    func waits(beside: Beside, first: UInt64, count: Int) async throws -> (seconds: [Double], perSecond: Double) {
        let fixture = beside == .load ? FixtureText.users(Int(first)..<Int(first) + count) : []
        let asking = Asking(self)
        defer { _ = try? asking.stop() }
        let start = monotonic_seconds()
        var perSecond = 0.0
        switch beside {
        case .nothing: try await Task.sleep(for: .milliseconds(count))
        case .joins: perSecond = try await join(first: first, count: count, callers: 64).perSecond
        case .load:
            try await load(fixture)
            perSecond = Double(count) / (monotonic_seconds() - start)
        }
        return (try asking.stop(), perSecond)
    }
}

/// A thread that asks for a decision each half millisecond, of members.
private final class Asking: Sendable {
    private struct State {
        var isStopping = false
        var seconds: [Double] = []
        var unexpected = 0
    }

    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    init(_ side: OurSide) {
        let (service, requests) = (side.service, side.requests(.member))
        Thread.detachNewThread { [self] in
            var next = 0
            while !state.withLock({ $0.isStopping }) {
                usleep(500)
                let request = requests[next].request(for: .member)
                next = next + 1 == requests.count ? 0 : next + 1
                let start = monotonic_seconds()
                // A decision waits for nothing, so it ends on this thread, before the next line.
                Task.immediate {
                    let outcome = try? await service.join(request)
                    let seconds = monotonic_seconds() - start
                    state.withLock { state in
                        state.seconds.append(seconds)
                        if outcome != .alreadyMember { state.unexpected += 1 }
                    }
                }
            }
            ended.signal()
        }
    }

    /// - Returns: The seconds of each decision.
    func stop() throws -> [Double] {
        let wasStopping = state.withLock { state in
            defer { state.isStopping = true }
            return state.isStopping
        }
        if !wasStopping { ended.wait() }
        return try state.withLock { state in
            if state.unexpected > 0 { throw NotMeasured("\(state.unexpected) decisions came out otherwise") }
            return state.seconds
        }
    }
}
