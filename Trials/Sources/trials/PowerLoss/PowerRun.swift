import CTrials
import Foundation
import LivechatJoin
import LivechatPersistence

/// One loss of power, and what is found afterwards.
struct PowerRun {
    struct Result: Sendable {
        /// Whether the power went before the work was done.
        var lostPower = false
        var acknowledged = 0
        /// How many of them are not there afterwards.
        var missing = 0
        /// How many are there that had no answer, or an error.
        var unacknowledged = 0
    }

    static let lost = "acknowledged and not there"

    private let plan: PowerPlan
    private let world: Data

    init(_ plan: PowerPlan, _ world: Data) {
        self.plan = plan
        self.world = world
    }

    /// It holds the calling thread.
    func run() throws -> Result {
        do {
            return try check()
        } catch {
            throw TrialFailure("power \(plan.arguments.joined(separator: " ")): \(error)")
        }
    }

    private func check() throws -> Result {
        let folder = try Stand.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let stand = Stand(folder: folder)
        if plan.work != .beginning { try world.write(to: URL(filePath: stand.path)) }
        let process = try ChildProcess(ChildProcess.trials, ["worker", "power", folder] + plan.arguments)
        var joined: [String] = []
        while let line = process.nextLine() {
            if line.hasPrefix("joined ") { joined.append(String(line.dropFirst(7))) }
        }
        let status = process.wait()
        guard status == 0 || status == CTRIALS_POWER_LOST else {
            throw TrialFailure("the process ended with \(status): \(process.allErrors())")
        }
        let members = try waiting { try await Self.recover(stand, plan.durability) }
        let missing = joined.filter { !members.contains($0) }
        if plan.durability == .full, !missing.isEmpty { throw TrialFailure("\(Self.lost): \(missing)") }
        // Of joins one after the other only the last ones may be missing.
        if plan.work == .one, missing != Array(joined.suffix(missing.count)) {
            throw TrialFailure("\(missing) missing, and newer ones are there")
        }
        return Result(
            lostPower: status != 0,
            acknowledged: joined.count,
            missing: missing.count,
            unacknowledged: members.subtracting(joined).count
        )
    }

    /// Opens the database as at any start, has everybody join, and looks at the file.
    ///
    /// - Returns: The members right after opening.
    private static func recover(
        _ stand: Stand,
        _ durability: JoinDatabase.Options.Durability
    ) async throws -> Set<String> {
        var database = try stand.open(durability: durability)
        let events = try await database.events(after: 0, kinds: [.joined]).compactMap(\.userID?.string)
        await database.close()
        let members = FileManager.default.fileExists(atPath: stand.path) ? try await Ledger(stand.path).members : []
        guard Set(events) == members else {
            throw TrialFailure("the events of \(events) do not fit the members \(members)")
        }
        database = try stand.open(durability: durability)
        try await database.load(fixture: Array(Stand.fixture.utf8))
        let door = Door(database)
        for number in 0..<Stand.crowd where try await door.join("u\(number)") == members.contains("u\(number)") {
            throw TrialFailure(
                "u\(number) was \(members.contains("u\(number)") ? "" : "not ")a member and is let in wrongly"
            )
        }
        await database.close()
        guard try await Ledger(stand.path).members.count == Stand.crowd else {
            throw TrialFailure("not everybody joined")
        }
        return members
    }
}
