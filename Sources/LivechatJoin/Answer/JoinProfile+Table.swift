extension JoinProfile {
    /// The decision as a table in Markdown, a row for every answer, in the order of the steps; the README shows it.
    package var table: String {
        var rows = ["| step | status | body |", "|---|---|---|"]
        for (index, step) in order.steps.enumerated() {
            let outcomes = step == .join ? [.alreadyMember] : step.refusals.map(JoinOutcome.refused)
            for outcome in outcomes {
                let response = response(to: outcome)
                // The number of seconds is not the same in every answer.
                let body = String(decoding: response.body, as: UTF8.self).replacing("wait 1 sec", with: "wait N sec")
                rows.append("| \(index + 1). \(step) | \(response.status) | `\(body)` |")
            }
        }
        return rows.joined(separator: "\n")
    }
}
