import CTrials
import LivechatJoin
import LivechatPersistence

/// The machine whose power goes: a process that joins until then, and says of each join when it was acknowledged.
enum PowerWorker {
    /// `worker power FOLDER` and the words of a plan.
    static func work(_ arguments: [String]) async throws {
        guard let folder = arguments.first, let plan = PowerPlan(arguments.dropFirst()) else {
            throw TrialFailure("worker power FOLDER PLAN")
        }
        guard ctrials_install_faulty_vfs() == 0 else { throw TrialFailure("SQLite does not take another file system") }
        ctrials_lose_power(
            folder,
            ctrials_power_loss(
                at_sync: plan.atSync ? 1 : 0,
                nth: plan.nth,
                seed: plan.seed,
                drops_syncs: plan.dropsSyncs ? 1 : 0
            )
        )
        let stand = Stand(folder: folder)
        if plan.work == .badSync {
            // The first syncs are those of opening; which one fails is the seed's choice.
            ctrials_arm(CTRIALS_SYNC, Int(plan.seed % (plan.durability == .full ? 30 : 10)) + 1, 0)
        }
        var options = Stand.options(mapped: plan.seed % 2 == 0, logBytes: plan.work == .one ? nil : 24_576)
        options.durability = plan.durability
        var database = try JoinDatabase(path: stand.path, options: options)
        if plan.work == .beginning { try await database.load(fixture: Array(Stand.fixture.utf8)) }
        switch plan.work {
        case .one: for number in 0..<Stand.crowd { await join("u\(number)", Door(database)) }
        case .crowd, .beginning: await joinAll(database)
        case .badSync:
            await joinAll(database)
            await database.close()
            // A failed sync is the end of a process; what was answered with an error is asked for again by the next one.
            database = try JoinDatabase(path: stand.path, options: options)
            await joinAll(database)
        }
        await database.close()
        Sweep.say("end", "")
    }

    private static func joinAll(_ database: JoinDatabase) async {
        let door = Door(database)
        await withTaskGroup(of: Void.self) { group in
            for line in 0..<3 {
                group.addTask {
                    for number in stride(from: line, to: Stand.crowd, by: 3) { await join("u\(number)", door) }
                }
            }
        }
    }

    private static func join(_ user: String, _ door: Door) async {
        do {
            Sweep.say(try await door.join(user) ? "joined" : "member", user)
        } catch {
            Sweep.say("failed", user)
        }
    }
}
