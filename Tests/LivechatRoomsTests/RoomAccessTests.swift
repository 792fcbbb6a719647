import LivechatPermissions
import LivechatRooms
import LivechatTokens
import Testing

@Suite("C6: who may enter a room")
struct RoomAccessTests {
    private func decide(_ lookup: FakeLookup) throws -> RoomAccess? {
        try RoomAccess.decide(FakeLookup.user, FakeLookup.room, isOpen: lookup.facts.isOpen, lookup)
    }

    /// The rule as the contract says it, without regard to what an answer costs.
    private func expected(_ facts: AccessFacts) -> RoomAccess? {
        if facts.isMember { return .member }
        if facts.viewsRooms { return .permission }
        if facts.isServing { return .serving }
        if facts.previewsQueue && facts.inquiry != .none {
            if facts.inquiry.isForUser { return .queuedForUser }
            if facts.inquiry == .ownDepartment(isForUser: false) { return .queuedInDepartment }
            if facts.inquiry == .public(isForUser: false) { return .queuedInPublic }
            if facts.isManager { return .queuedForManager }
        }
        if !facts.isOpen {
            if facts.viewsClosedByAnother { return .closedByAnotherAgent }
            if facts.viewsClosedInDepartment && facts.isDepartmentAgent { return .closedInSameDepartment }
        }
        return nil
    }

    /// The questions that an answer costs: none after the fact that decides.
    private func questions(_ facts: AccessFacts) -> [FakeLookup.Question] {
        if facts.isMember { return [.isMember] }
        if facts.viewsRooms { return [.isMember, .permissions] }
        if facts.isServing { return [.isMember, .permissions, .isServing] }
        var questions: [FakeLookup.Question] = [.isMember, .permissions, .isServing, .previewsQueue]
        if facts.previewsQueue { questions.append(.queuedInquiry) }
        let byPreview: [RoomAccess] = [.queuedForUser, .queuedInDepartment, .queuedInPublic, .queuedForManager]
        if let access = expected(facts), byPreview.contains(access) { return questions }
        if !facts.isOpen && !facts.viewsClosedByAnother && facts.viewsClosedInDepartment {
            questions.append(.isDepartmentAgent)
        }
        return questions
    }

    @Test("Every combination of facts")
    func exhaustive() throws {
        #expect(AccessFacts.all.count == 3_584)
        var reasons: Set<RoomAccess> = []
        for facts in AccessFacts.all {
            let lookup = FakeLookup(facts)
            let access = try decide(lookup)
            if access != expected(facts) { Issue.record("\(facts): \(String(describing: access))") }
            if lookup.asked != questions(facts) { Issue.record("\(facts) asked \(lookup.asked)") }
            if let access { reasons.insert(access) }
        }
        #expect(reasons == Set(RoomAccess.allCases))
    }

    @Test("Nothing is asked after the deciding fact")
    func lazy() throws {
        let rows: [(AccessFacts, RoomAccess?, [FakeLookup.Question])] = [
            (AccessFacts(isMember: true), .member, [.isMember]),
            (AccessFacts(viewsRooms: true), .permission, [.isMember, .permissions]),
            (AccessFacts(isServing: true), .serving, [.isMember, .permissions, .isServing]),
            (AccessFacts(), nil, [.isMember, .permissions, .isServing, .previewsQueue]),
            (
                AccessFacts(inquiry: .public(isForUser: true)), nil,
                [.isMember, .permissions, .isServing, .previewsQueue]
            ),
            (
                AccessFacts(previewsQueue: true, inquiry: .public(isForUser: false)), .queuedInPublic,
                [.isMember, .permissions, .isServing, .previewsQueue, .queuedInquiry]
            ),
            (
                AccessFacts(isOpen: false, viewsClosedInDepartment: true, isDepartmentAgent: true),
                .closedInSameDepartment,
                [.isMember, .permissions, .isServing, .previewsQueue, .isDepartmentAgent]
            ),
        ]
        for (facts, access, questions) in rows {
            let lookup = FakeLookup(facts)
            #expect(try decide(lookup) == access)
            #expect(lookup.asked == questions)
        }
    }

    @Test(
        "A look-up that fails is told, never read as a yes or a no",
        arguments: [
            FakeLookup.Question.isMember, .permissions, .isServing, .previewsQueue, .queuedInquiry, .isDepartmentAgent,
        ]
    )
    func failing(_ question: FakeLookup.Question) {
        let lookup = FakeLookup(
            AccessFacts(
                previewsQueue: true,
                inquiry: .otherDepartment(isForUser: false),
                isOpen: false,
                viewsClosedInDepartment: true,
                isDepartmentAgent: true
            )
        )
        lookup.failing = question
        #expect(throws: FakeLookup.Failure.self) { try decide(lookup) }
        #expect(lookup.asked.last == question)
    }

    @Test("An agent of no enabled department sees the public queue only")
    func departmentless() throws {
        for (inquiry, access) in [
            (AccessFacts.Inquiry.public(isForUser: false), RoomAccess?.some(.queuedInPublic)),
            (.otherDepartment(isForUser: false), nil), (.none, nil),
        ] {
            let lookup = FakeLookup(AccessFacts(previewsQueue: true, inquiry: inquiry))
            #expect(try decide(lookup) == access)
        }
    }

    @Test("A closed room has no way in that an open one has not, but the two for closed rooms")
    func closed() throws {
        for var facts in AccessFacts.all where facts.isOpen {
            let open = try decide(FakeLookup(facts))
            facts.isOpen = false
            let closed = try decide(FakeLookup(facts))
            if open != closed && (open != nil || closed != .closedByAnotherAgent && closed != .closedInSameDepartment) {
                Issue.record("\(facts): open \(String(describing: open)), closed \(String(describing: closed))")
            }
        }
    }
}

@Suite("Rooms as rules see them")
struct RoomTests {
    @Test("A visitor's token is not printed")
    func visitorToken() {
        let room = Room(id: FakeLookup.room, visitorToken: VisitorToken("visitor-4711"))
        var dumped = ""
        dump(room, to: &dumped)
        let said = [dumped, "\(room)", String(reflecting: room), "\(VisitorToken("visitor-4711"))"].joined()
        #expect(!said.contains("4711"))
        #expect(said.contains("VisitorToken(secret)"))
        #expect(room.visitorToken?.value == "visitor-4711")
    }

    @Test("Only kind l is a livechat room")
    func kind() { #expect(Room.livechatKind == "l") }

    @Test("Reasons read as the end of a sentence about the user or the room, and none twice")
    func reasons() {
        let words = RoomAccess.allCases.map(\.rawValue)
        #expect(Set(words).count == words.count)
        #expect(words.allSatisfy { !$0.isEmpty && !$0.hasSuffix(".") })
    }
}
