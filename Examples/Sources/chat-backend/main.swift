// chat-backend DATABASE                  serves on a free port of the loopback interface until it is stopped
// chat-backend DATABASE password USER    reads a user's new password from the standard input
import ChatBackend
import Foundation
import Hummingbird
import LivechatJoin
import LivechatPersistence

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 1 || (arguments.count == 3 && arguments[1] == "password") else {
    print("usage: chat-backend DATABASE [password USER]")
    exit(64)
}
let database = try JoinDatabase(path: arguments[0])
let backend = try ChatBackend(database)
if arguments.count == 3 {
    guard let user = LivechatUserID(requested: arguments[2]), try await database.user(user) != nil else {
        print("there is no user \(arguments[2])")
        exit(1)
    }
    guard let password = readLine(), !password.isEmpty else {
        print("no password on the standard input")
        exit(64)
    }
    try await backend.passwords.set(password, of: user)
} else {
    try await backend.application(port: 0) { port in
        print("listening on http://127.0.0.1:\(port)")
        fflush(nil)
    }
    .runService()
}
await database.close()
