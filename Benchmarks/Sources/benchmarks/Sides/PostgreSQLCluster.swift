import Foundation
import Generated

/// A PostgreSQL server of a row's own, on a socket in its folder, with durable commits, and its own `pgbench`.
final class PostgreSQLCluster {
    let folder: URL
    private let programs: String

    init(in parent: URL) throws {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let newest = versions.max() else { throw NotMeasured("no PostgreSQL: apt-get install postgresql") }
        programs = "\(root)/\(newest)/bin"
        folder = parent.appendingPathComponent("postgresql")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The server does not run as root.
        if geteuid() == 0 { _ = try Program.output("/bin/chown", ["postgres", folder.path]) }
        try control("initdb", ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"])
        let settings = [
            "listen_addresses": "", "unix_socket_directories": folder.path, "shared_buffers": "512MB",
            "max_connections": "200", "max_wal_size": "8GB", "autovacuum": "off",
        ]
        let options = settings.map { "-c \($0.key)='\($0.value)'" }.joined(separator: " ")
        try control("pg_ctl", ["-w", "-l", folder.path + "/log", "-o", options, "start"])
        try run("createdb", ["bench"])
    }

    func stop() { try? control("pg_ctl", ["-w", "-m", "fast", "stop"]) }

    /// What our side connects to.
    var address: String { "postgres://postgres@\(folder.path.replacingOccurrences(of: "/", with: "%2F"))/bench" }

    private func control(_ program: String, _ arguments: [String]) throws {
        let words = ([programs + "/" + program, "-D", folder.path + "/data"] + arguments).map { "\"\($0)\"" }
        let user = geteuid() == 0 ? "runuser -u postgres -- " : ""
        // Foundation's `Process` would wait for the server that is left behind.
        let status = system("cd / && \(user)\(words.joined(separator: " ")) </dev/null >/dev/null 2>&1")
        if status != 0 { throw NotMeasured("\(program) ended with \(status)") }
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        try Program.output(programs + "/" + program, ["-h", folder.path, "-U", "postgres"] + arguments)
    }

    func sql(_ script: String) throws {
        let said = try run(
            "psql",
            ["-qAt", "-v", "ON_ERROR_STOP=1", "-d", "bench", "-c", script, "-c", "SELECT 'done'"]
        )
        guard said.hasSuffix("done\n") else { throw NotMeasured("psql could not run \(script.prefix(40))…") }
    }

    /// Has a script run by so many clients, each with a connection of its own.
    ///
    /// - Returns: How many a second, and how long each took in seconds.
    func bench(_ script: String, callers: Int, seconds: Int) throws -> (perSecond: Double, waits: [Double]) {
        let file = folder.deletingLastPathComponent().appendingPathComponent("script.sql")
        let log = folder.deletingLastPathComponent().appendingPathComponent("waits-\(UUID().uuidString)")
        try Data(script.utf8).write(to: file)
        let said = try Program.output(
            programs + "/pgbench",
            [
                "-h", folder.path, "-U", "postgres", "-n", "-M", "prepared", "-c", "\(callers)", "-j", "1", "-T",
                "\(seconds)", "-f", file.path, "-l",
                "--log-prefix", log.path, "bench",
            ],
            // As our sessions are set.
            environment: ["PGOPTIONS": "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off"]
        )
        var waits: [Double] = []
        let parent = log.deletingLastPathComponent()
        for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
        where name.hasPrefix(log.lastPathComponent) {
            let part = parent.appendingPathComponent(name)
            for line in try String(contentsOf: part, encoding: .utf8).split(separator: "\n") {
                // Client, number, microseconds, and when.
                let fields = line.split(separator: " ")
                if fields.count > 2, let microseconds = Double(fields[2]) { waits.append(microseconds / 1e6) }
            }
            try FileManager.default.removeItem(at: part)
        }
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.split(separator: " ")[2]), !waits.isEmpty, !said.contains("aborted")
        else { throw NotMeasured("pgbench says \(said)") }
        return (rate, waits.sorted())
    }
}
