import Foundation
import Generated

extension Suite {
    /// B5: requests over HTTP on loopback, `wrk` on the same machine, against a bare Hummingbird route that answers the
    /// same constant body.
    func http() throws {
        guard let wrk = Program.path("wrk") else { throw NotMeasured("wrk is missing: apt-get install wrk") }
        let ours = try Server(["serve", "ours", data("ours")])
        let bare = try Server(["serve", "bare"])
        defer {
            ours.stop()
            bare.stop()
        }
        for (what, scenario) in [("members", Scenario.member), ("refusals", Scenario.noAccess)] {
            let script = folder.appendingPathComponent("\(scenario.rawValue).lua")
            try Data(requests(scenario).utf8).write(to: script)
            // The first requests of many connections come all at once and wait for each other. They must be far fewer than one of a
            // hundred, or the 99th percentile is theirs in one round and not in the next. Where they are few, more and shorter
            // rounds tell more: what else the machine does is alike only within a second or two.
            for (connections, short, slices) in [(2, 1, 3), (64, 1, 3), (256, 3, 1)] {
                let seconds = isLong ? 6 : short
                var rate = Comparison(
                    "B5",
                    "\(what), \(connections) connections",
                    .perSecond,
                    peer: "bare route",
                    goal: .atLeast(0.8)
                )
                var earlier = WrkReport.earlier.map { Comparison("B5", "  \($0)", .milliseconds, peer: "bare route") }
                var tail = Comparison("B5", "  p99", .milliseconds, peer: "bare route", goal: .atMost(1.5))
                var (ourWaiting, theirWaiting) = (Histogram(), Histogram())
                let load = { (server: Server, seconds: Int) in
                    let said = try Program.output(
                        wrk,
                        [
                            "-t1", "-c\(connections)", "-d\(seconds)s", "--latency", "-s", script.path, server.address,
                        ]
                    )
                    return try WrkReport(said)
                }
                _ = (try load(ours, 1), try load(bare, 1))
                try alternate(
                    slices: isLong ? 1 : slices,
                    ours: { _ in
                        let report = try load(ours, seconds)
                        if report.refused != (scenario == .member ? 0 : report.requests) {
                            throw NotMeasured("\(report.refused) of \(report.requests) were refused")
                        }
                        rate.ours.append(report.perSecond)
                        tail.ours.append(report.p99)
                        ourWaiting += report.waiting
                        for index in earlier.indices { earlier[index].ours.append(report.percentiles[index]) }
                    },
                    peer: { _ in
                        let report = try load(bare, seconds)
                        rate.peers.append(report.perSecond)
                        tail.peers.append(report.p99)
                        theirWaiting += report.waiting
                        for index in earlier.indices { earlier[index].peers.append(report.percentiles[index]) }
                    }
                )
                rate.waiting = (ourWaiting, theirWaiting)
                finish(rate)
                for comparison in earlier { finish(comparison) }
                finish(tail)
            }
        }
    }

    /// A script that sends requests with random keys; they are written out before the load begins.
    private func requests(_ scenario: Scenario) -> String {
        let world = World(size)
        let lines = (0..<UInt64(10_000)).map { index in
            let request = TextRequest(world, scenario.drawn, index)
            return "{'\(request.user)','\(request.token)','\(request.room)'}"
        }
        return """
            local keys = {\(lines.joined(separator: ",\n"))}
            local requests, next = {}, 0
            function init()
              for i, key in ipairs(keys) do
                requests[i] = wrk.format('GET', '/api/v1/livechat/room.join?roomId=' .. key[3],
                  {['X-User-Id'] = key[1], ['X-Auth-Token'] = key[2], Host = '127.0.0.1'})
              end
            end
            function request()
              next = next % #requests + 1
              return requests[next]
            end
            -- How long they waited, as a thousand of them that stand for all, in microseconds.
            function done(summary, latency)
              io.write('waiting')
              for i = 1, 1000 do io.write(' ', latency:percentile((i - 0.5) / 10)) end
              io.write('\\n')
            end

            """
    }
}

/// A server that has said where it listens.
struct Server {
    private let child: Child
    let address: String

    init(_ arguments: [String], program: String = CommandLine.arguments[0]) throws {
        child = try Child(arguments, program: program)
        let line = try child.line()
        guard let address = line.split(separator: " ").last, line.hasPrefix("listening on ") else {
            throw NotMeasured("the server said \(line)")
        }
        self.address = String(address)
    }

    func stop() { child.stop() }
}

/// What `wrk --latency` prints, and the script's `done`.
struct WrkReport {
    private(set) var perSecond = 0.0
    private(set) var p99 = 0.0
    /// Those before the 99th, as they are named in `earlier`.
    private(set) var percentiles: [Double] = []
    private(set) var waiting = Histogram()
    private(set) var requests = 0
    private(set) var refused = 0

    static let earlier = ["p50", "p75", "p90"]

    init(_ said: String) throws {
        for line in said.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.first == "Requests/sec:" { perSecond = Double(words[1]) ?? 0 }
            if ["50%", "75%", "90%"].contains(words.first) { percentiles.append(Self.milliseconds(words[1])) }
            if words.first == "waiting" {
                waiting = Histogram(words.dropFirst().compactMap { Double($0).map { $0 / 1e6 } })
            }
            if words.first == "99%" { p99 = Self.milliseconds(words[1]) }
            if words.count > 2, words[1] == "requests", words[2] == "in" { requests = Int(words[0]) ?? 0 }
            if words.first == "Non-2xx" { refused = words.last.flatMap { Int($0) } ?? 0 }
            if words.first == "Socket" { throw NotMeasured(said) }
        }
        if perSecond == 0 || percentiles.count != Self.earlier.count || waiting.shares.max() == 0 {
            throw NotMeasured("wrk said \(said)")
        }
    }

    private static func milliseconds(_ text: String) -> Double {
        for (suffix, factor) in [("us", 0.001), ("ms", 1), ("s", 1_000)] where text.hasSuffix(suffix) {
            return (Double(text.dropLast(suffix.count)) ?? 0) * factor
        }
        return 0
    }
}

/// Programs that are not ours.
enum Program {
    static func path(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func output(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
        try Child(arguments, program: path, environment: environment).rest()
    }
}
