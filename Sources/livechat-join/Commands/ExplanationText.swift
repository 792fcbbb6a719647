#if CommandLine
import LivechatJoin

/// An explanation for people: aligned, the deciding step marked, and cures as commands to paste.
struct ExplanationText {
    /// Whether marks are coloured, as on a terminal.
    let isColoured: Bool

    func text(_ explanation: JoinExplanation) -> String {
        let (user, room) = (LogText.escaped(explanation.user.string), LogText.escaped(explanation.room.string))
        // This program knows none of a host's rules, and a rule can refuse what is answered 200 here.
        let caveat = explanation.response.status == 200 ? ", unless a rule of the host's refuses" : ""
        var lines = [
            "\(user) asks for \(room) at \(explanation.at.rfc3339), profile \(explanation.profile):",
            "\(explanation.response), decided by \(explanation.decidedBy)\(caveat)", "",
        ]
        let width = JoinStep.allCases.map(\.rawValue.count).max() ?? 0
        for step in explanation.steps {
            let decides = step.step == explanation.decidedBy && explanation.response.status != 200
            lines.append(
                "\(mark(step.verdict)) \(padded(step.step.rawValue, width))  \(LogText.escaped(step.reason))"
                    + (decides ? "  ◄ decides" : "")
            )
        }
        if !explanation.access.isEmpty {
            lines += ["", "Ways into the room:"]
            let width = explanation.access.map(\.access.rawValue.count).max() ?? 0
            for rule in explanation.access {
                let mark = rule.holds ? coloured("✓", 32) : "–"
                lines.append("\(mark) \(padded(rule.access.rawValue, width))  \(LogText.escaped(rule.reason))")
            }
        }
        if !explanation.admits.isEmpty {
            lines += ["", "What would let \(user) in, any one of these:"]
            for remedy in explanation.admits {
                let more = remedy.others.map { "; \($0)" } ?? ""
                lines.append("• \(LogText.escaped(remedy.text))\(more)")
                for command in remedy.shellCommands { lines.append("    " + command) }
            }
        } else if explanation.response.status != 200 {
            lines += ["", JoinExplanation.noCure]
        }
        return lines.joined(separator: "\n")
    }

    private func mark(_ verdict: JoinExplanation.Verdict) -> String {
        switch verdict {
        case .passed: coloured("✓", 32)
        case .refused: coloured("✗", 31)
        case .wouldPass: "✓"
        case .wouldRefuse: "✗"
        case .notReached: "·"
        }
    }

    private func coloured(_ text: String, _ colour: Int) -> String {
        isColoured ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
#endif
