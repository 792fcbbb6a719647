import Foundation

/// How and when a row was measured.
struct Circumstances: Equatable {
    let day: String
    let commit: String
    let machine: String
    let versions: String
    /// The options it was run with.
    let form: String
}

/// One line of the table with the row that it was measured in, which may be another than the one it belongs to.
struct Measured {
    let comparison: Comparison
    let run: String
    let circumstances: Circumstances

    init(_ comparison: Comparison, run: String, _ circumstances: Circumstances) {
        (self.comparison, self.run, self.circumstances) = (comparison, run, circumstances)
    }

    /// For programs: row, what, unit, peer, goal, every round's figures, the peer's, then how it was measured.
    var line: String {
        let figures = { (figures: [Double]) in figures.map { "\($0)" }.joined(separator: " ") }
        let how = circumstances
        return [
            comparison.row, comparison.what, comparison.unit.rawValue, comparison.peer, comparison.goal?.exact ?? "",
            figures(comparison.ours), figures(comparison.peers), run, how.day, how.commit, how.machine, how.versions,
            how.form, figures(comparison.waiting?.ours.counts ?? []), figures(comparison.waiting?.peers.counts ?? []),
        ].joined(separator: "\t")
    }

    /// - Returns: nil for a line that another version of this program has written.
    init?(line: Substring) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 15, let unit = Unit(rawValue: parts[2]) else { return nil }
        var comparison = Comparison(parts[0], parts[1], unit, peer: parts[3], goal: Goal(exact: parts[4]))
        let figures = { (part: Int) in parts[part].split(separator: " ").compactMap { Double($0) } }
        (comparison.ours, comparison.peers) = (figures(5), figures(6))
        if let ours = Histogram(counts: figures(13)), let peers = Histogram(counts: figures(14)) {
            comparison.waiting = (ours, peers)
        }
        self.comparison = comparison
        run = parts[7]
        circumstances = Circumstances(
            day: parts[8],
            commit: parts[9],
            machine: parts[10],
            versions: parts[11],
            form: parts[12]
        )
    }
}

/// What was measured last of every row, kept in a file from run to run.
struct Results {
    private let file: URL
    private(set) var all: [Measured] = []

    init(_ path: String) {
        file = URL(fileURLWithPath: path)
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        all = text.split(separator: "\n").compactMap { Measured(line: $0) }
    }

    /// Puts what a row has given in the place of what it gave before.
    mutating func replace(_ run: String, with new: [Measured]) throws {
        all = (all.filter { $0.run != run } + new).enumerated()
            .sorted { (Suite.place($0.element.run), $0.offset) < (Suite.place($1.element.run), $1.offset) }
            .map(\.element)
        try Data(all.map { $0.line + "\n" }.joined().utf8).write(to: file)
    }

    /// The rows that the table has, each with its lines.
    var rows: [(name: String, lines: [Measured])] {
        Set(all.map(\.comparison.row)).sorted { Suite.place($0) < Suite.place($1) }.map { name in
            (name, all.filter { $0.comparison.row == name })
        }
    }
}
