import Foundation
import LivechatJoin
import LivechatPersistence
import Logging
import Synchronization
import Testing

extension Interop {
    @Suite("A second name made while it is open")
    struct SecondNameTests {
        @Test("It goes on, warns once, and check names it")
        func hardLink() async throws {
            let chat = try await Chat(agents: 60)
            let warnings = Warnings()
            let database = try JoinDatabase(
                path: chat.path,
                logger: Logger(label: "test") { _ in Warnings.Handler(warnings: warnings) }
            )
            #expect(await database.answer("agent0") == 200)
            try FileManager.default.linkItem(atPath: chat.path, toPath: chat.file("other.db"))
            try await joinAll(chat.agents) { await database.answer($0) }
            #expect(warnings.all.count == 1, "\(warnings.all)")
            try await joinAll(chat.agents) { await database.answer($0, "lobby") }
            #expect(warnings.all.count == 1, "\(warnings.all)")
            let findings = try await JoinDatabase.check(path: chat.path).filter { !$0.holds }
            #expect(findings.count == 1, "\(findings)")
            try FileManager.default.removeItem(atPath: chat.file("other.db"))
            try await chat.expectJoined(chat.agents)
            try await chat.expectJoined(chat.agents, "lobby")
            await database.close()
            try await expectSound(chat.path)
        }
    }
}

/// The warnings and errors that a logger was told.
private final class Warnings: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    struct Handler: LogHandler {
        let warnings: Warnings
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { warnings.lines.withLock { $0.append("\(event.message)") } }
    }
}
