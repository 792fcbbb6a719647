import Foundation

/// A picture in SVG, put together from lines, dots and text.
struct Drawing {
    let width: Double
    let height: Double
    private var shapes = ""

    enum Colour: String {
        case ours = "#0969da"
        case peer = "#bc4c00"
        case goal = "#1a7f37"
        case missed = "#cf222e"
        case text = "#1f2328"
        case faint = "#d0d7de"
    }

    enum Anchor: String { case start, middle, end }

    init(width: Double, height: Double) { (self.width, self.height) = (width, height) }

    mutating func line(_ x: Double, _ y: Double, to x2: Double, _ y2: Double, _ colour: Colour, width: Double = 1) {
        add(
            "<line x1=\"\(short(x))\" y1=\"\(short(y))\" x2=\"\(short(x2))\" y2=\"\(short(y2))\" "
                + "stroke=\"\(colour.rawValue)\" stroke-width=\"\(width)\"/>"
        )
    }

    mutating func dot(_ x: Double, _ y: Double, _ colour: Colour, radius: Double, opacity: Double = 1) {
        add(
            "<circle cx=\"\(short(x))\" cy=\"\(short(y))\" r=\"\(radius)\" fill=\"\(colour.rawValue)\" "
                + "fill-opacity=\"\(opacity)\"/>"
        )
    }

    mutating func text(
        _ text: String,
        _ x: Double,
        _ y: Double,
        _ anchor: Anchor = .start,
        _ colour: Colour = .text,
        size: Double = 12
    ) {
        let escaped = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        add(
            "<text x=\"\(short(x))\" y=\"\(short(y))\" text-anchor=\"\(anchor.rawValue)\" "
                + "fill=\"\(colour.rawValue)\" font-size=\"\(size)\">\(escaped)</text>"
        )
    }

    /// The colours' meaning, from a point to the right.
    mutating func legend(_ entries: [(String, Colour)], _ x: Double, _ y: Double) {
        var x = x
        for (name, colour) in entries {
            dot(x, y - 4, colour, radius: 4)
            text(name, x + 8, y)
            x += 26 + Double(name.count) * 7
        }
    }

    private mutating func add(_ shape: String) { shapes += "  " + shape + "\n" }
    private func short(_ number: Double) -> String { String(format: "%.1f", number) }

    /// The picture as a file, on white: a page may be dark.
    var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
        viewBox="0 0 \(Int(width)) \(Int(height))" font-family="system-ui, sans-serif">
          <rect width="100%" height="100%" fill="#ffffff"/>
        \(shapes)</svg>

        """
    }
}

/// A logarithmic axis: a ratio of two is as long wherever it stands.
struct Axis {
    private let first: Double
    private let last: Double
    private let start: Double
    private let length: Double

    /// - Parameters:
    ///   - figures: What has to be on it.
    ///   - start: Where it begins in the picture; it may lead backwards.
    init(_ figures: [Double], from start: Double, to end: Double) {
        let positive = figures.filter { $0 > 0 && $0.isFinite }
        first = log10((positive.min() ?? 1) / 1.15)
        last = log10((positive.max() ?? 1) * 1.15)
        (self.start, length) = (start, end - start)
    }

    func place(_ figure: Double) -> Double { start + (log10(figure) - first) / (last - first) * length }

    /// Round figures to write at it: 1, 2 and 5 of each power of ten, or 1 alone on a long one.
    var marks: [Double] {
        let steps: [Double] = last - first > 3 ? [1] : [1, 2, 5]
        let powers = Int(first.rounded(.down))...Int(last.rounded(.up))
        return powers.flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
            .filter { log10($0) >= first && log10($0) <= last }
    }
}
