#if CommandLine
import CoreMetrics
import Synchronization

/// One line of a series: what stands behind the name, a label of its own, and the value.
struct PrometheusSample {
    var suffix = ""
    var label = ""
    let value: String
}

/// What is kept for one name and one set of labels.
protocol PrometheusSeries: Sendable {
    var samples: [PrometheusSample] { get }
}

final class PrometheusCounter: PrometheusSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }

    var samples: [PrometheusSample] { [PrometheusSample(value: "\(value.load(ordering: .relaxed))")] }
}

final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ new: Int64) { set(Double(new)) }

    func set(_ new: Double) { value.withLock { $0 = new } }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func record(_ new: Int64) { set(new) }

    func record(_ new: Double) { set(new) }

    var samples: [PrometheusSample] { [PrometheusSample(value: "\(value.withLock { $0 })")] }
}

final class PrometheusHistogram: PrometheusSeries, TimerHandler, RecorderHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    /// From 10 microseconds to 10 seconds.
    static let seconds = [
        0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
        0.5, 1, 2.5, 5, 10,
    ]
    static let values = [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 512]

    /// The largest value of each bucket; what is larger than all of them counts behind them.
    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    var samples: [PrometheusSample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total: UInt64 = 0
        var samples: [PrometheusSample] = []
        for (count, bound) in zip(counts, bounds.map { "\($0)" } + ["+Inf"]) {
            total += count
            samples.append(PrometheusSample(suffix: "_bucket", label: "le=\"\(bound)\"", value: "\(total)"))
        }
        samples.append(PrometheusSample(suffix: "_sum", value: "\(sum)"))
        samples.append(PrometheusSample(suffix: "_count", value: "\(total)"))
        return samples
    }
}
#endif
