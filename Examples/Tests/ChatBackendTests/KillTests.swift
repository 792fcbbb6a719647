import ChatBackend
import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("Every join has its message, once, whatever happens to the backend")
struct KillTests {
    @Test("It is killed while it posts, again and again, and the database is restored meanwhile")
    func kills() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (path, copy) = (folder + "/chat.db", folder + "/copy.db")
        _ = try JoinDatabase.migrate(path: path)

        for round in 0..<8 {
            let backend = try Backend(path)
            let database = try JoinDatabase(path: path)
            let messages = try Messages(path: path)
            let service = JoinService(store: database)
            try await database.ensureRoom("r1")
            let posted = try await messages.messages(in: "r1").count
            for number in 0..<20 {
                let user = LivechatUserID(stringLiteral: "u\(round)-\(number)")
                try await database.addUser(LivechatUser(id: user), roles: ["livechat-manager"])
                #expect(try await service.join(JoinRequest(.verified(user), roomID: "r1")) == .joined(.permission))
            }
            // Killed once it has posted some of them, wherever it is then.
            while try await messages.messages(in: "r1").count < posted + 2 * round, backend.isRunning {}
            try #require(backend.isRunning)
            backend.kill()
            try messages.pool.close()
            await database.close()
            if round == 3 { try await JoinDatabase.backup(path, to: copy) }
            if round == 5 { try await JoinDatabase.restore(copy, to: path) }
        }

        let backend = try Backend(path)
        let database = try JoinDatabase(path: path)
        let messages = try Messages(path: path)
        let events = try await database.events(after: 0).filter { $0.kind == .joined }
        #expect(!events.isEmpty)
        while try await messages.messages(in: "r1").count < events.count, backend.isRunning {}
        #expect(backend.isRunning)
        #expect(try await messages.messages(in: "r1").map(\.text) == events.map { "\($0.userID?.string ?? "") joined" })
        #expect(backend.stop() == 0)
        try messages.pool.close()
        await database.close()
    }

    /// A backend in a process of its own.
    final class Backend {
        private let process = Process()

        init(_ path: String) throws {
            process.executableURL = URL(filePath: ProcessInfo.processInfo.arguments[0])
                .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "chat-backend")
            process.arguments = [path]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        var isRunning: Bool { process.isRunning }

        func kill() {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// - Returns: The exit status of a stop that was asked for.
        func stop() -> Int32 {
            process.terminate()
            process.waitUntilExit()
            return process.terminationStatus
        }
    }
}
