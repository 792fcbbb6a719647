#if CommandLine
import LivechatJoin

/// Lays requests and answers side by side in 120 columns, two lines to a row at least.
struct DemoTable {
    /// The names of the rows that were not answered as they should have been.
    private(set) var wrong: [String] = []

    private static let requestWidth = 41
    private static let statusWidth = 6
    private static let stepWidth = 12
    private static let bodyWidth = 120 - 1 - requestWidth - statusWidth - stepWidth - 4

    var heading: String {
        Self.line("", "request: user, token, query", "status", "decided by", "body") + "\n"
            + String(repeating: "─", count: 120)
    }

    /// Lays out one row and checks it.
    mutating func lines(_ row: DemoRow, _ answer: DemoClient.Answer, _ step: JoinStep?) -> String {
        let step = step?.rawValue ?? "none"
        let isRight =
            answer.status == row.status && answer.body == row.body && step == row.step
            && answer.contentType == "application/json"
        let body = Self.wrapped(answer.body)
        let who = row.headers.isEmpty ? "(no headers)" : row.headers.map(\.1).joined(separator: " ")
        let request = "\(who) \(row.query.isEmpty ? "(no query)" : row.query)"
        var lines = [Self.line(isRight ? "✓" : "✗", row.name, "\(answer.status)", step, body.first ?? "")]
        let second = body.dropFirst()
        lines.append(Self.line("", "  " + request, "", "", second.first ?? ""))
        for rest in second.dropFirst() { lines.append(Self.line("", "", "", "", rest)) }
        if !isRight {
            wrong.append(row.name)
            let expected = Self.wrapped(row.body)
            lines.append(Self.line("", "  expected:", "\(row.status)", row.step, expected.first ?? ""))
            for rest in expected.dropFirst() { lines.append(Self.line("", "", "", "", rest)) }
        }
        return lines.joined(separator: "\n")
    }

    private static func line(
        _ mark: String,
        _ request: String,
        _ status: String,
        _ step: String,
        _ body: String
    )
        -> String
    {
        let cells = [
            padded(mark, to: 1), padded(request, to: requestWidth), padded(status, to: statusWidth),
            padded(step, to: stepWidth), body,
        ]
        var line = cells.joined(separator: " ")
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Cuts a body where the column ends; the pieces put together are the body.
    private static func wrapped(_ body: String) -> [String] {
        var pieces: [String] = []
        var rest = Substring(body)
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(bodyWidth)))
            rest = rest.dropFirst(bodyWidth)
        }
        return pieces
    }
}
#endif
