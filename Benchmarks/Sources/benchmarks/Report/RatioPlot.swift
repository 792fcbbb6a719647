/// Ours divided by the peer's, a line for each comparison: every round a dot, the spread a whisker, the median, the goal.
enum RatioPlot {
    private static let rowHeight = 26.0
    private static let left = 290.0
    private static let width = 900.0

    static func draw(_ comparisons: [Comparison]) -> Drawing? {
        var (titles, shown): ([String], [Comparison]) = ([], [])
        var above = ""
        for comparison in comparisons where !comparison.ratios.isEmpty {
            let isPart = comparison.what.hasPrefix("  ")
            if !isPart { above = comparison.what }
            // A part without a goal is in the table, and in a picture of its own.
            if isPart, comparison.goal == nil { continue }
            titles.append((isPart ? "\(above), \(comparison.what.dropFirst(2))" : above) + " (\(comparison.peer))")
            shown.append(comparison)
        }
        if shown.isEmpty { return nil }
        var drawing = Drawing(width: width, height: rowHeight * Double(shown.count) + 64)
        let bottom = drawing.height - 34
        let figures = shown.flatMap(\.ratios) + shown.compactMap(\.goal?.figure) + [1]
        let axis = Axis(figures, from: left, to: width - 20)
        for mark in axis.marks {
            drawing.line(axis.place(mark), 24, to: axis.place(mark), bottom, .faint, width: mark == 1 ? 2 : 1)
            drawing.text(mark == mark.rounded() ? "\(Int(mark))" : "\(mark)", axis.place(mark), bottom + 16, .middle)
        }
        for (index, comparison) in shown.enumerated() {
            draw(comparison, titles[index], index, axis, &drawing)
        }
        drawing.legend([("the goal holds", .goal), ("it does not", .missed), ("no goal", .ours)], left, 16)
        drawing.text("ours divided by the peer's", width - 20, bottom + 32, .end)
        return drawing
    }

    private static func draw(
        _ comparison: Comparison,
        _ title: String,
        _ index: Int,
        _ axis: Axis,
        _ drawing: inout Drawing
    ) {
        let y = 24 + (Double(index) + 0.5) * rowHeight
        let ratios = comparison.ratios
        let colour: Drawing.Colour = comparison.holds.map { $0 ? .goal : .missed } ?? .ours
        drawing.text(title, left - 12, y + 4, .end, size: 11)
        drawing.line(axis.place(ratios.min() ?? 1), y, to: axis.place(ratios.max() ?? 1), y, colour, width: 2)
        for ratio in ratios { drawing.dot(axis.place(ratio), y, colour, radius: 2.5, opacity: 0.4) }
        drawing.dot(axis.place(Figure.median(ratios)), y, colour, radius: 5)
        guard let goal = comparison.goal else { return }
        let x = axis.place(goal.figure)
        drawing.line(x, y - 11, to: x, y + 11, .text, width: 2)
        drawing.text(goal.isMost ? "◂" : "▸", x + (goal.isMost ? -2 : 2), y - 4, goal.isMost ? .end : .start, size: 10)
    }
}
