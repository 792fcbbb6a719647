import Foundation

extension Suite {
    /// B9: instructions and heap allocations of one decision. Instructions repeat to the last few, whatever else runs, so
    /// they are kept in the repository and a rise of more than 3 % is a failure.
    func instructionsAndAllocations() throws {
        let size = 10_000
        let path = try data("ours", size: size)
        let record = URL(fileURLWithPath: "instructions.tsv")
        let recorded = Self.read(record)
        // Valgrind cannot read what the compiler writes for debuggers.
        let program = folder.appendingPathComponent("benchmarks").path
        guard let strip = Program.path("strip"), let valgrind = Program.path("valgrind") else {
            throw NotMeasured("strip or valgrind is missing: apt-get install binutils valgrind")
        }
        _ = try Program.output(strip, ["-o", program, CommandLine.arguments[0]])
        var counted: [String: Double] = [:]
        for scenario in Scenario.allCases {
            let arguments = ["count", path, "\(size)", scenario.rawValue]
            var calls = Comparison("B9", "heap allocations, \(scenario.title)", .calls, goal: .atMost(0))
            var whole = Comparison("B9", "  with making the request", .calls)
            let library = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appendingPathComponent("libCountAllocations.so").path
            let numbers = try Child(arguments + ["10000"], environment: ["LD_PRELOAD": library]).numbers()
            calls.ours = [numbers[0]]
            whole.ours = [numbers[1]]
            // Debian builds SQLite without its small-object allocator, so that each cursor that it opens is an allocation.
            var ofSQLite = Comparison("B9", "  SQLite's own", .calls)
            ofSQLite.ours = [numbers[2]]
            finish(calls)
            finish(whole)
            finish(ofSQLite)

            let (few, many) = (1_000.0, 5_000.0)
            let difference =
                try Self.instructions(valgrind, [program] + arguments + ["\(Int(many))"])
                - Self.instructions(valgrind, [program] + arguments + ["\(Int(few))"])
            // Each of them is decided twice, the second time with making the request.
            let each = difference / (many - few) / 2
            counted[scenario.rawValue] = each
            var instructions = Comparison(
                "B9",
                "instructions, \(scenario.title)",
                .instructions,
                peer: "recorded",
                goal: recorded[scenario.rawValue].map { _ in .atMost(1.03) }
            )
            instructions.ours = [each]
            if let before = recorded[scenario.rawValue] { instructions.peers = [before] }
            if instructions.peers.isEmpty || instructions.holds == false, !records {
                fail("B9: \(scenario.rawValue) takes more instructions than recorded; if that is meant: --record")
            }
            finish(instructions)
        }
        if records {
            let lines = counted.sorted { $0.key < $1.key }.map { "\($0.key)\t\(Int($0.value.rounded()))\n" }
            try Data(lines.joined().utf8).write(to: record)
        }
    }

    private static func instructions(_ valgrind: String, _ arguments: [String]) throws -> Double {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("callgrind-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        _ = try Program.output(
            valgrind,
            ["--tool=callgrind", "--callgrind-out-file=\(file.path)", "-q"] + arguments,
            environment: ["SWIFT_DETERMINISTIC_HASHING": "1"]
        )
        let text = try String(contentsOf: file, encoding: .utf8)
        let line = text.split(separator: "\n").last { $0.hasPrefix("summary:") || $0.hasPrefix("totals:") }
        guard let total = line?.split(separator: " ").last.flatMap({ Double($0) }) else {
            throw NotMeasured("callgrind counted nothing")
        }
        return total
    }

    private static func read(_ record: URL) -> [String: Double] {
        let text = (try? String(contentsOf: record, encoding: .utf8)) ?? ""
        return Dictionary(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: "\t")
                return words.count == 2 ? Double(words[1]).map { (String(words[0]), $0) } : nil
            },
            uniquingKeysWith: { $1 }
        )
    }
}
