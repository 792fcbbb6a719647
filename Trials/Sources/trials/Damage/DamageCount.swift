/// What came of damage, counted.
struct DamageCount: Sendable {
    var all = 0
    /// Refused when it was opened, with an error.
    var refused = 0
    /// Opened, and some requests were answered 503.
    var failed = 0
    /// Every answer is the whole file's.
    var same = 0
    /// Other answers, but nobody let in.
    var keptOut = 0
    /// Let in as an older state of the file would have, as after a loss of power.
    var older = 0
    /// Let in whom the whole files keep out.
    var live = 0

    static func + (one: DamageCount, other: DamageCount) -> DamageCount {
        var sum = one
        for field in fields { sum[keyPath: field] += other[keyPath: field] }
        return sum
    }

    private static var fields: [WritableKeyPath<DamageCount, Int>] {
        [
            \.all, \.refused, \.failed, \.same, \.keptOut, \.older, \.live,
        ]
    }

    var words: String {
        var words = [
            "0 crashes, 0 hangs", "refused to open \(refused)",
            "some requests answered 503 \(failed)",
            "same answers \(same)", "fewer let in \(keptOut)",
        ]
        if older > 0 { words.append("let in by an older state, as after a loss of power \(older)") }
        return words.joined(separator: ", ")
    }
}
