import Generated

extension Suite {
    /// Of the floor with two threads the short form tells two.
    private func isScaled(_ scenario: Scenario) -> Bool { isLong || [.member, .noPermission].contains(scenario) }

    /// A part of B2: two threads at once, each on a processor, in decisions per second, against one thread of the same, and
    /// against the floor with two. Two processes tell what the machine has for two who share nothing.
    func twoThreads() throws {
        let ours = try side("ours", data("ours"))
        let other = try side("ours", data("ours"))
        let floor = try side("floor-mapped", data("plain"))
        defer {
            ours.stop()
            other.stop()
            floor.stop()
        }
        // What the machine has for two changes from one moment to the next, so every line is measured twice, with all others in
        // between, in many short questions.
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
        let milliseconds = decisionMilliseconds / 5
        let question = { (threads: Int) in "decide \(scenario.rawValue) \(threads) \(milliseconds)" }
        // The logins of the scenario before may have taken the place of this one's.
        _ = try ours.ask("decide \(scenario.rawValue) 2 \(10 * milliseconds)")
        // Short as they are, they go through as many requests as long ones would, each two through the same.
        let begin = { (round: Int) in _ = try ours.ask("begin \(round % 8 * 2_000)") }
        try alternate(
            slices: 2,
            ours: { round in
                try begin(round)
                rates.two.append(try ours.ask(question(2))[1])
            },
            peer: { round in
                try begin(round)
                rates.one.append(try oneThread(ours, question(1)))
            }
        )
        try begin(0)
        _ = try other.ask("decide \(scenario.rawValue) 1 \(5 * milliseconds)")
        for (place, process) in [ours, other].enumerated() { _ = try process.ask("processor \(place)") }
        for _ in 0..<rounds {
            for process in [ours, other] { try process.put(question(1)) }
            let both = try [ours, other].map { try $0.numbers()[1] }
            rates.processes.append(both[0] + both[1])
        }
        for process in [ours, other] { _ = try process.ask("processor -1") }
        guard let floor else { return }
        for _ in 0..<2 { _ = try floor.ask(question(2)) }
        try alternate(
            slices: 2,
            ours: { _ in rates.floorTwo.append(try floor.ask(question(2))[1]) },
            peer: { _ in rates.floorOne.append(try oneThread(floor, question(1))) }
        )
    }

    /// The rate of one thread: the mean of what it does on either processor. Two threads have both, and at times one of them is much
    /// the slower, since somebody else uses it.
    private func oneThread(_ side: Child, _ question: String) throws -> Double {
        let rates = try (0..<2).map { processor in
            _ = try side.ask("processor \(processor)")
            return try side.ask(question)[1]
        }
        _ = try side.ask("processor -1")
        return (rates[0] + rates[1]) / 2
    }

    private func finish(_ what: String, _ ours: [Double], _ peer: String, _ peers: [Double], goal: Goal? = nil) {
        var comparison = Comparison("B2", what, .perSecond, peer: peer, goal: goal)
        (comparison.ours, comparison.peers) = (ours, peers)
        finish(comparison)
    }
}
