import CFloor
import Crypto
import Foundation
import GRDB
import Generated

/// GRDB with the plain schema as a good user of it writes it: a pool, raw SQL, statements that are kept.
final class GRDBSide: Side {
    private let pool: DatabasePool
    private let requests: [TextRequest]

    init(_ world: World, path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -262144") }
        pool = try DatabasePool(path: path, configuration: configuration)
        requests = (0..<UInt64(drawnRequests)).map { TextRequest(world, world_member, $0) }
    }

    func draw(_ count: Int) {}

    func begin(with request: Int) {}

    func decide(_ scenario: Scenario, threads: Int, milliseconds: Int) async throws -> Decisions {
        guard scenario == .member else { throw NotMeasured("GRDB is measured with members") }
        let (pool, requests) = (pool, requests)
        let sql = String(cString: floor_decision_sql)
        return try await withThrowingTaskGroup(of: Decisions.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    var decisions = Decisions()
                    var next = requests.count / threads * thread
                    let start = monotonic_seconds()
                    let processor = process_seconds()
                    while decisions.seconds < Double(milliseconds) / 1_000 {
                        let request = requests[next]
                        let outcome = try await pool.read { database in
                            try Int.fetchOne(
                                database.cachedStatement(sql: sql),
                                arguments: [
                                    request.user, Data(SHA256.hash(data: Data(request.token.utf8))), request.room,
                                    Int64(Date().timeIntervalSince1970 * 1_000),
                                ]
                            )
                        }
                        if outcome != Int(floor_already_member.rawValue) { decisions.unexpected += 1 }
                        next = next + 1 == requests.count ? 0 : next + 1
                        decisions.count += 1
                        decisions.seconds = monotonic_seconds() - start
                    }
                    // A read may go from thread to thread, so it is the process's.
                    decisions.processor = process_seconds() - processor
                    decisions.perSecond = Double(decisions.count) / decisions.seconds
                    return decisions
                }
            }
            return try await group.reduce(Decisions(), +)
        }
    }

    func join(first: UInt64, count: Int, callers: Int) async throws -> Joins {
        throw NotMeasured("GRDB's joins are not measured")
    }

    func decide(whileJoining perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double) {
        throw NotMeasured("GRDB's joins are not measured")
    }

    func decide(whileIssuing perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double) {
        throw NotMeasured("GRDB's tokens are not measured")
    }
}
