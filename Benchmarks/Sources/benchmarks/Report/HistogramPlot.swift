/// How long was waited, ours and the peer's, a panel for each line that tells it. All have the same axes.
enum HistogramPlot {
    private static let width = 270.0
    private static let height = 190.0
    private static let columns = 3

    static func draw(_ comparisons: [Comparison]) -> Drawing? {
        let shown = comparisons.filter { $0.waiting != nil }
        let shares = shown.compactMap(\.waiting).flatMap { [$0.ours.shares, $0.peers.shares] }
        let used = shares.flatMap { shares in shares.indices.filter { shares[$0] > 0 } }
        guard let first = used.min(), let last = used.max() else { return nil }
        let most = shares.joined().max() ?? 1
        let lines = (shown.count + columns - 1) / columns
        var drawing = Drawing(
            width: 60 + width * Double(min(shown.count, columns)),
            height: 60 + height * Double(lines)
        )
        drawing.legend([("ours", .ours), (shown[0].peer, .peer)], 60, 18)
        for (index, comparison) in shown.enumerated() {
            guard let waiting = comparison.waiting else { continue }
            let panel = Panel(
                left: 60 + width * Double(index % columns),
                top: 34 + height * Double(index / columns),
                steps: first...last,
                most: most
            )
            panel.frame(comparison.what, isFirst: index % columns == 0, &drawing)
            panel.draw(waiting.peers, .peer, &drawing)
            panel.draw(waiting.ours, .ours, &drawing)
        }
        drawing.text("how long was waited, and the part of all that did", drawing.width - 20, drawing.height - 8, .end)
        return drawing
    }

    private struct Panel {
        let left: Double
        let top: Double
        let steps: ClosedRange<Int>
        let most: Double

        private var right: Double { left + width - 50 }
        private var bottom: Double { top + height - 40 }

        /// Where a step begins.
        private func across(_ step: Int) -> Double {
            left + (right - left) * Double(step - steps.lowerBound) / Double(steps.count)
        }

        private func up(_ share: Double) -> Double { bottom - (bottom - top - 22) * share / most }

        func frame(_ title: String, isFirst: Bool, _ drawing: inout Drawing) {
            drawing.text(title, left, top + 8, size: 12)
            drawing.line(left, bottom, to: right, bottom, .faint)
            for step in steps where step % 10 == 0 {
                drawing.line(across(step), top + 18, to: across(step), bottom, .faint)
                drawing.text(
                    "\(Figure.mark(Histogram.milliseconds(step))) ms",
                    across(step),
                    bottom + 14,
                    .middle,
                    size: 10
                )
            }
            if isFirst { drawing.text("\(Int((most * 100).rounded())) %", left - 6, up(most) + 4, .end, size: 10) }
        }

        /// An outline of steps.
        func draw(_ histogram: Histogram, _ colour: Drawing.Colour, _ drawing: inout Drawing) {
            var height = bottom
            for step in steps {
                let next = up(histogram.shares[step])
                if next != height { drawing.line(across(step), height, to: across(step), next, colour, width: 1.5) }
                if next != bottom { drawing.line(across(step), next, to: across(step + 1), next, colour, width: 1.5) }
                height = next
            }
            if height != bottom { drawing.line(right, height, to: right, bottom, colour, width: 1.5) }
        }
    }
}
