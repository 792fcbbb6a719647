import Foundation
import Generated

/// Runs rows and prints the table. It measures nothing itself: each side is a process of its own.
final class Suite {
    let folder: URL
    let isLong: Bool
    let records: Bool
    let rounds: Int
    let size: Int
    private let wanted: [String]
    /// The lines so far, each with the row in which it is measured, which may be another than the one it belongs to.
    private var comparisons: [(run: String, comparison: Comparison)] = []
    private var running = ""
    /// The rows of which something could not be measured.
    private var broken: Set<String> = []
    /// How many lines the part that runs has given.
    private var finishedOfPart = 0
    private var notes: [String] = []
    private(set) var failed = false

    private let circumstances: Circumstances
    private var results = Results(Suite.resultsPath)

    /// Where what was measured last is kept.
    static let resultsPath = ".build/benchmarks.tsv"

    /// - Parameter arguments: `--folder PATH [--long] [--record] [--rounds N] [--size N] [--commit C] [--swift V] [ROW…]`.
    init(_ arguments: [String]) throws {
        guard let folder = arguments.value(of: "--folder") else { throw NotMeasured("--folder is missing") }
        self.folder = URL(fileURLWithPath: folder)
        isLong = arguments.contains("--long")
        records = arguments.contains("--record")
        rounds = arguments.value(of: "--rounds").flatMap { Int($0) } ?? 7
        size = arguments.value(of: "--size").flatMap { Int($0) } ?? 100_000
        let options = (isLong ? ["--long"] : []) + ["--rounds \(rounds)"] + (size == 100_000 ? [] : ["--size \(size)"])
        circumstances = Circumstances(
            day: Machine.day,
            commit: arguments.value(of: "--commit") ?? "?",
            machine: Machine.description,
            versions: [Machine.versions, arguments.value(of: "--swift")].compactMap(\.self).joined(separator: ", "),
            form: options.joined(separator: " ")
        )
        wanted = arguments.filter { $0.hasPrefix("B") }
    }

    /// In the order in which they run. A row that stands there several times is measured in parts, with other rows between
    /// them: each part has processes of its own, so that neither a minute nor where a process's memory lies decides alone.
    private static let rows: [(name: String, run: @Sendable (Suite) throws -> Void)] = [
        ("B1", { try $0.decisions() }),
        ("B2", { try $0.twoThreads() }),
        ("B3", { try $0.decisionsUnderJoins() }),
        ("B4", { try $0.joins() }),
        ("B1", { try $0.decisions() }),
        ("B2", { try $0.twoThreads() }),
        ("B6", { try $0.growth() }),
        ("B5", { try $0.http() }),
        ("B6", { try $0.growth() }),
        ("B1", { try $0.decisions() }),
        ("B2", { try $0.twoThreads() }),
        ("B6", { try $0.growth() }),
        ("B7", { try $0.loadAndDump() }),
        ("B8", { try $0.start() }),
        ("B9", { try $0.instructionsAndAllocations() }),
        ("B10", { try $0.manyUsers() }),
        ("B11", { try $0.waits() }),
        ("B12", { try $0.postgreSQL() }),
    ]

    func run() throws {
        print([Machine.day, Machine.description, circumstances.versions].joined(separator: ", "))
        if Machine.load > 0.5 {
            print("The load is \(Machine.load): something else runs. Nothing may, or the figures are noise.")
        }
        let rows = Self.rows.filter { wanted.isEmpty || wanted.contains($0.name) }
        for (place, row) in rows.enumerated() {
            let start = Date()
            (running, finishedOfPart) = (row.name, 0)
            do {
                try row.run(self)
            } catch let error as NotMeasured {
                fail("\(row.name): \(error)")
                broken.insert(row.name)
            }
            let isWhole = !rows[(place + 1)...].contains { $0.name == row.name }
            let measured = comparisons.filter { $0.run == row.name }
            // What a row gave before stays where it could not be measured now.
            if isWhole, !broken.contains(row.name) {
                try results.replace(
                    row.name,
                    with: measured.map { Measured($0.comparison, run: $0.run, circumstances) }
                )
            }
            progress(String(format: "%@ took %.0f s", row.name, -start.timeIntervalSinceNow))
        }
        print(Figure.table([Comparison.heading] + inOrder.map(\.cells)))
        for note in notes { print(note) }
        if failed { exit(1) }
    }

