import Generated

extension Suite {
    /// Short ones, and with all parts more of them than in other rows: a machine that does something else for a second
    /// spoils a few of them.
    var decisionMilliseconds: Int { isLong ? 300 : 100 }

    /// A part of B1: one decision on one thread, called as an embedder calls it, against the combined statement in plain C,
    /// over a mapped file and by itself. First with the logins remembered, as far as there are any; then, of members, without.
    func decisions() throws {
        let ours = try side("ours", data("ours"))
        let forgetful = try side("ours-forgetful", data("ours"))
        let floor = try side("floor-mapped", data("plain"))
        defer {
            for side in [ours, forgetful, floor] { side.stop() }
        }
        for scenario in Scenario.allCases {
            var comparison = Comparison("B1", scenario.title, .microseconds, peer: "C floor", goal: .atMost(0.65))
            try compare(&comparison, ours, floor, "decide \(scenario.rawValue) 1 \(decisionMilliseconds)")
            finish(comparison)
        }
        var forgotten = Comparison("B1", "already a member, login not remembered", .microseconds, peer: "C floor")
        try compare(&forgotten, forgetful, floor, "decide member 1 \(decisionMilliseconds)")
        finish(forgotten)
        let grdb = try side("grdb", data("plain"))
        defer { grdb.stop() }
        var comparison = Comparison("B1", "already a member", .microseconds, peer: "GRDB", goal: .atMost(1.0 / 15))
        try compare(&comparison, ours, grdb, "decide member 1 \(decisionMilliseconds)")
        finish(comparison)
    }

    /// Asks both the same question in every round. The processor's time of a decision is compared, in seconds: what else
    /// the machine does is not in it.
    private func compare(_ comparison: inout Comparison, _ ours: Child, _ peer: Child, _ question: String) throws {
        // Each question begins with the first request again, so both have seen before what they are asked then.
        for _ in 0..<4 { _ = (try ours.ask(question), try peer.ask(question)) }
        var (figures, peers): ([Double], [Double]) = ([], [])
        try alternate(
            ours: { _ in figures.append(try ours.ask(question)[2] * 1e6) },
            peer: { _ in
                peers.append(try peer.ask(question)[2] * 1e6)
            }
        )
        (comparison.ours, comparison.peers) = (figures, peers)
    }
}
