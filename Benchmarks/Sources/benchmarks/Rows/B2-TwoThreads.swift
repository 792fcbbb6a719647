import Generated

/// What B2 has measured so far, in decisions per second.
struct ThreadFigures {
    typealias Rates = [Scenario: [Double]]

    var two = Rates()
    var one = Rates()
    var floorTwo = Rates()
    var floorOne = Rates()
    /// Two processes with one thread each, which share nothing.
    var processes = Rates()
}

extension Suite {
    /// Of the floor's own scaling, and of what two processes do, the short form tells two.
    private var scaled: [Scenario] { Scenario.allCases.filter { isLong || [.member, .noPermission].contains($0) } }

    /// B2: two threads at once, against one thread of the same, and against the floor with two. Two processes tell what the
    /// machine has for two who share nothing.
    ///
    /// It is measured in parts that lie minutes apart, each by processes of its own: what a second processor is worth
    /// changes from minute to minute on a machine that others use too.
    func twoThreads() throws {
        let ours = try side("ours", data("ours"))
        let other = try side("ours", data("ours"))
        let floor = try side("floor", data("plain"))
        defer {
            ours.stop()
            other.stop()
            floor.stop()
        }
        let question = { (scenario: Scenario, threads: Int) in
            "decide \(scenario.rawValue) \(threads) \(self.decisionMilliseconds)"
        }
        for scenario in Scenario.allCases {
            // The logins of the scenario before may have taken the place of this one's.
            for _ in 0..<4 { _ = try ours.ask(question(scenario, 2)) }
            _ = try floor.ask(question(scenario, 2))
            try alternate(
                ours: { _ in threadFigures.two[scenario, default: []].append(try ours.ask(question(scenario, 2))[1]) },
                peer: { _ in threadFigures.one[scenario, default: []].append(try ours.ask(question(scenario, 1))[1]) }
            )
            if scaled.contains(scenario) {
                _ = try other.ask(question(scenario, 1))
                for _ in 0..<rounds {
                    for process in [ours, other] { try process.put(question(scenario, 1)) }
                    let rates = try [ours, other].map { try $0.numbers()[1] }
                    threadFigures.processes[scenario, default: []].append(rates[0] + rates[1])
                }
            }
            try alternate(
                ours: { _ in
                    threadFigures.floorTwo[scenario, default: []].append(try floor.ask(question(scenario, 2))[1])
                },
                peer: { _ in
                    guard scaled.contains(scenario) else { return }
                    threadFigures.floorOne[scenario, default: []].append(try floor.ask(question(scenario, 1))[1])
                }
            )
        }
        if threadFigures.two[.member]?.count == Self.threadParts * rounds { finishTwoThreads() }
    }

    private func finishTwoThreads() {
        let figures = threadFigures
        for scenario in Scenario.allCases {
            var scaling = Comparison(
                "B2",
                scenario.title,
                .perSecond,
                peer: "ours, one thread",
                goal: .atLeast(1.8)
            )
            (scaling.ours, scaling.peers) = (figures.two[scenario] ?? [], figures.one[scenario] ?? [])
            finish(scaling)
            if scaled.contains(scenario) {
                var scaling = Comparison("B2", "C floor: \(scenario.title)", .perSecond, peer: "C floor, one thread")
                (scaling.ours, scaling.peers) = (figures.floorTwo[scenario] ?? [], figures.floorOne[scenario] ?? [])
                finish(scaling)
                var apart = Comparison("B2", "two processes: \(scenario.title)", .perSecond, peer: "ours, one thread")
                (apart.ours, apart.peers) = (figures.processes[scenario] ?? [], figures.one[scenario] ?? [])
                finish(apart)
            }
            var both = Comparison("B2", scenario.title, .perSecond, peer: "C floor, two threads")
            (both.ours, both.peers) = (scaling.ours, figures.floorTwo[scenario] ?? [])
            finish(both)
        }
    }
}
