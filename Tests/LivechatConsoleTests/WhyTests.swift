#if Console
import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatConsole

@Suite("Why (C13, C20)")
struct WhyTests {
    private static let users = ["ann", "ben", "gus", "ina", Fixture.markup, "nobody", "-dash", "a'b\"c"]
    private static let rooms = ["served", "foreign", "closed", "waiting", "general", Fixture.markup, "nowhere"]

    @Test("A page says what the explanation says, in every profile", arguments: users, rooms)
    func same(_ user: String, _ room: String) async throws {
        let store = try await Fixture.store()
        try await Console.with(store) { console in
            for profile in JoinProfile.all {
                let explanation = try await JoinService(store: store, profile: profile)
                    .explain(user: LivechatUserID(user), room: LivechatRoomID(room))
                let page = try await console.page(Link.why(user, room, profile: profile.name))
                let verdict = try #require(page.tags("section class=\"verdict").first.map(HTML.init))
                #expect(verdict.attributes("data-status") == ["\(explanation.response.status)"])
                #expect(verdict.attributes("data-step") == [explanation.decidedBy.rawValue])
                let bytes = String(decoding: explanation.response.body, as: UTF8.self)
                #expect(page.elements("pre class=\"bytes\"").map(\.text) == [bytes])

                let steps = try #require(page.elements("ol class=\"steps\"").first)
                #expect(steps.attributes("data-step") == explanation.steps.map(\.step.rawValue))
                #expect(steps.attributes("data-verdict") == explanation.steps.map(\.verdict.rawValue))
                #expect(steps.elements("span class=\"reason\"").map(\.text) == explanation.steps.map(\.reason))
                // The one that decides is marked, and no other.
                #expect(steps.tags("span class=\"badge\"").count == 1)
                let marked = steps.source.split(separator: "<li ").first { $0.contains("badge") }
                #expect(marked?.contains("data-step=\"\(explanation.decidedBy.rawValue)\"") == true)

                let rules = page.elements("ul class=\"rules\"").first ?? HTML("")
                #expect(rules.attributes("data-rule") == explanation.access.map(\.access.rawValue))
                #expect(rules.attributes("data-holds") == explanation.access.map { "\($0.holds)" })
                #expect(rules.elements("span class=\"reason\"").map(\.text) == explanation.access.map(\.reason))

                let cures = page.elements("ul class=\"cures\"").first ?? HTML("")
                let texts = explanation.admits.map { $0.text + ($0.others.map { " \($0)" } ?? "") }
                #expect(cures.elements("p class=\"text\"").map(\.text) == texts)
                let commands = explanation.admits.flatMap(\.shellCommands)
                #expect(cures.elements("pre class=\"command\"").map(\.text) == commands)
                let isStuck = explanation.admits.isEmpty && explanation.response.status != 200
                #expect(page.text.contains(JoinExplanation.noCure) == isStuck)
                #expect(page.attributes("value").prefix(2) == [user, room])
            }
        }
    }

    @Test("The host's own rule is asked, and named")
    func rule() async throws {
        let store = try await Fixture.store()
        let rule = JoinRule { _ in JoinRule.Refusal(code: "after-hours", reason: "it is <night>") }
        try await Console.with(store, rules: [rule]) { console in
            let page = try await console.page("/?user=ann&room=served")
            #expect(page.text.contains("after-hours: it is <night>"))
            #expect(page.attributes("data-step").first == "rules")
        }
    }

    @Test("Where the host logs its users in, no token is asked about")
    func verified() async throws {
        let store = try await Fixture.store()
        try await store.setUser("ina", isActive: true)
        var options = JoinConsoleOptions()
        options.usersAreVerified = true
        for (options, status) in [(JoinConsoleOptions(), "401"), (options, "403")] {
            try await Console.with(store, options: options) { console in
                let page = try await console.page("/?user=ina&room=foreign")
                #expect(page.attributes("data-status") == [status])
                #expect(page.text.contains("--verified") == (status == "403"))
            }
        }
    }

    @Test("A question that is none says why")
    func mistakes() async throws {
        try await Console.with(Fixture.store()) { console in
            #expect(try await console.page("/").text.contains("Name a user and a room"))
            #expect(try await console.page("/?user=ann").text.contains("A question has both, a user and a room."))
            #expect(try await console.page("/?room=served&user=").text.contains("A question has both"))
            let long = try await console.page("/?user=ann&room=" + String(repeating: "r", count: 257))
            #expect(long.text.contains("An id has 257 bytes, an id has 1 to 256."))
            #expect(try await console.page("/?user=a%00b&room=served").text.contains("has a NUL byte"))
            // What is not UTF-8 is an id that nobody has; an unknown profile is the host's.
            #expect(try await console.page("/?user=%ff&room=served&profile=x").attributes("data-status") == ["401"])
        }
    }

    @Test("The commands can be pasted: the database is named first, where there is one")
    func commands() async throws {
        var options = JoinConsoleOptions()
        options.database = "/srv/it's here/chat.db"
        try await Console.with(Fixture.store(), options: options) { console in
            let page = try await console.page("/?user=ann&room=foreign")
            let first = page.elements("pre class=\"command once\"").map(\.text)
            #expect(first == [#"export LIVECHAT_JOIN_DATABASE='/srv/it'\''s here/chat.db'"#])
            let last = page.elements("pre class=\"command\"").last?.text
            #expect(last == "livechat-join explain --user=ann --room=foreign --profile=documented")
        }
        try await Console.with(Fixture.store()) { console in
            let page = try await console.page("/?user=ann&room=foreign")
            #expect(!page.text.contains("LIVECHAT_JOIN_DATABASE"))
        }
    }
}
#endif