    /// B10 comes after B9.
    static func place(_ row: String) -> Int { Int(row.dropFirst()) ?? 0 }

    /// By row, those of one in the order in which they were measured.
    private var inOrder: [Comparison] {
        comparisons.map(\.comparison).enumerated()
            .sorted { (Self.place($0.element.row), $0.offset) < (Self.place($1.element.row), $1.offset) }
            .map(\.element)
    }

    /// Takes the next line of the row that runs. Every part of a row gives the same lines in the same order.
    func finish(_ comparison: Comparison) {
        progress(comparison.cells.filter { !$0.isEmpty }.joined(separator: "  "))
        let ofRow = comparisons.indices.filter { comparisons[$0].run == running }
        if finishedOfPart < ofRow.count {
            let place = ofRow[finishedOfPart]
            if !comparisons[place].comparison.append(comparison) {
                fail("\(running): a part of it has given other lines than the part before")
                broken.insert(running)
            }
        } else {
            comparisons.append((running, comparison))
        }
        finishedOfPart += 1
    }

    func note(_ text: String) {
        notes.append(text)
        progress(text)
    }

    /// Ends the whole run in a failure, once it is through.
    func fail(_ text: String) {
        failed = true
        note(text)
    }

    private func progress(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    // MARK: Data

    /// The path of a database of the generated data, made when it is first asked for.
    func data(_ kind: String, size: Int? = nil) throws -> String {
        let size = size ?? self.size
        try make([(kind, size)])
        return path(kind, size)
    }

    private func path(_ kind: String, _ size: Int) -> String {
        folder.appendingPathComponent("\(kind)-\(size).db").path
    }

    /// Makes databases that are not there yet, all at the same time.
    func make(_ wanted: [(kind: String, size: Int)]) throws {
        let start = Date()
        let missing = wanted.filter { !FileManager.default.fileExists(atPath: path($0.kind, $0.size)) }
        let makers = try missing.map { try Child(["make", $0.kind, path($0.kind, $0.size) + ".part", "\($0.size)"]) }
        // Whatever comes of one, the others are through before anything else runs.
        let said = makers.map { $0.rest() }
        for (said, database) in zip(said, missing) {
            let path = path(database.kind, database.size)
            guard said.hasSuffix("0\n") else { throw NotMeasured("\(path) could not be made") }
            try FileManager.default.moveItem(atPath: path + ".part", toPath: path)
            let seconds = -start.timeIntervalSinceNow
            progress(String(format: "made %@ of %d in %.1f s", database.kind, database.size, seconds))
        }
    }

    /// A copy of a database that may be written to.
    func copy(_ kind: String, size: Int? = nil) throws -> String {
        let source = try data(kind, size: size)
        let path = folder.appendingPathComponent("\(kind)-\(UUID().uuidString).db").path
        for part in ["", "-wal"] where FileManager.default.fileExists(atPath: source + part) {
            try FileManager.default.copyItem(atPath: source + part, toPath: path + part)
        }
        return path
    }

    func remove(_ path: String) {
        for part in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + part) }
    }

    func side(_ name: String, _ path: String, size: Int? = nil) throws -> Child {
        try Child(["side", name, path, "\(size ?? self.size)"])
    }

    // MARK: Rounds

    /// Runs both sides in every round, each of them first in every other one.
    ///
    /// - Parameter slices: How many short rounds stand for one.
    func alternate(slices: Int = 1, ours: (Int) throws -> Void, peer: (Int) throws -> Void) rethrows {
        for round in 0..<rounds * slices {
            if round % 2 == 0 {
                try ours(round)
                try peer(round)
            } else {
                try peer(round)
                try ours(round)
            }
        }
    }
}
