import LivechatJoin
import LivechatPersistence
import Testing

@Suite("Errors of administration", .serialized)
struct AdministrationErrorTests {
    /// A call that cannot be done, and what is said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: DatabaseError.Code
        let run: @Sendable (JoinDatabase) async throws -> Void

        init(
            _ code: DatabaseError.Code,
            _ message: String,
            _ run: @escaping @Sendable (JoinDatabase) async throws -> Void
        ) {
            testDescription = message
            self.code = code
            self.run = run
        }
    }

    private static let noUser = #"there is no user "x""#
    private static let noRoom = #"there is no room "x""#
    private static let noRole = #"there is no role "x""#
    private static let noPermission = #"there is no permission "x""#
    private static let noDepartment = #"there is no department "x""#
    private static let record = LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0))

    static let mistakes: [Mistake] = [
        Mistake(.alreadyExists, #"there is a user "agent" already"#) {
            try await $0.addUser(LivechatUser(id: id("agent")))
        },
        Mistake(.notFound, noRole) { try await $0.addUser(LivechatUser(id: id("y")), roles: [id("night"), id("x")]) },
        Mistake(.notFound, noUser) { try await $0.setUser(id("x"), isActive: true) },
        Mistake(.notFound, noUser) { try await $0.setUser(id("x"), username: "y") },
        Mistake(.notFound, noRole) { try await $0.assign(id("x"), to: id("agent")) },
        Mistake(.notFound, noUser) { try await $0.assign(id("night"), to: id("x")) },
        Mistake(.notFound, noRoom) { try await $0.assign(id("night"), to: id("agent"), in: id("x")) },
        Mistake(.notFound, #"user "second" is not a member of room "joined""#) {
            try await $0.assign(id("night"), to: id("second"), in: id("joined"))
        },
        Mistake(.notFound, noRole) { try await $0.withdraw(id("x"), from: id("agent")) },
        Mistake(.notFound, noUser) { try await $0.withdraw(id("night"), from: id("x")) },
        Mistake(.notFound, noRoom) { try await $0.withdraw(id("night"), from: id("agent"), in: id("x")) },
        Mistake(.notFound, noUser) { _ = try await $0.issueToken(for: id("x")) },
        Mistake(.notFound, noUser) { try await $0.addToken(LivechatToken("t"), for: id("x"), record) },
        Mistake(.notFound, noUser) { try await $0.revokeToken(LivechatToken("t").digest, of: id("x")) },
        Mistake(.notFound, noUser) { try await $0.revokeTokens(of: id("x")) },
        Mistake(.alreadyExists, #"there is a role "night" already"#) {
            try await $0.addRole(LivechatRole(id: id("night")))
        },
        Mistake(.notFound, noPermission) {
            try await $0.addRole(LivechatRole(id: id("y"), restrictedTo: [id("sing"), id("x")]))
        },
        Mistake(.notFound, noRole) { try await $0.restrict(id("x"), to: []) },
        Mistake(.notFound, noPermission) { try await $0.restrict(id("night"), to: [id("sing"), id("x")]) },
        Mistake(.alreadyExists, #"there is a permission "sing" already"#) { try await $0.addPermission(id("sing")) },
        Mistake(.notFound, noPermission) { try await $0.grant(id("x"), to: id("night")) },
        Mistake(.notFound, noRole) { try await $0.grant(id("sing"), to: id("x")) },
        Mistake(.notFound, noPermission) { try await $0.revoke(id("x"), from: id("night")) },
        Mistake(.notFound, noRole) { try await $0.revoke(id("sing"), from: id("x")) },
        Mistake(.alreadyExists, #"there is a department "sales" already"#) { try await $0.addDepartment(id("sales")) },
        Mistake(.notFound, noUser) { try await $0.addDepartment(id("y"), agents: [id("agent"), id("x")]) },
        Mistake(.notFound, noDepartment) { try await $0.setDepartment(id("x"), isEnabled: true) },
        Mistake(.notFound, noDepartment) { try await $0.addAgent(id("agent"), to: id("x")) },
        Mistake(.notFound, noUser) { try await $0.addAgent(id("x"), to: id("sales")) },
        Mistake(.notFound, noDepartment) { try await $0.removeAgent(id("agent"), from: id("x")) },
        Mistake(.notFound, noUser) { try await $0.removeAgent(id("x"), from: id("sales")) },
        Mistake(.alreadyExists, #"there is a room "served" already"#) {
            try await $0.addRoom(LivechatRoom(id: id("served")))
        },
        Mistake(.notFound, noUser) { try await $0.addRoom(LivechatRoom(id: id("y"), servedBy: id("x"))) },
        Mistake(.notFound, noDepartment) { try await $0.addRoom(LivechatRoom(id: id("y"), departmentID: id("x"))) },
        Mistake(.notFound, noRoom) { try await $0.setRoom(id("x"), isOpen: true) },
        Mistake(.notFound, noRoom) { try await $0.setRoom(id("x"), servedBy: nil) },
        Mistake(.notFound, noUser) { try await $0.setRoom(id("served"), servedBy: id("x")) },
        Mistake(.notFound, noRoom) { try await $0.setRoom(id("x"), department: nil) },
        Mistake(.notFound, noDepartment) { try await $0.setRoom(id("served"), department: id("x")) },
        Mistake(.notFound, noRoom) { try await $0.queueInquiry(of: id("x")) },
        Mistake(.notFound, noDepartment) { try await $0.queueInquiry(of: id("served"), department: id("x")) },
        Mistake(.notFound, noUser) { try await $0.queueInquiry(of: id("served"), defaultAgent: id("x")) },
        Mistake(.notFound, noRoom) { try await $0.setInquiry(of: id("x"), status: "taken") },
        Mistake(.notFound, #"room "served" has no inquiry"#) {
            try await $0.setInquiry(of: id("served"), status: "taken")
        },
        Mistake(.notFound, noRoom) { try await $0.removeInquiry(of: id("x")) },
        Mistake(.notFound, noRoom) { try await $0.leave(id("x"), id("agent")) },
        Mistake(.notFound, noUser) { try await $0.leave(id("joined"), id("x")) },
        Mistake(.notFound, #"there is no user "a\"b\u0000""#) { try await $0.revokeTokens(of: id("a\"b\u{0}")) },
    ]

    @Test("Each is told in one line, and nothing of the call is kept", arguments: mistakes)
    func told(_ mistake: Mistake) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try await database.dump()
        let error = await #expect(throws: DatabaseError.self) { try await mistake.run(database) }
        #expect(error?.description == mistake.testDescription)
        #expect(error?.code == mistake.code)
        #expect(try await database.dump() == before)
        await database.close()
    }
}
