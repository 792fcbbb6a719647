import Generated

extension Suite {
    /// B11: how long a decision waits, one asked each half millisecond: beside nothing, beside a load of 1 million users, and
    /// beside 64 callers who join, which the same engine does on SQLite's default VFS too.
    func waits() throws {
        let (ourPath, otherPath) = (try copy("ours"), try copy("ours"))
        let ours = try side("ours", ourPath)
        let other = try side("ours-default-vfs", otherPath)
        defer {
            for side in [ours, other] { side.stop() }
            remove(ourPath)
            remove(otherPath)
        }
        let (users, joins, loads) = (1_000_000, isLong ? 200_000 : 50_000, isLong ? 3 : 1)
        var drawn = 200_000_000
        func next() -> Int {
            drawn += users
            return drawn
        }
        let quiet = { (side: Child) in try side.ask("waits nothing 0 4000") }
        _ = (try quiet(ours), try quiet(other))

        let names = ["p50", "p99", "p99.9", "p99.99", "longest"]
        func lines(_ what: String, peer: String, goal: Goal) -> [Comparison] {
            names.map { name in
                let title = name == "p99.9" ? "\(what), \(name)" : "  \(name)"
                return Comparison("B11", title, .microseconds, peer: peer, goal: name == "p99.9" ? goal : nil)
            }
        }
        /// Begins with the one that the goal is on.
        func finishAll(_ lines: [Comparison]) {
            finish(lines[2])
            for place in lines.indices where place != 2 { finish(lines[place]) }
        }
        var joining = lines("64 callers joining", peer: "ours on the default VFS", goal: .atMost(1.2))
        var rate = Comparison("B11", "  joins meanwhile", .perSecond, peer: "ours on the default VFS")
        var (ourWaiting, theirWaiting) = (Histogram(), Histogram())
        try alternate(
            ours: { _ in
                let answer = try ours.ask("waits joins \(next()) \(joins)")
                for place in names.indices { joining[place].ours.append(answer[place + 1] * 1e6) }
                rate.ours.append(answer[0])
                ourWaiting += Histogram(counts: answer.dropFirst(names.count + 1)) ?? Histogram()
            },
            peer: { _ in
                let answer = try other.ask("waits joins \(next()) \(joins)")
                for place in names.indices { joining[place].peers.append(answer[place + 1] * 1e6) }
                rate.peers.append(answer[0])
                theirWaiting += Histogram(counts: answer.dropFirst(names.count + 1)) ?? Histogram()
            }
        )
        joining[2].waiting = (ourWaiting, theirWaiting)
        finishAll(joining)
        finish(rate)

        var loading = lines("a load of 1 million", peer: "beside nothing", goal: .atMost(3))
        var onDefault = lines("a load of 1 million", peer: "ours on the default VFS", goal: .atMost(1.2))
        for _ in 0..<loads {
            let question = "waits load \(next()) \(users)"
            let (still, beside, elsewhere) = (try quiet(ours), try ours.ask(question), try other.ask(question))
            for place in names.indices {
                loading[place].ours.append(beside[place + 1] * 1e6)
                loading[place].peers.append(still[place + 1] * 1e6)
                onDefault[place].ours.append(beside[place + 1] * 1e6)
                onDefault[place].peers.append(elsewhere[place + 1] * 1e6)
            }
        }
        finishAll(loading)
        finishAll(onDefault)
    }
}
