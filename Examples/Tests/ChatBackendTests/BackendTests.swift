import ChatBackend
import Foundation
import Hummingbird
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

// Over a socket with Foundation's client, so that the examples need not build another; HummingbirdTesting does as well.
@Suite("The backend, as its clients see it")
struct BackendTests {
    @Test("An agent logs in, joins, reads the message about it, and closes the room")
    func wholeStory() async throws {
        try await withBackend { client in
            let ann = try await client.logIn("ann")
            let join = "/api/v1/livechat/room.join?roomId=orders"
            #expect(try await client.send("GET", join, ann) == Answer(200, #"{"success":true}"#))

            // A service of the backend posts the message; each look waits for an answer.
            var messages = Answer(200, "[]")
            while messages == Answer(200, "[]") {
                messages = try await client.send("GET", "/rooms/orders/messages", ann)
            }
            #expect(messages.body.contains("ann joined"))

            let guest = try await client.logIn("guest")
            for body in [
                #"{"user":"ann","password":"Secret"}"#, #"{"user":"bob","password":"secret"}"#,
                #"{"user":"","password":"secret"}"#,
            ] {
                #expect(try await client.send("POST", "/login", body: body).status == 401, "\(body)")
            }
            for (user, method, path, status) in [
                (guest, "POST", "/rooms/orders/close", 403), (guest, "GET", "/rooms/orders/messages", 403),
                ([:], "GET", "/rooms/orders/messages", 401), (ann, "GET", "/rooms/billing/messages", 403),
                (ann, "POST", "/rooms/none/close", 404), (ann, "POST", "/rooms/orders/close", 204),
                (ann, "POST", "/rooms/b%C3%BCro%201%2Fa/close", 204),
                ([:], "GET", "/livez", 200), ([:], "GET", "/readyz", 200),
            ] {
                #expect(try await client.send(method, path, user).status == status, "\(method) \(path)")
            }
            let closed = Answer(400, #"{"success":false,"error":"room-closed"}"#)
            #expect(try await client.send("GET", join, ann) == closed)
        }
    }

    @Test("A wrong password gives no token, and after five of them there is a wait")
    func wrongPassword() async throws {
        try await withBackend { client in
            let wrong = #"{"user":"ann","password":"x"}"#
            for _ in 1...5 {
                let answer = try await client.send("POST", "/login", body: wrong)
                #expect(answer == Answer(401, #"{"status":"error","message":"You must be logged in to do this."}"#))
            }
            let answer = try await client.send("POST", "/login", body: wrong)
            #expect(answer.status == 429)
            let wait = try #require(answer.retryAfter)
            #expect((1...300).contains(wait) && answer.body.contains("You must wait \(wait) seconds"))
        }
    }

    private func withBackend(_ body: @escaping @Sendable (Client) async throws -> Void) async throws {
        let database = try JoinDatabase.temporary()
        for (user, role) in [("ann", "livechat-agent"), ("guest", "guest")] {
            try await database.addUser(LivechatUser(id: LivechatUserID(user)), roles: [LivechatRoleID(role)])
        }
        try await database.addRoom(LivechatRoom(id: "orders", servedBy: "ann"))
        try await database.addRoom(LivechatRoom(id: "büro 1/a", servedBy: "ann"))
        let backend = try ChatBackend(database, passwordRounds: 2)
        for user in ["ann", "guest"] as [LivechatUserID] { try await backend.passwords.set("secret", of: user) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await backend.application(port: 0) { port.yield($0) }.runService() }
            for await port in ports {
                try await body(Client(port: port))
                break
            }
            group.cancelAll()
        }
        try backend.messages.pool.close()
        await database.close()
    }
}

struct Answer: Equatable, Sendable {
    let status: Int
    let body: String
    let retryAfter: Int?

    init(_ status: Int, _ body: String, retryAfter: Int? = nil) {
        (self.status, self.body, self.retryAfter) = (status, body, retryAfter)
    }
}

struct Client: Sendable {
    let port: Int

    func send(
        _ method: String,
        _ path: String,
        _ headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        request.httpMethod = method
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body.utf8)
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = try #require(response as? HTTPURLResponse)
        let retryAfter = answer.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }
        return Answer(answer.statusCode, String(decoding: data, as: UTF8.self), retryAfter: retryAfter)
    }

    /// The headers of a user who has logged in.
    func logIn(_ user: String) async throws -> [String: String] {
        let answer = try await send("POST", "/login", body: #"{"user":"\#(user)","password":"secret"}"#)
        let token = try JSONDecoder().decode([String: String].self, from: Data(answer.body.utf8))["token"]
        return ["X-User-Id": user, "X-Auth-Token": try #require(token)]
    }
}
