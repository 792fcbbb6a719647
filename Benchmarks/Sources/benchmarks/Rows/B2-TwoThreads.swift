import Generated

extension Suite {
    /// Of the floor with two threads the short form tells two.
    private var scaled: [Scenario] { Scenario.allCases.filter { isLong || [.member, .noPermission].contains($0) } }

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
        for scenario in Scenario.allCases {
            let question = { (threads: Int) in "decide \(scenario.rawValue) \(threads) \(self.decisionMilliseconds)" }
            var (one, two, floorOne, floorTwo): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
            // The logins of the scenario before may have taken the place of this one's.
            for _ in 0..<4 { _ = try ours.ask(question(2)) }
            try alternate(
                ours: { _ in two.append(try ours.ask(question(2))[1]) },
                peer: { _ in one.append(try ours.ask(question(1))[1]) }
            )
            finish(scenario.title, two, "ours, one thread", one, goal: .atLeast(1.8))
            _ = try other.ask(question(1))
            var processes: [Double] = []
            for _ in 0..<rounds {
                for process in [ours, other] { try process.put(question(1)) }
                let rates = try [ours, other].map { try $0.numbers()[1] }
                processes.append(rates[0] + rates[1])
            }
            finish("two processes: \(scenario.title)", processes, "ours, one thread", one)
            guard scaled.contains(scenario) else { continue }
            _ = try floor.ask(question(2))
            try alternate(
                ours: { _ in floorTwo.append(try floor.ask(question(2))[1]) },
                peer: { _ in floorOne.append(try floor.ask(question(1))[1]) }
            )
            finish("C floor: \(scenario.title)", floorTwo, "C floor, one thread", floorOne)
            finish(scenario.title, two, "C floor, two threads", floorTwo)
        }
    }

    private func finish(_ what: String, _ ours: [Double], _ peer: String, _ peers: [Double], goal: Goal? = nil) {
        var comparison = Comparison("B2", what, .perSecond, peer: peer, goal: goal)
        (comparison.ours, comparison.peers) = (ours, peers)
        finish(comparison)
    }
}
