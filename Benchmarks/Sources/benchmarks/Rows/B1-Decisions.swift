import Generated

extension Suite {
    /// Short ones, and more of them than in other rows: a machine that does something else for a second spoils a few of them.
    private var milliseconds: Int { isLong ? 300 : 100 }
    private static let slices = 3

    /// B1: one decision on one thread, called as an embedder calls it, against the combined statement in plain C.
    func decisions() throws {
        let ours = try side("ours", data("ours"))
        let floor = try side("floor", data("plain"))
        defer {
            ours.stop()
            floor.stop()
        }
        for scenario in Scenario.allCases {
            var comparison = Comparison("B1", scenario.title, .microseconds, peer: "C floor", goal: .atMost(0.65))
            try compare(&comparison, ours, floor, "decide \(scenario.rawValue) 1 \(milliseconds)")
            finish(comparison)
        }
        let grdb = try side("grdb", data("plain"))
        defer { grdb.stop() }
        var comparison = Comparison("B1", "already a member", .microseconds, peer: "GRDB", goal: .atMost(1.0 / 15))
        try compare(&comparison, ours, grdb, "decide member 1 \(milliseconds)")
        finish(comparison)
    }

    /// Asks both the same question in every round; the first number of the answers is compared, in seconds.
    private func compare(_ comparison: inout Comparison, _ ours: Child, _ peer: Child, _ question: String) throws {
        _ = (try ours.ask(question), try peer.ask(question))
        var (figures, peers): ([Double], [Double]) = ([], [])
        try alternate(
            slices: Self.slices,
            ours: { _ in figures.append(try ours.ask(question)[0] * 1e6) },
            peer: { _ in
                peers.append(try peer.ask(question)[0] * 1e6)
            }
        )
        (comparison.ours, comparison.peers) = (figures, peers)
    }

    /// B2: two threads at once, against one thread of the same, and against the floor with two.
    func twoThreads() throws {
        let ours = try side("ours", data("ours"))
        let floor = try side("floor", data("plain"))
        defer {
            ours.stop()
            floor.stop()
        }
        let question = { (scenario: Scenario, threads: Int) in
            "decide \(scenario.rawValue) \(threads) \(self.milliseconds)"
        }
        let scenarios = Scenario.allCases
        // Of the floor's own scaling the short form tells one.
        let scaled = scenarios.filter { isLong || $0 == .member }
        var (two, one) = ([Scenario: [Double]](), [Scenario: [Double]]())
        var (floorTwo, floorOne) = ([Scenario: [Double]](), [Scenario: [Double]]())
        // Each of them several times with others in between: what a second processor is worth changes from minute to minute here.
        for _ in 0..<Self.slices {
            for scenario in scenarios {
                // The logins of the scenario before may have taken the place of this one's.
                for _ in 0..<4 { _ = try ours.ask(question(scenario, 2)) }
                _ = try floor.ask(question(scenario, 2))
                try alternate(
                    ours: { _ in two[scenario, default: []].append(try ours.ask(question(scenario, 2))[1]) },
                    peer: { _ in one[scenario, default: []].append(try ours.ask(question(scenario, 1))[1]) }
                )
                try alternate(
                    ours: { _ in floorTwo[scenario, default: []].append(try floor.ask(question(scenario, 2))[1]) },
                    peer: { _ in
                        guard scaled.contains(scenario) else { return }
                        floorOne[scenario, default: []].append(try floor.ask(question(scenario, 1))[1])
                    }
                )
            }
        }
        for scenario in scenarios {
            var scaling = Comparison(
                "B2",
                scenario.title,
                .perSecond,
                peer: "ours, one thread",
                goal: .atLeast(1.8)
            )
            (scaling.ours, scaling.peers) = (two[scenario] ?? [], one[scenario] ?? [])
            finish(scaling)
            if scaled.contains(scenario) {
                var scaling = Comparison("B2", "C floor: \(scenario.title)", .perSecond, peer: "C floor, one thread")
                (scaling.ours, scaling.peers) = (floorTwo[scenario] ?? [], floorOne[scenario] ?? [])
                finish(scaling)
            }
            var both = Comparison("B2", scenario.title, .perSecond, peer: "C floor, two threads")
            (both.ours, both.peers) = (scaling.ours, floorTwo[scenario] ?? [])
            finish(both)
        }
    }
}
