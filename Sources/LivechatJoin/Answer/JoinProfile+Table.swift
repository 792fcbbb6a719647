extension JoinProfile {
    /// The decision as a table in Markdown, a row for every answer, in the order of the steps; the README shows it.
    package var table: String {
        var rows = ["| step | status | body |", "|---|---|---|"]
        for (index, step) in order.steps.enumerated() {
            let outcomes = step == .join ? [.alreadyMember] : step.refusals.map(JoinOutcome.refused)
            for outcome in outcomes {
                let response = response(to: outcome)
                let body = String(decoding: response.body, as: UTF8.self)
                rows.append("| \(index + 1). \(step) | \(response.status) | `\(body)` |")
            }
        }
        return rows.joined(separator: "\n")
    }
}
