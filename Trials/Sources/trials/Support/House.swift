import LivechatJoin
import LivechatPersistence

/// A user and a room, by number.
struct Pair: Hashable, Sendable {
    let user: Int
    let room: Int
}

/// Users and rooms of which it is known beforehand who may enter where.
struct House: Sendable {
    var users = 160
    var rooms = 160

    /// What a request to join is answered (contract C2).
    func status(_ pair: Pair) -> Int {
        if isInactive(pair.user) { return 401 }
        if hasNoRole(pair.user) { return 403 }
        if isClosed(pair.room) { return 400 }
        return isQueued(pair.room) ? 200 : 403
    }

    func mayEnter(_ pair: Pair) -> Bool { status(pair) == 200 }

    private func hasNoRole(_ user: Int) -> Bool { user % 8 == 6 }
    private func isInactive(_ user: Int) -> Bool { user % 8 == 7 }
    private func isQueued(_ room: Int) -> Bool { room % 4 != 3 }
    private func isClosed(_ room: Int) -> Bool { room % 16 == 5 }

    func anyPair(_ random: inout SplitMix64) -> Pair {
        Pair(user: .random(in: 0..<users, using: &random), room: .random(in: 0..<rooms, using: &random))
    }

    /// Somebody who may enter.
    func welcomePair(_ random: inout SplitMix64) -> Pair {
        while true {
            let pair = anyPair(&random)
            if mayEnter(pair) { return pair }
        }
    }

    static func request(_ pair: Pair, closes: Bool = false) -> String {
        "GET \(JoinRequest.path)?roomId=room-\(pair.room) HTTP/1.1\r\nHost: trials\r\n"
            + "X-User-Id: user-\(pair.user)\r\nX-Auth-Token: token-\(pair.user)\r\n"
            + (closes ? "Connection: close\r\n\r\n" : "\r\n")
    }

    /// The fixture (contract C12).
    var fixture: String {
        let users = (0..<users).map { number in
            let roles = hasNoRole(number) ? "" : #""livechat-agent""#
            return #"{"id":"user-\#(number)","username":"name-\#(number)","active":\#(!isInactive(number)),"#
                + #""roles":[\#(roles)],"tokens":[{"token":"token-\#(number)"}]}"#
        }
        let rooms = (0..<rooms).map { number in
            let inquiry = isQueued(number) ? #","inquiry":{"status":"queued"}"# : ""
            return #"{"id":"room-\#(number)","open":\#(!isClosed(number))\#(inquiry)}"#
        }
        return #"{"settings":{"previewRoom":true},"users":[\#(users.joined(separator: ","))],"#
            + #""rooms":[\#(rooms.joined(separator: ","))]}"#
    }

    /// Makes a database of it at a path, closed.
    func make(at path: String) async throws {
        let database = try JoinDatabase(path: path)
        try await database.load(fixture: Array(fixture.utf8))
        await database.close()
    }
}
