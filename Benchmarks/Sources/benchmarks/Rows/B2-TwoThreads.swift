import Generated

extension Suite {
    /// Of the floor with two threads the short form tells two.
    private func isScaled(_ scenario: Scenario) -> Bool { isLong || [.member, .noPermission].contains(scenario) }

    /// A part of B2: two threads at once, in decisions per second, against one thread of the same, and against the floor with
    /// two. Two processes tell what the machine has for two who share nothing.
    func twoThreads() throws {
        let ours = try side("ours", data("ours"))
        let other = try side("ours", data("ours"))
        let floor = try side("floor", data("plain"))
        defer {
            ours.stop()
            other.stop()
            floor.stop()
        }
        // What the machine has for two changes within a second, so every line is measured twice, with all others in between, in
        // questions half as long and twice as many as one thread has them in B1.
        var rates: [Scenario: Rates] = [:]
        for _ in 0..<2 {
            for scenario in Scenario.allCases {
                var measured = rates[scenario] ?? Rates()
                try measure(scenario, ours, other, isScaled(scenario) ? floor : nil, &measured)
                rates[scenario] = measured
            }
        }
        for scenario in Scenario.allCases {
            guard let rates = rates[scenario] else { continue }
            finish(scenario.title, rates.two, "ours, one thread", rates.one, goal: .atLeast(1.8))
            finish("two processes: \(scenario.title)", rates.processes, "ours, one thread", rates.one)
            guard isScaled(scenario) else { continue }
            finish("C floor: \(scenario.title)", rates.floorTwo, "C floor, one thread", rates.floorOne)
            finish(scenario.title, rates.two, "C floor, two threads", rates.floorTwo)
        }
    }

    private struct Rates {
        var (one, two, processes): ([Double], [Double], [Double]) = ([], [], [])
        var (floorOne, floorTwo): ([Double], [Double]) = ([], [])
    }

    private func measure(
        _ scenario: Scenario,
        _ ours: Child,
        _ other: Child,
        _ floor: Child?,
        _ rates: inout Rates
    ) throws {
        let question = { (threads: Int) in "decide \(scenario.rawValue) \(threads) \(self.decisionMilliseconds / 2)" }
        // The logins of the scenario before may have taken the place of this one's.
        for _ in 0..<4 { _ = try ours.ask(question(2)) }
        try alternate(
            ours: { _ in rates.two.append(try ours.ask(question(2))[1]) },
            peer: { _ in rates.one.append(try ours.ask(question(1))[1]) }
        )
        for _ in 0..<2 { _ = try other.ask(question(1)) }
        // They have no goal.
        for _ in 0..<(rounds + 1) / 2 {
            for process in [ours, other] { try process.put(question(1)) }
            let both = try [ours, other].map { try $0.numbers()[1] }
            rates.processes.append(both[0] + both[1])
        }
        guard let floor else { return }
        for _ in 0..<2 { _ = try floor.ask(question(2)) }
        try alternate(
            ours: { _ in rates.floorTwo.append(try floor.ask(question(2))[1]) },
            peer: { _ in rates.floorOne.append(try floor.ask(question(1))[1]) }
        )
    }

    private func finish(_ what: String, _ ours: [Double], _ peer: String, _ peers: [Double], goal: Goal? = nil) {
        var comparison = Comparison("B2", what, .perSecond, peer: peer, goal: goal)
        (comparison.ours, comparison.peers) = (ours, peers)
        finish(comparison)
    }
}
