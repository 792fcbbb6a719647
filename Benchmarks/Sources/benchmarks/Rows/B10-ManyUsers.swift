import Generated

extension Suite {
    /// B10: members of 1 million users who ask at random, so that few logins are remembered; by themselves, and while tokens
    /// are issued, each side under its own.
    func manyUsers() throws {
        let size = 1_000_000
        try make([("ours", size), ("plain", size)])
        let (ourPath, floorPath) = (try copy("ours", size: size), try copy("plain", size: size))
        let ours = try side("ours", ourPath, size: size)
        let forgetful = try side("ours-forgetful", ourPath, size: size)
        let floor = try side("floor-mapped", floorPath, size: size)
        defer {
            for side in [ours, forgetful, floor] { side.stop() }
            remove(ourPath)
            remove(floorPath)
        }
        let (drawn, milliseconds) = (600_000, isLong ? 2_000 : 700)
        for side in [ours, forgetful, floor] {
            _ = try side.ask("draw \(drawn)")
            // The whole of it once: what the system has not in memory comes from the disk.
            try askAll(side, drawn)
        }
        var random = Comparison("B10", "member, at random", .microseconds, peer: "C floor")
        var none = Comparison("B10", "  no login remembered", .microseconds, peer: "C floor")
        // As many requests are between the beginnings as there are logins remembered, so that no question finds the logins of
        // the one before.
        let begin = { (side: Child, place: Int) in _ = try side.ask("begin \(place * 100_000 % drawn)") }
        let question = "decide member 1 \(milliseconds)"
        let ask = { (side: Child, place: Int) in
            try begin(side, place)
            return try side.ask(question)[2] * 1e6
        }
        try alternate(
            ours: { round in
                random.ours.append(try ask(ours, round))
                none.ours.append(try ask(forgetful, round))
            },
            peer: { round in
                let figure = try ask(floor, round)
                random.peers.append(figure)
                none.peers.append(figure)
            }
        )
        finish(random)
        finish(none)

        let rate = 100
        var issuing = Comparison("B10", "member, \(rate) tokens/s", .microseconds, peer: "C floor", goal: .atMost(0.8))
        var itself = Comparison(
            "B10",
            "member, \(rate) tokens/s",
            .microseconds,
            peer: "ours without",
            goal: .atMost(1.3)
        )
        var issued = Comparison("B10", "  tokens meanwhile", .perSecond, peer: "C floor")
        let askIssuing = { (side: Child, round: Int) in
            try begin(side, 2 * round)
            return try side.ask("issuing \(rate) \(round * 10_000) \(milliseconds)")
        }
        try alternate(
            ours: { round in
                let answer = try askIssuing(ours, round)
                issuing.ours.append(answer[2] * 1e6)
                itself.ours.append(answer[2] * 1e6)
                issued.ours.append(answer[1])
            },
            peer: { round in
                let answer = try askIssuing(floor, round)
                issuing.peers.append(answer[2] * 1e6)
                issued.peers.append(answer[1])
                itself.peers.append(try ask(ours, 2 * round + 1))
            }
        )
        finish(issuing)
        finish(itself)
        finish(issued)
    }
}
