import Foundation

/// How long was waited: how many waited for how long, in steps of a tenth of a power of ten.
struct Histogram {
    /// From a microsecond to ten seconds; what is shorter or longer is in the first or the last.
    private(set) var counts = [Double](repeating: 0, count: Self.steps)

    private static let perPower = 10
    private static let steps = 7 * perPower

    init() {}

    /// - Parameter seconds: How long each has waited.
    init(_ seconds: [Double]) {
        for seconds in seconds {
            let step = (log10(max(seconds, 1e-9)) + 6) * Double(Self.perPower)
            counts[min(max(Int(step.rounded(.down)), 0), Self.steps - 1)] += 1
        }
    }

    /// - Parameter counts: What `counts` of another was.
    /// - Returns: nil where that is not so many figures.
    init?(counts: some Collection<Double>) {
        guard counts.count == Self.steps else { return nil }
        self.counts = Array(counts)
    }

    /// The part of all that each step has.
    var shares: [Double] {
        let all = counts.reduce(0, +)
        return counts.map { all > 0 ? $0 / all : 0 }
    }

    /// Where a step begins, in milliseconds.
    static func milliseconds(_ step: Int) -> Double { pow(10, Double(step) / Double(perPower) - 3) }

    static func += (one: inout Histogram, other: Histogram) {
        for step in one.counts.indices { one.counts[step] += other.counts[step] }
    }
}
