import CFloor
import Foundation

extension Suite {
    /// B8: from starting the process of `livechat-join serve` to `listening on`.
    func start() throws {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("livechat-join").path
        let empty = folder.appendingPathComponent("empty.db").path
        _ = try Program.output(program, ["migrate", "--database", empty])
        for (what, path) in [("empty", empty), ("1 million rooms", try data("ours", size: 1_000_000))] {
            let arguments = ["serve", "--database", path, "--port", "0"]
            try Server(arguments, program: program).stop()
            var start = Comparison("B8", "start, \(what)", .milliseconds, goal: .atMost(60))
            for _ in 0..<rounds {
                let begin = monotonic_seconds()
                let server = try Server(arguments, program: program)
                start.ours.append((monotonic_seconds() - begin) * 1_000)
                server.stop()
            }
            finish(start)
        }
    }
}
