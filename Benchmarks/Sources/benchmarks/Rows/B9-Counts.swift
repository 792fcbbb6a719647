import Foundation
import Generated

extension Suite {
    /// B9: instructions and heap allocations of one decision. Instructions repeat to the last few, whatever else runs, so
    /// they are kept in the repository and a rise of more than 3 % is a failure: `instructions` is that check by itself.
    func instructionsAndAllocations() throws {
        let size = 10_000
        let path = try data("ours", size: size)
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let library = products.appendingPathComponent("libCountAllocations.so").path
        for scenario in Scenario.allCases {
            // What an embedder's rule is handed takes memory: the ids of who serves the room and of its department.
            let goal: Goal? = scenario == .rule ? nil : .atMost(0)
            var calls = Comparison("B9", "heap allocations, \(scenario.title)", .calls, goal: goal)
            var whole = Comparison("B9", "  with making the request", .calls)
            let numbers = try Child(
                [path, "\(size)", scenario.rawValue, "10000"],
                program: products.appendingPathComponent("counted").path,
                environment: ["LD_PRELOAD": library]
            ).numbers()
            // A request takes memory, so where none is counted nothing has been.
            guard numbers.count == 3, numbers[1] > 0 else { throw NotMeasured("\(library) has counted nothing") }
            calls.ours = [numbers[0]]
            whole.ours = [numbers[1]]
            // Debian builds SQLite without its small-object allocator, so that each cursor that it opens is an allocation.
            var ofSQLite = Comparison("B9", "  SQLite's own", .calls)
            ofSQLite.ours = [numbers[2]]
            finish(calls)
            finish(whole)
            finish(ofSQLite)
        }
        let lines = try Program.output("./instructions", records ? ["--record"] : []).split(separator: "\n")
        if lines.isEmpty { throw NotMeasured("Benchmarks/instructions has counted nothing") }
        for line in lines {
            let words = line.split(separator: "\t").map(String.init)
            guard words.count > 3, let scenario = Scenario(rawValue: words[0]), let counted = Double(words[1]) else {
                throw NotMeasured("Benchmarks/instructions says: \(line)")
            }
            let recorded = Double(words[2])
            var instructions = Comparison(
                "B9",
                "instructions, \(scenario.title)",
                .instructions,
                peer: "recorded",
                goal: recorded.map { _ in .atMost(1.03) }
            )
            instructions.ours = [counted]
            instructions.peers = recorded.map { [$0] } ?? []
            if words.count > 4 { fail("B9: \(scenario.rawValue): \(words[4])") }
            finish(instructions)
        }
    }
}
