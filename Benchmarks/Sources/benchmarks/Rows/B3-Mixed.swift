extension Suite {
    /// B3: decisions on one thread while joins commit, each side under its own joins at the same rate.
    func decisionsUnderJoins() throws {
        let (ourPath, floorPath) = (try copy("ours"), try copy("plain"))
        let ours = try side("ours", ourPath)
        let floor = try side("floor", floorPath)
        let mapped = try side("floor-mapped", floorPath)
        defer {
            for side in [ours, floor, mapped] { side.stop() }
            remove(ourPath)
            remove(floorPath)
        }
        let milliseconds = isLong ? 2_000 : 700
        for rate in [100, 1_000, 10_000] {
            var drawn = rate * 1_000
            let question = { (fresh: Int) in "mixed \(rate) \(drawn + fresh) \(milliseconds)" }
            let step = rate * milliseconds / 1_000 + 1_000
            var comparison = Comparison(
                "B3",
                "member, \(rate) joins/s",
                .microseconds,
                peer: "C floor",
                goal: .atMost(1)
            )
            var small = Comparison(
                "B3",
                "member, \(rate) joins/s",
                .microseconds,
                peer: "C floor, mapped",
                goal: .atMost(1)
            )
            var joined = Comparison("B3", "joins meanwhile", .perSecond, peer: "C floor")
            _ = (try ours.ask(question(0)), try floor.ask(question(0)), try mapped.ask(question(step)))
            drawn += 2 * step
            try alternate(
                ours: { _ in
                    let answer = try ours.ask(question(0))
                    comparison.ours.append(answer[0] * 1e6)
                    small.ours.append(answer[0] * 1e6)
                    joined.ours.append(answer[1])
                    drawn += 2 * step
                },
                peer: { _ in
                    let answer = try floor.ask(question(0))
                    comparison.peers.append(answer[0] * 1e6)
                    joined.peers.append(answer[1])
                    small.peers.append(try mapped.ask(question(step))[0] * 1e6)
                    drawn += 2 * step
                }
            )
            finish(comparison)
            finish(small)
            finish(joined)
        }
    }
}
