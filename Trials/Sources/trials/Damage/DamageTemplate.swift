import Foundation
import LivechatSQLite

/// The files that are damaged, again and again, and what they answer as long as they are whole.
struct DamageTemplate: Sendable {
    let database: [UInt8]
    let log: [UInt8]
    /// What says how far the log was committed, as a program that is killed leaves it.
    let index: [UInt8]
    /// Both in one file, as a backup makes it.
    let merged: [UInt8]
    /// The bytes of that file on which decisions depend most: the rows of users, tokens, roles, rooms and queues.
    let decisive: [Int]
    /// What the whole files answer.
    let answers: String
    /// What they answered before each of the commits in the log: what is left when the log ends early.
    let earlierAnswers: [String]

    init() throws {
        let folder = try TemporaryFolder(inMemory: true)
        let path = folder.file("chat.db")
        let maker = try ChildProcess(ChildProcess.trials, ["worker", "damage", "prepare", path])
        guard maker.wait() == 0 else { throw TrialFailure("no database to damage: \(maker.allErrors())") }
        let database = try Self.read(path)
        var log = try Self.read(path + "-wal")
        let commits = Self.commits(log)
        // What lies ahead of the frames can be damaged without a trace.
        log.removeSubrange((commits.last ?? 0)...)
        let index = try Self.read(path + "-shm")
        let merged = try Self.read(path + ".copy")
        let decisive = try Self.decisive(path + ".copy", merged)
        let lane = try DamageLane(how: "mapped")
        let whole = try lane.answersOfWhole(database, log, index)
        let earlier = try commits.dropLast().map { try lane.answersOfWhole(database, Array(log[..<$0]), nil) }
        guard earlier.count >= 6, whole.contains("R"), whole.contains("J"), whole.contains("M"), !whole.contains("E"),
            try lane.answersOfWhole(merged, nil, nil) == whole, decisive.count > 1_000,
            earlier.contains(where: { Self.admits($0, beyond: whole) })
        else { throw TrialFailure("the database to damage is not as it should be: \(whole)") }
        self.database = database
        self.log = log
        self.index = index
        self.merged = merged
        self.decisive = decisive
        answers = whole
        earlierAnswers = earlier
    }

    private static func decisive(_ path: String, _ bytes: [UInt8]) throws -> [Int] {
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 0))
        let pageSize = Int(try connection.integer("PRAGMA page_size") ?? 0)
        var pages: [Int] = []
        let statement = try connection.prepare(
            """
            SELECT rootpage FROM sqlite_schema WHERE rootpage > 0 AND tbl_name IN ('setting', 'user', 'login_token',
                'login_token_beginning', 'role', 'role_restriction', 'user_role', 'department', 'department_agent',
                'room', 'inquiry', 'membership')
            """
        )
        try statement.eachRow { row in pages.append(Int(row.integer(0))) }
        return pages.flatMap { page in ((page - 1) * pageSize..<page * pageSize).filter { bytes[$0] != 0 } }
    }

    static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Where each transaction of a log begins, and the last one ends (https://sqlite.org/fileformat2.html#walformat).
    private static func commits(_ log: [UInt8]) -> [Int] {
        func integer(_ place: Int) -> Int { log[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        var places = [32]
        let frames = stride(from: 32, through: log.count - 24 - integer(8), by: 24 + integer(8))
        for frame in frames where integer(frame + 4) != 0 {
            places.append(frame + 24 + integer(8))
        }
        return places
    }

    /// Whether somebody is let in whom the other answers keep out.
    static func admits(_ answers: String, beyond whole: String) -> Bool {
        zip(answers, whole).prefix(DamageWorld.requests.count).contains { one, other in
            (one == "J" || one == "M") && other == "R"
        }
    }

    /// Who is let in, and where, whom the whole file keeps out.
    func admitted(_ letters: String) -> String {
        var names: [String] = []
        for (request, (letter, whole)) in zip(DamageWorld.requests, zip(letters, answers)) {
            if letter == "J" || letter == "M", whole == "R" { names.append("\(request.user) to \(request.room)") }
        }
        return names.joined(separator: ", ")
    }
}
