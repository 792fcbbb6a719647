#if Server
internal import LivechatJoin

/// The `Date` of an answer, written once a second (RFC 9110, section 5.6.7).
struct HTTPDate {
    private let clock: LivechatClock
    private var second = Int64.min
    private var written: [UInt8] = []

    init(_ clock: LivechatClock) { self.clock = clock }

    /// The time now, such as "Sun, 06 Nov 1994 08:49:37 GMT".
    var bytes: [UInt8] {
        mutating get {
            let now = clock.now.milliseconds
            if now / 1_000 != second {
                second = now / 1_000
                written = Self.write(LivechatTimestamp(milliseconds: now))
            }
            return written
        }
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func write(_ time: LivechatTimestamp) -> [UInt8] {
        // 1970-01-01 was a Thursday.
        let days = time.milliseconds / 86_400_000 - (time.milliseconds % 86_400_000 < 0 ? 1 : 0)
        let weekday = weekdays[Int((days % 7 + 7) % 7)]
        let text = Array(time.rfc3339.utf8)
        let month = months[Int(text[5] & 0xF) * 10 + Int(text[6] & 0xF) - 1]
        var bytes = Array("\(weekday), ".utf8)
        bytes += text[8..<10]
        bytes += " \(month) ".utf8
        bytes += text[0..<4]
        bytes += " ".utf8
        bytes += text[11..<19]
        bytes += " GMT".utf8
        return bytes
    }
}
#endif
