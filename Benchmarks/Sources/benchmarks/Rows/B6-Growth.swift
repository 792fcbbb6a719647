import Generated
import LivechatPersistence

extension Suite {
    /// A part of B6: the same decision in a small and in a large database, the time to open it, and what it takes in memory and on
    /// disk.
    func growth() throws {
        let small = 10_000
        /// How much more memory the second of two processes has than the first, in MiB.
        func moreMemory(_ sides: [Child]) throws -> Double {
            (try sides[1].ask("memory")[0] - sides[0].ask("memory")[0]) / 1_048_576
        }
        for large in isLong ? [1_000_000, 10_000_000] : [1_000_000] {
            try make([("ours", large), ("plain", large)])
            let sides = try [("ours", small), ("ours", large), ("plain", small), ("plain", large)].map { kind, size in
                try side(kind == "ours" ? "ours" : "floor-mapped", data(kind, size: size), size: size)
            }
            defer { for side in sides { side.stop() } }
            let name = large == 1_000_000 ? "1 million" : "10 million"
            let question = "decide member 1 100"
            var growth = Comparison(
                "B6",
                "growth, 10 thousand to \(name)",
                .times,
                peer: "C floor, mapped",
                goal: .atMost(1)
            )
            var more = Comparison(
                "B6",
                "more time with \(name)",
                .microseconds,
                peer: "C floor, mapped",
                goal: .atMost(1)
            )
            var fewTimes = Comparison("B6", "member of 10 thousand", .microseconds, peer: "C floor, mapped")
            var times = Comparison("B6", "member of \(name)", .microseconds, peer: "C floor, mapped")
            // Of few requests: then both remember as many logins, and the difference is what the size of the database costs.
            let options = JoinDatabase.Options()
            let cache = Double(options.cacheBytes * (options.readers + 1)) / 1_048_576
            var memory = Comparison("B6", "more memory with \(name)", .mebibytes, goal: .atMost(cache))
            for side in sides { _ = try side.ask(question) }
            memory.ours = [try moreMemory(sides)]
            for side in sides { try askAll(side) }
            try alternate(
                slices: 3,
                ours: { _ in
                    let (few, many) = (try sides[0].ask(question)[2], try sides[1].ask(question)[2])
                    growth.ours.append(many / few)
                    more.ours.append((many - few) * 1e6)
                    fewTimes.ours.append(few * 1e6)
                    times.ours.append(many * 1e6)
                },
                peer: { _ in
                    let (few, many) = (try sides[2].ask(question)[2], try sides[3].ask(question)[2])
                    growth.peers.append(many / few)
                    more.peers.append((many - few) * 1e6)
                    fewTimes.peers.append(few * 1e6)
                    times.peers.append(many * 1e6)
                }
            )
            finish(growth)
            finish(more)
            if large == 1_000_000 { finish(fewTimes) }
            finish(times)

            finish(memory)
            // Some 300 bytes a login, as its option says.
            let logins = Double(options.rememberedLogins * 300) / 1_048_576
            var full = Comparison("B6", "  with logins remembered", .mebibytes, goal: .atMost(cache + logins))
            full.ours = [try moreMemory(sides)]
            finish(full)

            var opening = Comparison("B6", "opening \(name)", .milliseconds, goal: .atMost(50))
            for _ in 0..<rounds {
                let child = try side("ours", data("ours", size: large), size: large)
                opening.ours.append(try child.ask("opened")[0] * 1_000)
                child.stop()
            }
            finish(opening)
        }
    }

    /// Asks for all that is drawn: page by page and login by login it would be new to the large database for longer, and what the
    /// system has not in memory comes from the disk.
    func askAll(_ side: Child, _ drawn: Int = drawnRequests) throws {
        var rate = try side.ask("decide member 1 100")[1]
        var asked = 0.0
        while asked < Double(drawn) {
            let milliseconds = 100 + Int(1_000 * Double(drawn) / rate)
            rate = try side.ask("decide member 1 \(milliseconds)")[1]
            asked = rate * Double(milliseconds) / 1_000
        }
    }
}
