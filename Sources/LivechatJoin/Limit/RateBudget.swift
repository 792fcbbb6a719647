package import LivechatValues
internal import Synchronization

/// What each client, or whatever else is counted, has used of its requests in the current window.
///
/// Memory is bounded: where there is no more room, the client whose window began first makes way and begins a new one
/// with its next request. Who sends from that many addresses gives others a fresh budget early, and has as many
/// budgets as addresses anyway.
package final class RateBudget<Client: Hashable & Sendable>: Sendable {
    let limit: JoinRateLimit
    private let capacity: Int
    private let state = Mutex(State())

    private struct Window {
        let start: LivechatTimestamp
        var used: Int
    }

    private struct State {
        var windows: [Client: Window] = [:]
        /// The clients in the order in which they came; where there is no more room, the one at `oldest` goes next.
        var clients: [Client] = []
        var oldest = 0
    }

    /// - Parameters:
    ///   - limit: What each client has.
    ///   - capacity: The most clients that are counted at a time, at least 1.
    package init(_ limit: JoinRateLimit, capacity: Int) {
        self.limit = limit
        self.capacity = max(1, capacity)
    }

    /// One request that was counted, or was not because the budget is spent.
    package struct Charge: Sendable {
        package let isWithin: Bool
        /// When the window began in which it was counted.
        let start: LivechatTimestamp
        package let standing: JoinRateLimit.Standing
    }

    /// Counts one request of a client, if there is anything left.
    package func charge(_ client: Client, at now: LivechatTimestamp) -> Charge {
        state.withLock { state in
            var window = state.windows[client] ?? makeRoom(for: client, at: now, &state)
            // A clock that was set back does not make a window longer.
            if now < window.start || now.milliseconds - window.start.milliseconds >= length {
                window = Window(start: now, used: 0)
            }
            let isWithin = window.used < limit.requests
            if isWithin { window.used += 1 }
            state.windows[client] = window
            return Charge(isWithin: isWithin, start: window.start, standing: standing(window))
        }
    }

    /// Takes a charge back, as long as its window lasts.
    func giveBack(_ charge: Charge, of client: Client) {
        guard charge.isWithin else { return }
        state.withLock { state in
            guard var window = state.windows[client], window.start == charge.start, window.used > 0 else { return }
            window.used -= 1
            state.windows[client] = window
        }
    }

    private var length: Int64 { Int64(limit.seconds) * 1_000 }

    private func makeRoom(for client: Client, at now: LivechatTimestamp, _ state: inout State) -> Window {
        if state.clients.count < capacity {
            state.clients.append(client)
        } else {
            state.windows[state.clients[state.oldest]] = nil
            state.clients[state.oldest] = client
            state.oldest = (state.oldest + 1) % capacity
        }
        return Window(start: now, used: 0)
    }

    private func standing(_ window: Window) -> JoinRateLimit.Standing {
        JoinRateLimit.Standing(
            limit: limit.requests,
            remaining: limit.requests - window.used,
            reset: LivechatTimestamp(milliseconds: window.start.milliseconds + length)
        )
    }
}
