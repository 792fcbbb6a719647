/// Curves of ours and the peer's over named places, side by side in panels that share their scale.
struct CurvePlot {
    struct Panel {
        let title: String
        let places: [String]
        let ours: [Double]
        let peers: [Double]
    }

    let panels: [Panel]
    let unit: Unit
    let peer: String

    private static let width = 250.0
    private static let height = 190.0
    private static let columns = 3

    func draw() -> Drawing? {
        if panels.isEmpty { return nil }
        let lines = (panels.count + Self.columns - 1) / Self.columns
        let used = min(panels.count, Self.columns)
        var drawing = Drawing(width: 60 + Self.width * Double(used), height: 40 + Self.height * Double(lines))
        let figures = panels.flatMap { $0.ours + $0.peers }
        for (index, panel) in panels.enumerated() {
            let (x, y) = (
                60 + Self.width * Double(index % Self.columns), 34 + Self.height * Double(index / Self.columns)
            )
            draw(panel, x, y, Axis(figures, from: y + Self.height - 46, to: y + 18), &drawing)
        }
        drawing.legend([("ours", .ours), (peer, .peer)], 60, 18)
        return drawing
    }

    private func draw(_ panel: Panel, _ x: Double, _ y: Double, _ axis: Axis, _ drawing: inout Drawing) {
        let right = x + Self.width - 70
        drawing.text(panel.title, x, y + 8, size: 12)
        for mark in axis.marks {
            drawing.line(x, axis.place(mark), to: right, axis.place(mark), .faint)
            drawing.text("\(Figure.mark(mark)) \(unit.rawValue)", x - 6, axis.place(mark) + 4, .end, size: 10)
        }
        let step = panel.places.count > 1 ? (right - x - 20) / Double(panel.places.count - 1) : 0
        for (index, place) in panel.places.enumerated() {
            drawing.text(place, x + 10 + Double(index) * step, y + Self.height - 28, .middle, size: 10)
        }
        for (figures, colour) in [(panel.peers, Drawing.Colour.peer), (panel.ours, .ours)] {
            let points = figures.enumerated().map { (x + 10 + Double($0.offset) * step, axis.place($0.element)) }
            for (from, to) in zip(points, points.dropFirst()) {
                drawing.line(from.0, from.1, to: to.0, to.1, colour, width: 2)
            }
            for point in points { drawing.dot(point.0, point.1, colour, radius: 3.5) }
        }
    }
}

extension CurvePlot {
    /// The percentiles of waiting that follow a line about how many were served, a panel for each such line.
    static func percentiles(_ comparisons: [Comparison]) -> CurvePlot? {
        var panels: [(title: String, lines: [Comparison])] = []
        for comparison in comparisons {
            if comparison.what.hasPrefix("  p") {
                if !panels.isEmpty { panels[panels.count - 1].lines.append(comparison) }
            } else {
                panels.append((comparison.what, []))
            }
        }
        guard let line = panels.lazy.compactMap(\.lines.first).first else { return nil }
        return CurvePlot(
            panels: panels.filter { !$0.lines.isEmpty }.map { title, lines in
                Panel(
                    title: title,
                    places: lines.map { String($0.what.dropFirst(2)) },
                    ours: lines.map { Figure.median($0.ours) },
                    peers: lines.map { Figure.median($0.peers) }
                )
            },
            unit: line.unit,
            peer: line.peer
        )
    }

    /// One decision in databases of several sizes.
    static func growth(_ comparisons: [Comparison]) -> CurvePlot? {
        let prefix = "member of "
        let lines = comparisons.filter { $0.what.hasPrefix(prefix) }
        guard lines.count > 1 else { return nil }
        let panel = Panel(
            title: "one decision, rooms in the database",
            places: lines.map { String($0.what.dropFirst(prefix.count)) },
            ours: lines.map { Figure.median($0.ours) },
            peers: lines.map { Figure.median($0.peers) }
        )
        return CurvePlot(panels: [panel], unit: lines[0].unit, peer: lines[0].peer)
    }
}
