#if Console
public import LivechatJoin
internal import Synchronization

/// Counts what a service refuses, by the step that decided, over the last quarter of an hour.
///
/// It is kept in memory and holds no request:
///
/// ```swift
/// let refusals = JoinRefusalCount()
/// let service = JoinService(store: database) { _, outcome in refusals.count(outcome) }
/// ```
public final class JoinRefusalCount: Sendable {
    private struct Slot {
        var start: Int64
        var counts: [JoinStep: Int]
    }

    private let clock: LivechatClock
    /// The youngest last.
    private let slots = Mutex<[Slot]>([])

    private static let slotLength: Int64 = 10_000
    /// The spans that refusals are counted over, in minutes.
    package static let minutes = [1, 5, 15]
    private static let mostSlots = 15 * 6 + 1

    /// Makes a count that has seen nothing.
    public convenience init() { self.init(clock: .system) }

    package init(clock: LivechatClock) { self.clock = clock }

    /// Counts an outcome, if it is a refusal.
    public func count(_ outcome: JoinOutcome) {
        guard case .refused(let refusal) = outcome else { return }
        let start = clock.now.milliseconds / Self.slotLength * Self.slotLength
        slots.withLock { slots in
            if slots.last?.start != start {
                slots.append(Slot(start: start, counts: [:]))
                if slots.count > Self.mostSlots { slots.removeFirst() }
            }
            slots[slots.count - 1].counts[refusal.step, default: 0] += 1
        }
    }

    /// How often each step has refused in the last 1, 5 and 15 minutes; those that have not are left out.
    package func recent() -> [(step: JoinStep, counts: [Int])] {
        let now = clock.now.milliseconds
        let slots = slots.withLock { $0 }
        return JoinStep.allCases.compactMap { step in
            let counts = Self.minutes.map { minutes in
                slots.reduce(0) { sum, slot in
                    let isRecent = slot.start > now - Int64(minutes) * 60_000 - Self.slotLength && slot.start <= now
                    return isRecent ? sum + slot.counts[step, default: 0] : sum
                }
            }
            return counts.allSatisfy { $0 == 0 } ? nil : (step, counts)
        }
    }
}
#endif
