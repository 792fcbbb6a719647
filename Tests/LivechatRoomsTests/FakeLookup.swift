import LivechatPermissions
import LivechatRooms
import LivechatTokens

/// Answers from plain facts and writes down what it was asked.
final class FakeLookup: RoomLookup, PermissionLookup {
    enum Question: Equatable {
        case isMember, permissions, isServing, previewsQueue, queuedInquiry, isDepartmentAgent, other
    }

    static let user = UserID(stored: "u1")
    static let room = RoomID(stored: "r1")

    var facts: AccessFacts
    /// The question at which the store fails.
    var failing: Question?
    private(set) var asked: [Question] = []

    init(_ facts: AccessFacts) { self.facts = facts }

    private func answer<Value>(_ question: Question, _ value: Value, isAboutUs: Bool = true) throws -> Value {
        asked.append(isAboutUs ? question : .other)
        if question == failing { throw Failure() }
        return value
    }

    struct Failure: Error {}

    func permissions(of user: UserID, in room: RoomID?) throws -> EffectivePermissions {
        var grants: [PermissionID: Set<RoleID>] = [:]
        let role = RoleID(stored: "some-role")
        if facts.viewsRooms { grants[PermissionID(stored: "view-livechat-rooms")] = [role] }
        if facts.viewsClosedByAnother {
            grants[PermissionID(stored: "view-livechat-room-closed-by-another-agent")] = [role]
        }
        if facts.viewsClosedInDepartment {
            grants[PermissionID(stored: "view-livechat-room-closed-same-department")] = [role]
        }
        let permissions = EffectivePermissions(
            roles: [role] + (facts.isManager ? [RoleID(stored: "livechat-manager")] : []),
            grants: GrantTable(roles: grants)
        )
        return try answer(.permissions, permissions, isAboutUs: user == Self.user && room == Self.room)
    }

    func roomState(_ room: RoomID) throws -> RoomState? { try answer(.other, nil) }

    func room(_ room: RoomID) throws -> Room? { try answer(.other, nil) }

    func isMember(_ user: UserID, of room: RoomID) throws -> Bool {
        try answer(.isMember, facts.isMember, isAboutUs: user == Self.user && room == Self.room)
    }

    func isServing(_ user: UserID, _ room: RoomID) throws -> Bool {
        try answer(.isServing, facts.isServing, isAboutUs: user == Self.user && room == Self.room)
    }

    func previewsQueue() throws -> Bool { try answer(.previewsQueue, facts.previewsQueue) }

    func queuedInquiry(of room: RoomID, for user: UserID) throws -> QueuedInquiry? {
        let inquiry: QueuedInquiry? =
            switch facts.inquiry {
            case .none: nil
            case .public(let isForUser): QueuedInquiry(isForUser: isForUser, department: .none)
            case .ownDepartment(let isForUser): QueuedInquiry(isForUser: isForUser, department: .ofUser)
            case .otherDepartment(let isForUser): QueuedInquiry(isForUser: isForUser, department: .other)
            }
        return try answer(.queuedInquiry, inquiry, isAboutUs: user == Self.user && room == Self.room)
    }

    func isDepartmentAgent(_ user: UserID, of room: RoomID) throws -> Bool {
        try answer(
            .isDepartmentAgent,
            facts.isDepartmentAgent,
            isAboutUs: user == Self.user && room == Self.room
        )
    }
}

/// Everything that C6 can depend on.
struct AccessFacts {
    enum Inquiry: Equatable {
        case none
        case `public`(isForUser: Bool)
        case ownDepartment(isForUser: Bool)
        case otherDepartment(isForUser: Bool)

        static let all: [Inquiry] =
            [.none]
            + [true, false].flatMap { isForUser -> [Inquiry] in
                [
                    .public(isForUser: isForUser), .ownDepartment(isForUser: isForUser),
                    .otherDepartment(isForUser: isForUser),
                ]
            }

        var isForUser: Bool {
            switch self {
            case .none: false
            case .public(let isForUser), .ownDepartment(let isForUser), .otherDepartment(let isForUser): isForUser
            }
        }
    }

    var isMember = false
    var viewsRooms = false
    var isServing = false
    var previewsQueue = false
    var inquiry = Inquiry.none
    var isManager = false
    var isOpen = true
    var viewsClosedByAnother = false
    var viewsClosedInDepartment = false
    var isDepartmentAgent = false

    /// All 3,584 combinations.
    static let all: [AccessFacts] = (0..<512).flatMap { bits in
        Inquiry.all.map { inquiry in
            AccessFacts(
                isMember: bits & 1 != 0,
                viewsRooms: bits & 2 != 0,
                isServing: bits & 4 != 0,
                previewsQueue: bits & 8 != 0,
                inquiry: inquiry,
                isManager: bits & 16 != 0,
                isOpen: bits & 32 != 0,
                viewsClosedByAnother: bits & 64 != 0,
                viewsClosedInDepartment: bits & 128 != 0,
                isDepartmentAgent: bits & 256 != 0
            )
        }
    }
}
