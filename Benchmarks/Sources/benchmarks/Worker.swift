import CFloor
import Foundation
import Generated
import LivechatPersistence

/// A process that holds one side and measures what it is asked to: a line in, a line of numbers out.
struct Worker {
    private let side: any Side
    private let openingSeconds: Double

    /// - Parameter arguments: `side NAME PATH SIZE`.
    init(_ arguments: [String]) throws {
        let (name, path, world) = (arguments[1], arguments[2], World(try arguments.integer(3)))
        run_on_processor(-1)
        let start = monotonic_seconds()
        side =
            switch name {
            case "floor": try FloorSide(world, path: path, isMapped: false)
            case "floor-mapped": try FloorSide(world, path: path, isMapped: true)
            case "grdb": try GRDBSide(world, path: path)
            default:
                if let variant = Variant(rawValue: name) {
                    try OurSide(world, path: path, variant)
                } else {
                    throw NotMeasured("there is no side \(name)")
                }
            }
        openingSeconds = monotonic_seconds() - start
    }

    func run() async throws {
        while let line = readLine() {
            let numbers = try await answer(line.split(separator: " ").map(String.init))
            print(numbers.map { "\($0)" }.joined(separator: " "))
            fflush(nil)
        }
    }

    private func answer(_ words: [String]) async throws -> [Double] {
        switch words[0] {
        case "opened": return [openingSeconds]
        case "memory": return [Self.anonymousBytes()]
        case "processor":
            guard run_on_processor(Int32(try words.integer(1))) == 0 else { throw NotMeasured("no \(words)") }
            return [0]
        case "decide":
            let decisions = try await side.decide(
                try Self.scenario(words[1]),
                threads: try words.integer(2),
                milliseconds: try words.integer(3)
            )
            return [try decisions.each, decisions.perSecond, decisions.processor / Double(decisions.count)]
        case "join":
            let joins = try await side.join(
                first: UInt64(try words.integer(1)),
                count: try words.integer(2),
                callers: try words.integer(3)
            )
            return [joins.perSecond, joins.median, joins.p99] + joins.waiting.counts
        case "mixed", "issuing":
            let (rate, first, milliseconds) = (try words.integer(1), try words.integer(2), try words.integer(3))
            let (decisions, written) =
                words[0] == "mixed"
                ? try await side.decide(whileJoining: rate, first: UInt64(first), milliseconds: milliseconds)
                : try await side.decide(whileIssuing: rate, first: UInt64(first), milliseconds: milliseconds)
            return [try decisions.each, written, decisions.processor / Double(decisions.count)]
        case "draw":
            side.draw(try words.integer(1))
            return [0]
        case "begin":
            side.begin(with: try words.integer(1))
            return [0]
        case "probe", "set", "changes", "waits":
            guard let side = side as? OurSide else { throw NotMeasured("only ours does \(words[0])") }
            return try await answer(words, side)
        default: throw NotMeasured("what is \(words)?")
        }
    }

    /// What is asked of the engine only.
    private func answer(_ words: [String], _ side: OurSide) async throws -> [Double] {
        switch words[0] {
        case "probe": try await side.prepareProbe()
        case "waits":
            guard let beside = OurSide.Beside(rawValue: words[1]) else { throw NotMeasured("beside what? \(words)") }
            let (seconds, perSecond) = try await side.waits(
                beside: beside,
                first: UInt64(try words.integer(2)),
                count: try words.integer(3)
            )
            let sorted = seconds.sorted()
            let percentiles = [0.5, 0.99, 0.999, 0.9999, 1].map {
                sorted[min(Int(Double(sorted.count) * $0), sorted.count - 1)]
            }
            return [perSecond] + percentiles + Histogram(seconds).counts
        case "set":
            guard let fact = Probe.Fact(rawValue: try words.integer(1)) else {
                throw NotMeasured("which fact? \(words)")
            }
            try await side.set(fact, to: try words.integer(2) == 1)
        default:
            return try await side.changes(
                whileJoining: try words.integer(1),
                first: UInt64(try words.integer(2)),
                rounds: try words.integer(3)
            )
        }
        return [0]
    }

    static func scenario(_ name: String) throws -> Scenario {
        guard let scenario = Scenario(rawValue: name) else { throw NotMeasured("there is no scenario \(name)") }
        return scenario
    }

    /// The memory that is the process's own, without what it has mapped of files.
    static func anonymousBytes() -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 1_024
    }

    static func highestBytes() -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 1_024
    }
}

extension Decisions {
    /// The seconds of one.
    var each: Double {
        get throws {
            if unexpected > 0 { throw NotMeasured("\(unexpected) of \(count) decisions came out otherwise") }
            return seconds / Double(count)
        }
    }
}
