internal import LivechatJoin

/// What can be wrong with a value of the right type.
enum FixtureMistake {
    /// Something that is said to have happened after the latest time that a clock can show.
    static func future(_ time: LivechatTimestamp, _ latest: LivechatTimestamp?) -> String? {
        guard let latest, time > latest else { return nil }
        return "\"\(time.rfc3339)\" is more than a day ahead of the clock: correct the time, or the clock"
    }
}
