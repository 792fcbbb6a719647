/// Consistency under concurrency: whatever processes do at the same time looks as if it had been done one after the
/// other.
enum HistoryTrial {
    static let trial = Trial(
        "histories",
        claim: "what several processes are answered at the same time can be explained by one order"
    ) { context in
        var tallies: [Tally] = []
        for (part, fault) in StoreFault.allCases.enumerated() {
            tallies.append(try await catches(fault.rawValue, fault, nil, context, UInt64(part)))
        }
        let forgetful = """
            CREATE TRIGGER forgetful AFTER INSERT ON livechat_event WHEN new.kind = 'joined' AND new.room = 'r0' BEGIN
                DELETE FROM livechat_event WHERE sequence = new.sequence;
            END
            """
        tallies.append(try await catches("a file that forgets events", nil, forgetful, context, 3))
        return try await tallies + real(context)
    }

    /// Shows that the checker finds a break, soon.
    private static func catches(
        _ name: String,
        _ fault: StoreFault?,
        _ sabotage: String?,
        _ context: TrialContext,
        _ part: UInt64
    ) async throws -> Tally {
        let recorder = try await HistoryRecorder(fault: fault, sabotage: sabotage, random: context.random(part))
        for count in 1...4_000 {
            let history = try recorder.record()
            if !history.hasOrder() {
                context.note("histories: \(name): no order after \(count) histories:\n\(history.smallestPart())")
                return Tally("histories until \(name) is caught", count, "caught")
            }
        }
        throw TrialFailure("\(name): not caught in 4,000 histories, so nothing would be")
    }

    private static func real(_ context: TrialContext) async throws -> [Tally] {
        let recorder = try await HistoryRecorder(fault: nil, sabotage: nil, random: context.random(4))
        let histories = context.count(short: 800, long: 20_000)
        var calls = 0
        var overlaps = 0
        for count in 1...histories {
            let history = try recorder.record()
            calls += history.calls.count
            overlaps += history.overlaps
            if !history.hasOrder() {
                throw TrialFailure("history \(count) has no order:\n\(history.smallestPart())")
            }
            if count.isMultiple(of: 1_000) { context.note("histories: \(count) of \(histories)") }
        }
        let faults = try await recorder.faults()
        guard faults.isEmpty else { throw TrialFailure("the file is damaged: \(faults.joined(separator: "; "))") }
        return [
            Tally(
                "histories of 3 processes that join, leave, close, revoke, grant, deactivate …",
                histories,
                "each has an order that explains all \(calls) answers"
            ),
            Tally("pairs of operations in them that ran at the same time", overlaps, "0 unexplained"),
        ]
    }
}
