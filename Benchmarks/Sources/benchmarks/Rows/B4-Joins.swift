import Generated

extension Suite {
    /// B4: durable joins by so many callers at once, each waiting for its own, against a group commit in plain C.
    func joins() throws {
        let (ourPath, floorPath) = (try copy("ours"), try copy("plain"))
        let ours = try side("ours", ourPath)
        let floor = try side("floor", floorPath)
        defer {
            for side in [ours, floor] { side.stop() }
            remove(ourPath)
            remove(floorPath)
        }
        var drawn = 100_000_000
        // One caller in more and shorter rounds, since each of its joins waits for the disk.
        for (callers, count, slices) in [(1, 1_000, 3), (8, 2_000, 1), (64, 14_000, 1), (256, 14_000, 1)] {
            let count = isLong ? 3 * count : count
            let isShared = callers >= 64
            var rate = Comparison(
                "B4",
                "joins, \(callers) callers",
                .perSecond,
                peer: "C group commit",
                goal: isShared ? .atLeast(1.8) : callers == 1 ? .atLeast(1) : nil
            )
            var middle = Comparison("B4", "  p50", .milliseconds, peer: "C group commit")
            var tail = Comparison(
                "B4",
                "  p99",
                .milliseconds,
                peer: "C group commit",
                goal: isShared ? .atMost(1) : nil
            )
            var (ourWaiting, theirWaiting) = (Histogram(), Histogram())
            let question = { (round: Int) in "join \(drawn + round * count) \(count) \(callers)" }
            _ = (try ours.ask(question(rounds * slices)), try floor.ask(question(rounds * slices)))
            try alternate(
                slices: slices,
                ours: { round in
                    let answer = try ours.ask(question(round))
                    rate.ours.append(answer[0])
                    middle.ours.append(answer[1] * 1_000)
                    tail.ours.append(answer[2] * 1_000)
                    ourWaiting += try Self.waiting(answer)
                },
                peer: { round in
                    let answer = try floor.ask(question(round))
                    rate.peers.append(answer[0])
                    middle.peers.append(answer[1] * 1_000)
                    tail.peers.append(answer[2] * 1_000)
                    theirWaiting += try Self.waiting(answer)
                }
            )
            drawn += (rounds * slices + 1) * count
            rate.waiting = (ourWaiting, theirWaiting)
            finish(rate)
            finish(middle)
            finish(tail)
        }
    }

    /// What an answer tells behind the rate and two percentiles.
    private static func waiting(_ answer: [Double]) throws -> Histogram {
        guard let waiting = Histogram(counts: answer.dropFirst(3)) else {
            throw NotMeasured("\(answer) tells no waiting")
        }
        return waiting
    }
}
