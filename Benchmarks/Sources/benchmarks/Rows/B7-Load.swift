import CFloor
import Foundation
import LivechatPersistence

extension Suite {
    /// B7: rows a second of `load` and `dump`, against a plain C insert of the same rows into the same tables.
    func loadAndDump() throws {
        let size = isLong ? 1_000_000 : 100_000
        let source = try data("ours", size: size)
        let document = folder.appendingPathComponent("fixture-\(size).json").path
        _ = try Child.run(["fixture", document, "\(size)"])
        defer { remove(document) }
        var load = Comparison("B7", "load \(size)", .perSecond, peer: "C bulk insert", goal: .atLeast(0.5))
        var dump = Comparison("B7", "dump \(size)", .perSecond, peer: "C bulk insert", goal: .atLeast(0.5))
        // Whatever the size: what the process takes, most of it the program itself, and the page cache of a load.
        let process = 48.0
        let cache = Double(JoinDatabase.Options().loadCacheBytes) / 1_048_576
        var loadMemory = Comparison("B7", "load, memory", .mebibytes, goal: .atMost(process + cache))
        var dumpMemory = Comparison("B7", "dump, memory", .mebibytes, goal: .atMost(process))
        var seconds: [(load: Double, dump: Double)] = []
        var rows = 0.0
        try alternate(
            ours: { round in
                let path = folder.appendingPathComponent("load-\(round).db").path
                let loaded = try Child.run(["load", path, document])
                let dumped = try Child.run(["dump", path])
                seconds.append((loaded[0], dumped[0]))
                loadMemory.ours.append(loaded[1] / 1_048_576)
                dumpMemory.ours.append(dumped[1] / 1_048_576)
                remove(path)
            },
            peer: { round in
                let path = folder.appendingPathComponent("bulk-\(round).db").path
                let copied = try Child.run(["bulk", source, path])
                rows = copied[0]
                load.peers.append(rows / copied[1])
                remove(path)
            }
        )
        load.ours = seconds.map { rows / $0.load }
        dump.ours = seconds.map { rows / $0.dump }
        dump.peers = load.peers
        for comparison in [load, dump, loadMemory, dumpMemory] { finish(comparison) }

        let plain = try data("plain", size: size)
        for (what, ours, theirs, raw) in [
            // Two ids of 17 bytes, a time.
            ("membership", "livechat_membership", "memberships", 42.0),
            // An id, a digest of 32 bytes, two times.
            ("token", "livechat_login_token", "tokens", 65.0),
        ] {
            let bytes = bytes_per_row(source, ours)
            for (peer, figure) in [("plain schema", bytes_per_row(plain, theirs)), ("raw data", raw)] {
                var comparison = Comparison("B6", "bytes of a \(what) on disk", .bytes, peer: peer)
                (comparison.ours, comparison.peers) = ([bytes], [figure])
                finish(comparison)
            }
        }
    }
}
