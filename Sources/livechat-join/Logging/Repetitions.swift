#if CommandLine
import Logging

/// Lines that say the same: the first is written, those that follow are counted, and at most once a second a line says
/// how many they were.
///
/// Two lines count as the same when their level, message and error are the same, even if the user or room differs.
struct Repetitions {
    private struct Key: Hashable {
        var level: Logger.Level
        var message: String
        var error: String?
    }

    private struct Seen {
        var writtenAt: ContinuousClock.Instant
        /// How many were not written since, and the newest of them.
        var count = 0
        var newest: LogLine?

        /// The newest line, with how many it stands for.
        var line: LogLine? {
            guard var line = newest else { return nil }
            line.metadata["count"] = .stringConvertible(count)
            return line
        }
    }

    private var seen: [Key: Seen] = [:]

    /// How long a line stays the last of its kind.
    static let pause = Duration.seconds(1)
    /// The most kinds for which the error counts too.
    private static let maximumKinds = 64

    /// Whether lines are waiting to be told of.
    var isCounting: Bool { seen.values.contains { $0.count > 0 } }

    /// Takes a line.
    ///
    /// - Returns: The line to write now; nil when it is only counted.
    mutating func take(_ line: LogLine, at time: ContinuousClock.Instant) -> LogLine? {
        // Who looks that closely wants every line.
        guard line.level >= .info else { return line }
        var key = Key(level: line.level, message: line.message, error: line.metadata["error"].map { "\($0)" })
        if seen.count >= Self.maximumKinds, seen[key] == nil {
            forget(at: time)
            if seen.count >= Self.maximumKinds { key.error = nil }
        }
        guard let found = seen[key], found.count > 0 || found.writtenAt.duration(to: time) < Self.pause else {
            seen[key] = Seen(writtenAt: time)
            return line
        }
        seen[key] = Seen(writtenAt: found.writtenAt, count: found.count + 1, newest: line)
        return nil
    }

    /// The counts that are due, each as its newest line with how many there were.
    mutating func due(at time: ContinuousClock.Instant) -> [LogLine] {
        var lines: [LogLine] = []
        for (key, found) in seen where found.writtenAt.duration(to: time) >= Self.pause {
            if let line = found.line { lines.append(line) }
            seen[key] = found.count > 0 ? Seen(writtenAt: time) : nil
        }
        return lines.sorted { $0.time < $1.time }
    }

    /// All counts that there are, due or not.
    mutating func rest() -> [LogLine] {
        defer { seen = [:] }
        return seen.values.compactMap(\.line).sorted { $0.time < $1.time }
    }

    private mutating func forget(at time: ContinuousClock.Instant) {
        seen = seen.filter { $0.value.count > 0 || $0.value.writtenAt.duration(to: time) < Self.pause }
    }
}
#endif
