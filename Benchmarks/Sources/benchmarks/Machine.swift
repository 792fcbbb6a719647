import CFloor
import Foundation

/// Where and when was measured.
enum Machine {
    static var description: String {
        let processor = lines("/proc/cpuinfo").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? "?"
        let cores = ProcessInfo.processInfo.processorCount
        return "\(processor.trimmingCharacters(in: .whitespaces)), \(cores) cores"
    }

    static var versions: String {
        let kernel = lines("/proc/sys/kernel/osrelease").first ?? "?"
        let system = lines("/etc/os-release").first { $0.hasPrefix("PRETTY_NAME") }?.split(separator: "\"").last ?? "?"
        return "\(system), Linux \(kernel), SQLite \(String(cString: floor_sqlite_version()))"
    }

    static var day: String { Date().formatted(.iso8601.year().month().day()) }

    /// How many processes ran or waited to run in the last minute, on average.
    static var load: Double {
        lines("/proc/loadavg").first?.split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    private static func lines(_ path: String) -> [Substring] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
    }
}
