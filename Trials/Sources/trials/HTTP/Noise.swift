import Foundation
import LivechatJoin
import LivechatSQLite

/// Requests with bytes changed, cut out or put in at random, of users who may enter, who may not, and who give another's
/// token.
struct Noise {
    let server: Server
    private let house = House()

    init(server: Server) { self.server = server }

    /// What came of it.
    struct Result {
        var admitted = 0
        var refused = 0
        var silent = 0
    }

    func run(_ count: Int, _ generator: SplitMix64) throws -> Result {
        var random = generator
        var result = Result()
        for number in 0..<count {
            let bytes = mutated(&random)
            do { try ask(bytes, &result) } catch {
                throw TrialFailure("noise \(number): \(error): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        return result
    }

    private func ask(_ bytes: [UInt8], _ result: inout Result) throws {
        let client = try Client(port: server.port)
        client.send(bytes)
        client.endSending()
        guard var answer = try client.next() else {
            result.silent += 1
            return
        }
        while true {
            guard Hostile.statuses.contains(answer.status) else {
                throw TrialFailure("answered \(answer.status) \(answer.body)")
            }
            if answer.status == 200 {
                guard Credentials(bytes)?.mayEnter(house) == true else { throw TrialFailure("was let in") }
                result.admitted += 1
            } else {
                result.refused += 1
            }
            guard let next = try client.next() else { return }
            answer = next
        }
    }

    /// Nobody is a member who may not enter.
    func requireMembers(_ path: String) throws -> Int {
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
        let statement = try connection.prepare("SELECT user, room FROM livechat_event WHERE kind = 'joined'")
        var pairs: [Pair] = []
        try statement.eachRow { row in
            pairs.append(Pair(user: Credentials.number(row.text(0)) ?? -1, room: Credentials.number(row.text(1)) ?? -1))
        }
        if let wrong = pairs.first(where: { !house.mayEnter($0) }) { throw TrialFailure("\(wrong) has joined") }
        return pairs.count
    }

    /// Half of them begin as a request of somebody who may enter; none, a few or many bytes are changed.
    private func mutated(_ random: inout SplitMix64) -> [UInt8] {
        let pair = Bool.random(using: &random) ? house.welcomePair(&random) : house.anyPair(&random)
        var text = House.request(pair, closes: true)
        if Int.random(in: 0..<4, using: &random) == 0 {
            text = text.replacing(
                "token-\(pair.user)\r",
                with: "token-\(Int.random(in: 0..<house.users, using: &random))\r"
            )
        }
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = .random(in: 0...255, using: &random)
            case 1: bytes[place] = .random(in: 48...57, using: &random)
            case 2: bytes.insert(.random(in: 0...255, using: &random), at: place)
            case 3: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
            }
        }
        return bytes
    }
}

/// Who a request is from and where to, read by a second reader: what has to be in its bytes for anybody to be let in.
struct Credentials {
    private let user: Int
    private let token: Int
    private let rooms: [Int]

    /// nil when there are none, or two.
    init?(_ bytes: [UInt8]) {
        let end = bytes.firstRange(of: [13, 10, 13, 10])?.lowerBound ?? bytes.endIndex
        let lines = bytes[..<end].split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        guard let user = Self.only("x-user-id", lines).flatMap({ Self.number($0, after: "user-") }),
            let token = Self.only("x-auth-token", lines).flatMap({ Self.number($0, after: "token-") }),
            let target = lines.first?.split(separator: 32).dropFirst().first
        else { return nil }
        self.user = user
        self.token = token
        // Every room that the target can mean: a user who may enter one of them has been let in duly.
        rooms = String(decoding: Self.decoded(Array(target)), as: UTF8.self).split { "?&#".contains($0) }
            .compactMap { Self.number(String($0), after: "roomId=room-") }
    }

    func mayEnter(_ house: House) -> Bool {
        user == token && (0..<house.users).contains(user)
            && rooms.contains { (0..<house.rooms).contains($0) && house.mayEnter(Pair(user: user, room: $0)) }
    }

    /// The value of a field that is there once.
    private static func only(_ name: String, _ lines: [[UInt8]]) -> String? {
        let values = lines.dropFirst().compactMap { line -> String? in
            guard let colon = line.firstIndex(of: 58),
                String(decoding: line[..<colon], as: UTF8.self).lowercased() == name
            else { return nil }
            return String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingCharacters(
                in: .init(charactersIn: " \t\r")
            )
        }
        return values.count == 1 ? values[0] : nil
    }

    private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == 37, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == 43 ? 32 : byte)
            }
        }
        return result
    }

    /// The number in `user-7`.
    static func number(_ id: String) -> Int? { id.split(separator: "-").last.flatMap { Int($0) } }

    /// Written as an id has it: `user-7`, and not `user-07` or `user-+7`.
    private static func number(_ text: String, after prefix: String) -> Int? {
        guard text.hasPrefix(prefix), let number = Int(text.dropFirst(prefix.count)), text == "\(prefix)\(number)"
        else {
            return nil
        }
        return number
    }
}
