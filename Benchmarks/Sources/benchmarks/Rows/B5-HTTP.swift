import Foundation
import Generated
import NIOCore
import NIOPosix

extension Suite {
    /// B5: requests over HTTP on loopback, `wrk` on the same machine, against servers that answer every request with the
    /// body of a join: nginx, NIO's codec alone, and a bare Hummingbird route.
    func http() throws {
        guard let wrk = Program.path("wrk") else { throw NotMeasured("wrk is missing: apt-get install wrk") }
        let ours = try Server(["serve", "ours", data("ours")])
        defer { ours.stop() }
        let peers = [
            ("nginx", try Server.nginx(in: folder)), ("bare codec", try Server(["serve", "codec"])),
            ("bare route", try Server(["serve", "bare"])),
        ]
        defer { for (_, server) in peers { server.stop() } }
        for (what, scenario) in [("members", Scenario.member), ("refusals", Scenario.noAccess)] {
            let script = folder.appendingPathComponent("\(scenario.rawValue).lua")
            try Data(requests(scenario).utf8).write(to: script)
            // The first requests of many connections come all at once and wait for each other. They must be far fewer than one of a
            // hundred, or the 99th percentile is theirs in one round and not in the next. Where they are few, more and shorter
            // rounds tell more: what else the machine does is alike only within a second or two.
            for (connections, short, slices) in [(2, 1, 3), (64, 1, 3), (256, 3, 1)] {
                let seconds = isLong ? 6 : short
                let title = "\(what), \(connections) connections"
                var results = peers.map { peer, _ in HTTPResults(title, connections, peer) }
                let load = { (server: Server, seconds: Int) in
                    let before = server.processorSeconds
                    let said = try Program.output(
                        wrk,
                        [
                            "-t1", "-c\(connections)", "-d\(seconds)s", "--latency", "-s", script.path, server.address,
                        ]
                    )
                    var report = try WrkReport(said)
                    report.processor = (server.processorSeconds - before) / Double(report.requests)
                    return report
                }
                for server in [ours] + peers.map(\.1) { _ = try load(server, 1) }
                try alternate(
                    slices: isLong ? 1 : slices,
                    ours: { _ in
                        let report = try load(ours, seconds)
                        if report.refused != (scenario == .member ? 0 : report.requests) {
                            throw NotMeasured("\(report.refused) of \(report.requests) were refused")
                        }
                        for index in results.indices { results[index].addOurs(report) }
                    },
                    peer: { _ in
                        for (index, peer) in peers.enumerated() { results[index].addPeers(try load(peer.1, seconds)) }
                    }
                )
                for result in results { for comparison in result.comparisons { finish(comparison) } }
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

/// What one peer and ours came to in the same rounds.
private struct HTTPResults {
    private var rate: Comparison
    private var processor: Comparison
    private var percentiles: [Comparison]
    private var (ours, peers) = (Histogram(), Histogram())

    init(_ what: String, _ connections: Int, _ peer: String) {
        let goal: Goal? =
            switch (peer, connections) {
            case ("nginx", 2): .atLeast(0.7)
            case ("bare route", 64): .atLeast(1.1)
            default: nil
            }
        rate = Comparison("B5", what, .perSecond, peer: peer, goal: goal)
        processor = Comparison(
            "B5",
            "  processor time",
            .microseconds,
            peer: peer,
            goal: peer == "bare route" && connections == 64 ? .atMost(0.85) : nil
        )
        percentiles = WrkReport.names.map { Comparison("B5", "  \($0)", .milliseconds, peer: peer) }
    }

    mutating func addOurs(_ report: WrkReport) {
        rate.ours.append(report.perSecond)
        processor.ours.append(report.processor * 1e6)
        for index in percentiles.indices { percentiles[index].ours.append(report.percentiles[index]) }
        ours += report.waiting
    }

    mutating func addPeers(_ report: WrkReport) {
        rate.peers.append(report.perSecond)
        processor.peers.append(report.processor * 1e6)
        for index in percentiles.indices { percentiles[index].peers.append(report.percentiles[index]) }
        peers += report.waiting
    }

    var comparisons: [Comparison] {
        var rate = rate
        rate.waiting = (ours, peers)
        return [rate, processor] + percentiles
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

    private init(_ child: Child, _ address: String) { (self.child, self.address) = (child, address) }

    /// Starts nginx with one worker that answers every request with the body of a join.
    static func nginx(in folder: URL) throws -> Server {
        guard let program = Program.path("nginx") ?? Program.path("nginx", in: "/usr/sbin") else {
            throw NotMeasured("nginx is missing: apt-get install nginx-light")
        }
        let port = try Program.freePort()
        let configuration = folder.appendingPathComponent("nginx.conf")
        try Data(
            """
            daemon off; master_process off; worker_processes 1;
            pid \(folder.path)/nginx.pid; error_log \(folder.path)/nginx.log;
            events { worker_connections 1024; }
            http {
              access_log off; keepalive_requests 1000000000; default_type application/json;
              server { listen 127.0.0.1:\(port); location / { return 200 '{"success":true}'; } }
            }
            """.utf8
        ).write(to: configuration)
        let child = try Child(["-p", folder.path, "-c", configuration.path], program: program)
        // It says nothing when it listens.
        for _ in 0..<500 {
            if Program.listens(port) { return Server(child, "http://127.0.0.1:\(port)") }
            usleep(10_000)
        }
        child.stop()
        throw NotMeasured("nginx does not listen")
    }

    /// How much processor time it has taken so far.
    var processorSeconds: Double {
        guard let text = try? String(contentsOfFile: "/proc/\(child.id)/stat", encoding: .utf8) else { return 0 }
        // The second field is the program's name, which may have spaces.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return (11...12).reduce(0) { $0 + (Double(fields[$1]) ?? 0) } / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    func stop() { child.stop() }
}

/// What `wrk --latency` prints, and the script's `done`.
struct WrkReport {
    private(set) var perSecond = 0.0
    /// Seconds of the server's processor time for each request.
    var processor = 0.0
    /// As they are named in `names`.
    private(set) var percentiles: [Double] = []
    private(set) var waiting = Histogram()
    private(set) var requests = 0
    private(set) var refused = 0

    static let names = ["p50", "p75", "p90", "p99"]

    init(_ said: String) throws {
        for line in said.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.first == "Requests/sec:" { perSecond = Double(words[1]) ?? 0 }
            if ["50%", "75%", "90%", "99%"].contains(words.first) { percentiles.append(Self.milliseconds(words[1])) }
            if words.first == "waiting" {
                waiting = Histogram(words.dropFirst().compactMap { Double($0).map { $0 / 1e6 } })
            }
            if words.count > 2, words[1] == "requests", words[2] == "in" { requests = Int(words[0]) ?? 0 }
            if words.first == "Non-2xx" { refused = words.last.flatMap { Int($0) } ?? 0 }
            if words.first == "Socket" { throw NotMeasured(said) }
        }
        if perSecond == 0 || percentiles.count != Self.names.count || waiting.shares.max() == 0 {
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
    static func path(_ name: String, in folders: String? = nil) -> String? {
        (folders ?? ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func output(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
        try Child(arguments, program: path, environment: environment).rest()
    }

    /// A port that nobody listens on, for a program that cannot choose one itself.
    static func freePort() throws -> Int {
        let listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? listener.close().wait() }
        guard let port = listener.localAddress?.port else { throw NotMeasured("there is no free port") }
        return port
    }

    static func listens(_ port: Int) -> Bool {
        guard
            let channel = try? ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).wait()
        else { return false }
        try? channel.close().wait()
        return true
    }
}
