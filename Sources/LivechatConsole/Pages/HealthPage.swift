#if Console
internal import LivechatJoin

/// Health: what the host says of itself, and whether the store answers.
struct HealthView {
    let facts: [JoinConsoleFact]
    let isFaulty: Bool
}

extension ConsolePages {
    func healthPage() async throws -> Page {
        var facts: [JoinConsoleFact] = []
        do {
            let settings = try await store.settings()
            let end = try await store.endOfEvents()
            let days = LoginExpiration.days(setting: settings.loginExpirationDays)
            facts = [
                JoinConsoleFact("store", "answers"),
                JoinConsoleFact("profile", profile.name),
                JoinConsoleFact("queue preview", settings.previewRoom ? "on" : "off"),
                JoinConsoleFact("a login lives", "\(days == days.rounded() ? "\(Int(days))" : "\(days)") days"),
                JoinConsoleFact("event log", "\(end.log ?? "") ends at \(Shown.count(Int(end.sequence)))"),
            ]
        } catch {
            facts = [JoinConsoleFact("store", "\(error)", isFault: true)]
        }
        do {
            facts += try await health()
        } catch {
            facts.append(JoinConsoleFact("health", "\(error)", isFault: true))
        }
        let shown = facts.map { JoinConsoleFact(Shown.text($0.name), Shown.text($0.value), isFault: $0.isFault) }
        let view = HealthView(facts: shown, isFaulty: facts.contains { $0.isFault })
        return Page(tab: .health, title: "Health", template: "health", content: view)
    }
}
#endif
