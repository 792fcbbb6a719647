#if Console
internal import LivechatJoin

/// Why: one user, one room, every step.
struct WhyView {
    let user: String
    let room: String
    let profiles: [Choice]
    /// What is wrong with the question, if anything.
    let mistake: String?
    /// The answer, if a question was asked.
    let answers: [ExplanationView]
    let hasAnswer: Bool

    struct Choice {
        let name: String
        let isSelected: Bool
    }
}

/// An explanation as the library gives it.
struct ExplanationView {
    let user: Reference
    let room: Reference
    let profile: String
    let at: String
    let status: Int
    let isAllowed: Bool
    let decidedBy: String
    let reason: String
    let body: String
    let link: String
    let isVerified: Bool
    let command: String
    let steps: [Step]
    let rules: [Rule]
    let hasRules: Bool
    let permission: String
    let isHeld: Bool
    let roles: [Reference]
    let grantedBy: [Reference]
    let restrictedBy: [Reference]
    let cures: [Cure]
    let hasCures: Bool
    let noCure: String
    let hasNoCure: Bool
    let export: String
    let hasExport: Bool

    struct Step {
        let step: String
        let verdict: String
        let words: String
        let mark: String
        let reason: String
        let decides: Bool
    }

    struct Rule {
        let name: String
        let holds: Bool
        let mark: String
        let words: String
        let reason: String
    }

    struct Cure {
        let text: String
        let others: String
        let hasOthers: Bool
        let commands: [String]
    }

    init(_ explanation: JoinExplanation, isVerified: Bool, database: String?) {
        user = Reference(explanation.user)
        room = Reference(explanation.room)
        profile = explanation.profile
        at = Shown.time(explanation.at)
        status = explanation.response.status
        isAllowed = explanation.response.status == 200
        decidedBy = explanation.decidedBy.rawValue
        reason = Shown.text(explanation.steps.first { $0.step == explanation.decidedBy }?.reason ?? "")
        body = Shown.text(String(decoding: explanation.response.body, as: UTF8.self))
        let (user, room) = (explanation.user.string, explanation.room.string)
        link = Link.why(user, room, profile: explanation.profile)
        self.isVerified = isVerified
        command = ShellText.command(
            // With the equals sign an id that begins with a dash is no option.
            ["livechat-join", "explain", "--user=\(user)", "--room=\(room)", "--profile=\(explanation.profile)"]
                + (isVerified ? ["--verified"] : [])
        )
        steps = explanation.steps.map { step in
            let decides = step.step == explanation.decidedBy
            return Step(
                step: step.step.rawValue,
                verdict: step.verdict.rawValue,
                words: Self.words(step.verdict),
                mark: Self.mark(step.verdict),
                reason: Shown.text(step.reason),
                decides: decides
            )
        }
        rules = explanation.access.map { rule in
            Rule(
                name: rule.access.rawValue,
                holds: rule.holds,
                mark: rule.holds ? "✓" : "–",
                words: rule.holds ? "holds" : "does not hold",
                reason: Shown.text(rule.reason)
            )
        }
        hasRules = !rules.isEmpty
        permission = explanation.permission.name.string
        isHeld = explanation.permission.isHeld
        roles = explanation.permission.roles.map(Reference.init)
        grantedBy = explanation.permission.grantedBy.map(Reference.init)
        restrictedBy = explanation.permission.restrictedBy.map(Reference.init)
        cures = explanation.admits.map { remedy in
            Cure(
                text: Shown.text(remedy.text),
                others: remedy.others ?? "",
                hasOthers: remedy.others != nil,
                commands: remedy.shellCommands
            )
        }
        hasCures = !cures.isEmpty
        noCure = JoinExplanation.noCure
        hasNoCure = !isAllowed && !hasCures
        export = database.map { "export LIVECHAT_JOIN_DATABASE=" + ShellText.quoted($0) } ?? ""
        hasExport = database != nil
    }

    private static func words(_ verdict: JoinExplanation.Verdict) -> String {
        switch verdict {
        case .passed: "passed"
        case .refused: "refused"
        case .wouldPass: "would pass"
        case .wouldRefuse: "would refuse too"
        case .notReached: "not reached"
        }
    }

    private static func mark(_ verdict: JoinExplanation.Verdict) -> String {
        switch verdict {
        case .passed, .wouldPass: "✓"
        case .refused, .wouldRefuse: "✗"
        case .notReached: "·"
        }
    }
}

extension ConsolePages {
    func why(_ query: ConsoleQuery) async throws -> Page {
        let (user, room) = (query["user"] ?? "", query["room"] ?? "")
        let chosen = JoinProfile.all.first { $0.name == query["profile"] } ?? profile
        var profiles = JoinProfile.all
        // The host may have one of its own.
        if !profiles.contains(where: { $0.name == profile.name }) { profiles.insert(profile, at: 0) }
        var mistake: String?
        var answers: [ExplanationView] = []
        if !user.isEmpty, !room.isEmpty {
            do {
                let (user, room) = (try LivechatUserID(user), try LivechatRoomID(room))
                let explanation = try await service(chosen)
                    .explain(user: user, room: room, isVerified: options.usersAreVerified)
                answers = [
                    ExplanationView(
                        explanation,
                        isVerified: options.usersAreVerified,
                        database: options.database
                    )
                ]
            } catch let error as InvalidLivechatID {
                mistake = "An id \(error)."
            }
        } else if !user.isEmpty || !room.isEmpty {
            mistake = "A question has both, a user and a room."
        }
        let view = WhyView(
            user: user,
            room: room,
            profiles: profiles.map { WhyView.Choice(name: $0.name, isSelected: $0.name == chosen.name) },
            mistake: mistake,
            answers: answers,
            hasAnswer: !answers.isEmpty
        )
        let title = answers.first.map { "\($0.status): \($0.user.id) in \($0.room.id)" } ?? "Why?"
        return Page(tab: .why, title: title, template: "why", content: view)
    }
}
#endif
