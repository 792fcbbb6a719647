import CFloor
import Foundation
import Generated
import LivechatJoin
import LivechatPostgreSQL

/// `postgresql make ADDRESS`: makes the schema. `postgresql decide|join ADDRESS SIZE FIRST CALLERS MILLISECONDS`: callers that ask the engine, each waiting for its
/// own. Prints how many a second, the median and the 99th percentile of the waits, and their histogram.
func postgreSQL(_ arguments: [String]) async throws {
    let (joins, address) = (arguments[1] == "join", arguments[2])
    if arguments[1] == "make" {
        _ = try await PostgreSQLJoinDatabase.migrate(address)
        return print(0)
    }
    let (size, first, callers) = (try arguments.integer(3), try arguments.integer(4), try arguments.integer(5))
    let seconds = Double(try arguments.integer(6)) / 1_000
    let database = try await PostgreSQLJoinDatabase(address)
    let service = JoinService.quiet(database)
    // The grants and both connections are there before the clock runs.
    for _ in 0..<10 { _ = try await service.join(numberedRequest(user: 1, room: 1)) }
    let start = monotonic_seconds()
    let waits = try await withThrowingTaskGroup(of: [Double].self) { group in
        for caller in 0..<callers {
            group.addTask {
                var waits: [Double] = []
                var began = monotonic_seconds()
                var number = first + caller
                while began - start < seconds {
                    // Numbers that lie apart, and users who never meet the same room twice.
                    let user = number &* 7_919 % size + 1
                    let room = joins ? (user + 1 + number / size) % size + 1 : user
                    let outcome = try await service.join(numberedRequest(user: user, room: room))
                    if outcome.step != .join || joins == (outcome == .alreadyMember) {
                        throw NotMeasured("user \(user) and room \(room): \(outcome)")
                    }
                    let ended = monotonic_seconds()
                    waits.append(ended - began)
                    began = ended
                    number += callers
                }
                return waits
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    let joined = Joins(seconds: monotonic_seconds() - start, latencies: waits)
    await database.close()
    print(
        ([joined.perSecond, joined.median, joined.p99] + joined.waiting.counts).map { "\($0)" }.joined(separator: " ")
    )
}

private func numberedRequest(user: Int, room: Int) -> JoinRequest {
    JoinRequest(
        userID: "user" + padded(user, to: 13),
        token: "token" + padded(user, to: 38),
        roomID: "room" + padded(room, to: 13)
    )
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: width - digits.utf8.count) + digits
}
