import Foundation

/// `report PAGE`: writes what was measured last as a page of Markdown, with its pictures in a folder beside it.
struct Report {
    private let page: URL
    private let results: Results

    /// - Parameter arguments: The page's path.
    init(_ arguments: [String]) throws {
        guard arguments.count > 1 else { throw NoPage(description: "which page? Run Benchmarks/report") }
        page = URL(fileURLWithPath: arguments[1])
        results = Results(Suite.resultsPath)
        if results.all.isEmpty { throw NoPage(description: "nothing has been measured: run Benchmarks/run first") }
    }

    private static let titles = [
        "B1": "One decision", "B2": "Two threads", "B3": "Decisions beside joins", "B4": "Durable joins",
        "B5": "HTTP", "B6": "Growth", "B7": "Load and dump", "B8": "Start", "B9": "Instructions and allocations",
        "B10": "A million users at random", "B11": "Waits beside other work",
        "B12": "PostgreSQL",
    ]

    private var pictures: URL { page.deletingPathExtension() }

    func write() throws {
        try? FileManager.default.removeItem(at: pictures)
        try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
        var text = opening
        for (name, lines) in results.rows {
            text += "\n## \(name): \(Self.titles[name] ?? name)\n\n"
            text += try images(name, lines.map(\.comparison))
            text += table(lines.map(\.comparison)) + "\n"
            text += circumstances(lines)
        }
        try Data(text.utf8).write(to: page)
    }

    private var opening: String {
        let judged = results.all.compactMap(\.comparison.holds)
        let machines = unique(results.all.map(\.circumstances.machine)).joined(separator: "; ")
        let versions = unique(results.all.map(\.circumstances.versions)).joined(separator: "; ")
        let days = unique(results.all.map(\.circumstances.day)).sorted()
        let commits = unique(results.all.map(\.circumstances.commit)).joined(separator: ", ")
        return """
            # Benchmarks

            What the engine takes, against what the obvious alternatives take, in the same run on the same machine.
            [Benchmarks/README.md](../Benchmarks/README.md) says what each row measures and against what;
            `Benchmarks/report` makes this page of what `Benchmarks/run` has measured last.

            | | |
            |---|---|
            | measured | \(days.count > 1 ? "\(days[0]) to \(days[days.count - 1])" : days.joined()), commit \(commits) |
            | machine | \(machines) |
            | versions | \(versions) |
            | goals | \(judged.count { $0 }) of \(judged.count) hold |

            Figures are medians of the rounds. A ratio is ours divided by the peer's, of the same round: its median, and in
            parentheses the smallest and the largest. In the pictures a dot is a round, the large one the median, the bar
            across the goal, with the side on which it holds.

            """
    }

    private func images(_ name: String, _ comparisons: [Comparison]) throws -> String {
        let drawings = [
            ("ratios", "\(name), ratios with their spread", RatioPlot.draw(comparisons)),
            ("waiting", "\(name), how long was waited", HistogramPlot.draw(comparisons)),
            ("growth", "\(name), growth with the database", CurvePlot.growth(comparisons)?.draw()),
        ]
        return try drawings.map { kind, title, drawing in
            guard let drawing else { return "" }
            let file = "\(name)-\(kind).svg"
            try Data(drawing.svg.utf8).write(to: pictures.appendingPathComponent(file))
            return "![\(title)](\(pictures.lastPathComponent)/\(file))\n\n"
        }.joined()
    }

    private func table(_ comparisons: [Comparison]) -> String {
        let heading = "| what | ours | peer | ratio | goal | |\n|---|---:|---:|---:|---:|---|\n"
        return heading
            + comparisons.map { comparison in
                let cells = comparison.cells
                let what = cells[1].hasPrefix("  ") ? "&emsp;" + cells[1].dropFirst(2) : cells[1]
                let peer = cells[4].isEmpty ? "" : "\(cells[3]) (\(cells[4]))"
                let spread = cells[6].isEmpty ? "" : " (\(cells[6]))"
                let ratio = cells[5].isEmpty ? spread.trimmingCharacters(in: .whitespaces) : cells[5] + spread
                let holds = comparison.holds.map { $0 ? "holds" : "**missed**" } ?? ""
                return "| \(what) | \(cells[2]) | \(peer) | \(ratio) | \(cells[7]) | \(holds) |\n"
            }.joined()
    }

    private func circumstances(_ lines: [Measured]) -> String {
        unique(
            lines.map { line in
                let how = line.circumstances
                let command = ["Benchmarks/run", how.form, line.run].filter { !$0.isEmpty }.joined(separator: " ")
                return "`\(command)`, \(how.day), commit \(how.commit)"
            }
        ).map { $0 + "\n" }.joined(separator: "\n")
    }

    private func unique(_ values: [String]) -> [String] {
        values.enumerated().filter { values.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }
}

/// Why there is no page.
struct NoPage: Error, CustomStringConvertible {
    let description: String
}
