import LivechatPermissions
import LivechatRooms
import LivechatTokens
import LivechatValues
import Testing

@testable import Specification

@Suite("C6: who may enter a room")
struct RoomAccessTests {
    /// What the specification says, by the rule's name.
    private func expected(_ item: AccessCase) -> RoomAccess? {
        let world = item.world
        switch Decider(world).whyAdmitted(world.users[0], world.rooms[0]) {
        case .member: return .member
        case .permission: return .permission
        case .serving: return .serving
        case .defaultAgent: return .queuedForUser
        case .departmentAgent: return .queuedInDepartment
        case .publicQueue: return .queuedInPublic
        case .manager: return .queuedForManager
        case .closedByAnotherAgent: return .closedByAnotherAgent
        case .closedSameDepartment: return .closedInSameDepartment
        case nil: return nil
        }
    }

    @Test("Every combination of facts is decided as the specification says")
    func exhaustive() throws {
        #expect(AccessCase.all.count == 512 * 21)
        var reasons: Set<RoomAccess> = []
        for item in AccessCase.all {
            let access = try AccessRule.first(item.facts())
            if access != expected(item) { Issue.record("\(item): \(String(describing: access))") }
            if let access { reasons.insert(access) }
        }
        #expect(reasons == Set(RoomAccess.allCases))
    }

    @Test("The rules stand in the order of the contract, each once")
    func order() { #expect(AccessRule.all.map(\.access) == RoomAccess.allCases) }

    @Test("Nothing is read that no rule needed")
    func lazy() throws {
        let rows: [(AccessCase, RoomAccess?, [AccessCase.Journal.Question])] = [
            (AccessCase(room: RoomFact(isMember: true)), .member, []),
            (AccessCase(viewsRooms: true), .permission, [.permissions]),
            (AccessCase(room: RoomFact(isServing: true)), .serving, [.permissions]),
            (AccessCase(), nil, [.permissions]),
            (AccessCase(queue: QueueFact(inquiry: .init(status: "queued", isForUser: true))), nil, [.permissions]),
            (
                AccessCase(
                    room: RoomFact(previewsQueue: true),
                    queue: QueueFact(inquiry: .init(status: "queued", isForUser: true))
                ), .queuedForUser, [.permissions, .queue]
            ),
        ]
        for (item, access, questions) in rows {
            let journal = AccessCase.Journal()
            #expect(try AccessRule.first(item.facts(journal)) == access)
            #expect(journal.asked == questions)
        }
    }

    @Test("A look-up that fails is an error, never read as a yes or a no", arguments: [true, false])
    func failing(permissions: Bool) {
        let journal = AccessCase.Journal()
        journal.failing = permissions ? .permissions : .queue
        let item = AccessCase(room: RoomFact(previewsQueue: true))
        #expect(throws: AccessCase.Failure.self) { try AccessRule.first(item.facts(journal)) }
    }
}

@Suite("Rooms as rules see them")
struct RoomTests {
    @Test("A visitor's token is not printed")
    func visitorToken() {
        let room = LivechatRoom(id: LivechatRoomID(stored: "r1"), visitorToken: LivechatVisitorToken("visitor-4711"))
        var dumped = ""
        dump(room, to: &dumped)
        let said = [dumped, "\(room)", String(reflecting: room), "\(LivechatVisitorToken("visitor-4711"))"].joined()
        #expect(!said.contains("4711"))
        #expect(said.contains("LivechatVisitorToken(secret)"))
        #expect(room.visitorToken?.value == "visitor-4711")
    }

    @Test(
        "A visitor's token is compared byte by byte",
        arguments: [
            ("v1", "v1", true), ("v1", "v2", false), ("v1", "x1", false), ("v1", "v", false), ("v1", "v11", false),
            ("", "", true), ("\u{e9}", "\u{e9}", true), ("\u{e9}", "e\u{301}", false),
        ]
    )
    func sameVisitor(_ one: String, _ other: String, _ isSame: Bool) {
        #expect((LivechatVisitorToken(one) == LivechatVisitorToken(other)) == isSame)
    }

    @Test("Only kind l is a livechat room")
    func kind() {
        #expect(LivechatRoom.livechatKind == "l")
        #expect(RoomFact(kind: "l").isLivechat)
        #expect(!RoomFact(kind: "d").isLivechat && !RoomFact(kind: "L").isLivechat && !RoomFact(kind: "").isLivechat)
    }

    @Test("A rule's name is that of the contract, and its words end no sentence")
    func names() {
        #expect(
            RoomAccess.allCases.map(\.rawValue) == [
                "member", "view-livechat-rooms", "serving", "default-agent", "department-agent", "public-queue",
                "manager",
                "closed-by-another-agent", "closed-same-department",
            ]
        )
        #expect(RoomAccess.allCases.allSatisfy { !$0.description.isEmpty && !$0.description.hasSuffix(".") })
    }
}
