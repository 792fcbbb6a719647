/// Curves of ours and the peer's over named places.
struct CurvePlot {
    let title: String
    let places: [String]
    let ours: [Double]
    let peers: [Double]
    let unit: Unit
    let peer: String

    private static let width = 310.0
    private static let height = 230.0

    func draw() -> Drawing {
        var drawing = Drawing(width: Self.width, height: Self.height)
        let (left, right, top, bottom) = (60.0, Self.width - 70, 34.0, Self.height - 50)
        let axis = Axis(ours + peers, from: bottom, to: top + 18)
        drawing.legend([("ours", .ours), (peer, .peer)], left, 18)
        drawing.text(title, left, top + 8, size: 12)
        for mark in axis.marks {
            drawing.line(left, axis.place(mark), to: right, axis.place(mark), .faint)
            drawing.text("\(Figure.mark(mark)) \(unit.rawValue)", left - 6, axis.place(mark) + 4, .end, size: 10)
        }
        let step = places.count > 1 ? (right - left - 20) / Double(places.count - 1) : 0
        for (index, place) in places.enumerated() {
            drawing.text(place, left + 10 + Double(index) * step, bottom + 22, .middle, size: 10)
        }
        for (figures, colour) in [(peers, Drawing.Colour.peer), (ours, .ours)] {
            let points = figures.enumerated().map { (left + 10 + Double($0.offset) * step, axis.place($0.element)) }
            for (from, to) in zip(points, points.dropFirst()) {
                drawing.line(from.0, from.1, to: to.0, to.1, colour, width: 2)
            }
            for point in points { drawing.dot(point.0, point.1, colour, radius: 3.5) }
        }
        return drawing
    }

    /// One decision in databases of several sizes.
    static func growth(_ comparisons: [Comparison]) -> CurvePlot? {
        let prefix = "member of "
        let lines = comparisons.filter { $0.what.hasPrefix(prefix) }
        guard lines.count > 1 else { return nil }
        return CurvePlot(
            title: "one decision, rooms in the database",
            places: lines.map { String($0.what.dropFirst(prefix.count)) },
            ours: lines.map { Figure.median($0.ours) },
            peers: lines.map { Figure.median($0.peers) },
            unit: lines[0].unit,
            peer: lines[0].peer
        )
    }
}
