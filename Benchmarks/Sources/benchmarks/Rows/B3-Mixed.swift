extension Suite {
    /// B3: decisions on one thread while joins commit, each side under its own joins at the same rate. Then, under the same
    /// joins and in the same build, whether the next decision sees every change that has committed (contract C5).
    func decisionsUnderJoins() throws {
        let (ourPath, floorPath, mappedPath) = (try copy("ours"), try copy("plain"), try copy("plain"))
        let ours = try side("ours", ourPath)
        let floor = try side("floor", floorPath)
        let mapped = try side("floor-mapped", mappedPath)
        defer {
            for side in [ours, floor, mapped] { side.stop() }
            remove(ourPath)
            remove(floorPath)
            remove(mappedPath)
        }
        _ = try ours.ask("probe")
        let milliseconds = isLong ? 2_000 : 700
        for rate in [100, 1_000, 10_000] {
            var drawn = rate * 1_000
            let question = { "mixed \(rate) \(drawn) \(milliseconds)" }
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
            _ = (try ours.ask(question()), try floor.ask(question()), try mapped.ask(question()))
            drawn += step
            try alternate(
                ours: { _ in
                    let answer = try ours.ask(question())
                    comparison.ours.append(answer[0] * 1e6)
                    small.ours.append(answer[0] * 1e6)
                    joined.ours.append(answer[1])
                    drawn += step
                },
                peer: { _ in
                    let answer = try floor.ask(question())
                    comparison.peers.append(answer[0] * 1e6)
                    joined.peers.append(answer[1])
                    small.peers.append(try mapped.ask(question())[0] * 1e6)
                    drawn += step
                }
            )
            finish(comparison)
            finish(small)
            finish(joined)
            let answer = try ours.ask("changes \(rate) \(drawn) \(max(rounds, 2))")
            drawn += 1_000_000
            var unseen = Comparison("B3", "of \(Int(answer[0])) changes not seen at once", .changes, goal: .atMost(0))
            unseen.ours = [answer[1]]
            if answer[1] > 0 { fail("B3: \(Int(answer[1])) changes were not seen by the next decision") }
            finish(unseen)
        }
    }
}
