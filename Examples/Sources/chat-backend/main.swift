// chat-backend DATABASE: serves on a free port of the loopback interface until it is stopped.
import ChatBackend
import Foundation
import Hummingbird
import LivechatPersistence

guard let path = CommandLine.arguments.dropFirst().first else {
    print("usage: chat-backend DATABASE")
    exit(64)
}
// An example has one password for everybody, and refuses to run without it.
guard let password = ProcessInfo.processInfo.environment["CHAT_PASSWORD"], !password.isEmpty else {
    print("set CHAT_PASSWORD to the password that users log in with")
    exit(64)
}
let database = try JoinDatabase(path: path)
let backend = try ChatBackend(database) { given, _ in given == password }
try await backend.application(port: 0) { port in
    print("listening on http://127.0.0.1:\(port)")
    fflush(nil)
}
.runService()
await database.close()
