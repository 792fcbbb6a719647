import Foundation

/// What a row is to reach.
enum Goal {
    case atMost(Double)
    case atLeast(Double)

    /// For programs: the whole figure.
    var exact: String { (isMost ? "≤ " : "≥ ") + "\(figure)" }

    init?(exact: String) {
        guard let figure = Double(exact.dropFirst(2)) else { return nil }
        switch exact.first {
        case "≤": self = .atMost(figure)
        case "≥": self = .atLeast(figure)
        default: return nil
        }
    }

    var figure: Double {
        switch self {
        case .atMost(let figure), .atLeast(let figure): figure
        }
    }

    var isMost: Bool { if case .atMost = self { true } else { false } }

    func holds(_ value: Double) -> Bool {
        switch self {
        case .atMost(let most): value <= most
        case .atLeast(let least): value >= least
        }
    }

    var text: String {
        switch self {
        case .atMost(let most): "≤ \(Figure.short(most))"
        case .atLeast(let least): "≥ \(Figure.short(least))"
        }
    }
}

/// What figures are of.
enum Unit: String {
    case microseconds = "µs"
    case milliseconds = "ms"
    case perSecond = "/s"
    case mebibytes = "MiB"
    case bytes = "B"
    case times = "×"
    case calls = "calls"
    case changes = "changes"
    case instructions = "instr."
}

/// One line of the table: ours and the peer's in the same rounds, the goal on the median of the paired ratios. Without a
/// peer the goal is on ours itself.
struct Comparison {
    let row: String
    let what: String
    let unit: Unit
    var ours: [Double] = []
    let peer: String
    var peers: [Double] = []
    let goal: Goal?
    /// How long those were waited for that the figures count.
    var waiting: (ours: Histogram, peers: Histogram)?

    init(_ row: String, _ what: String, _ unit: Unit, peer: String = "", goal: Goal? = nil) {
        (self.row, self.what, self.unit, self.peer, self.goal) = (row, what, unit, peer, goal)
    }

    /// Takes the rounds of the same line, measured later.
    ///
    /// - Returns: Whether it is the same line; nothing of another one is taken.
    mutating func append(_ other: Comparison) -> Bool {
        guard (row, what, unit, peer) == (other.row, other.what, other.unit, other.peer) else { return false }
        ours += other.ours
        peers += other.peers
        if let more = other.waiting {
            waiting?.ours += more.ours
            waiting?.peers += more.peers
        }
        return true
    }

    var ratios: [Double] { zip(ours, peers).map { $0 / $1 } }

    private var judged: [Double] { peers.isEmpty ? ours : ratios }

    var holds: Bool? { goal.map { $0.holds(Figure.median(judged)) } }

    static let heading = [
        "row", "what", "ours", "peer", "", "ratio", "min–max", "goal", "holds",
    ]

    var cells: [String] {
        let shown = judged
        return [
            row, what, Figure.with(unit, ours), peers.isEmpty ? "" : Figure.with(unit, peers), peer,
            peers.isEmpty ? "" : Figure.short(Figure.median(shown)),
            shown.count > 1 ? "\(Figure.short(shown.min() ?? 0))–\(Figure.short(shown.max() ?? 0))" : "",
            goal?.text ?? "", holds.map { $0 ? "yes" : "NO" } ?? "",
        ]
    }
}

enum Figure {
    static func median(_ figures: [Double]) -> Double {
        let sorted = figures.sorted()
        if sorted.isEmpty { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    static func short(_ figure: Double) -> String {
        let size = abs(figure)
        if figure.isNaN { return "–" }
        if size >= 1_000 { return grouped(figure) }
        return String(format: size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f", figure)
    }

    /// A figure at an axis.
    static func mark(_ figure: Double) -> String { figure >= 1 ? "\(Int(figure.rounded()))" : "\(figure)" }

    static func with(_ unit: Unit, _ figures: [Double]) -> String { "\(short(median(figures))) \(unit.rawValue)" }

    private static func grouped(_ figure: Double) -> String {
        var digits = String(Int(figure.rounded()))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits.removeLast(3)
        }
        return ([digits[...]] + groups).joined(separator: ",")
    }

    /// Lines of cells, each column as wide as its widest cell.
    static func table(_ lines: [[String]]) -> String {
        let columns = lines.first?.count ?? 0
        let widths = (0..<columns).map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
