import LivechatPermissions
import LivechatRooms
import LivechatTokens
import LivechatValues

@testable import Specification

/// Everything that C6 can depend on, for one user and one room.
struct AccessCase {
    /// An inquiry of each kind, and none.
    static let inquiries: [QueueFact.Inquiry?] =
        [nil]
        + ["queued", "taken"].flatMap { status in
            [true, false].flatMap { isForUser in
                [nil, (true, true), (true, false), (false, true), (false, false)].map { department in
                    QueueFact.Inquiry(
                        status: status,
                        isForUser: isForUser,
                        department: department.map { QueueFact.Department(isEnabled: $0.0, hasUser: $0.1) }
                    )
                }
            }
        }

    var room = RoomFact()
    var queue = QueueFact()
    var viewsRooms = false
    var isManager = false
    var viewsClosedByAnother = false
    var viewsClosedInDepartment = false

    /// All 10,752 of them.
    static let all: [AccessCase] = (0..<512).flatMap { bits in
        inquiries.map { inquiry in
            AccessCase(
                room: RoomFact(
                    isOpen: bits & 1 != 0,
                    isMember: bits & 2 != 0,
                    isServing: bits & 4 != 0,
                    previewsQueue: bits & 8 != 0
                ),
                queue: QueueFact(isDepartmentAgent: bits & 16 != 0, inquiry: inquiry),
                viewsRooms: bits & 32 != 0,
                isManager: bits & 64 != 0,
                viewsClosedByAnother: bits & 128 != 0,
                viewsClosedInDepartment: bits & 256 != 0
            )
        }
    }

    /// What was read of it, in order.
    final class Journal {
        enum Question { case permissions, queue }

        var asked: [Question] = []
        var failing: Question?

        func ask(_ question: Question) throws {
            asked.append(question)
            if question == failing { throw Failure() }
        }
    }

    struct Failure: Error {}

    /// The facts as a store gives them.
    func facts(_ journal: Journal = Journal()) -> AccessFacts {
        AccessFacts(
            room: room,
            permissions: {
                try journal.ask(.permissions)
                return permissions
            },
            queue: {
                try journal.ask(.queue)
                return queue
            }
        )
    }

    private var permissions: EffectivePermissions {
        var grants: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
        let role = LivechatRoleID(stored: "some-role")
        if viewsRooms { grants[LivechatPermissionID.viewLivechatRooms] = [role] }
        if viewsClosedByAnother { grants[LivechatPermissionID.viewRoomClosedByAnotherAgent] = [role] }
        if viewsClosedInDepartment { grants[LivechatPermissionID.viewRoomClosedInSameDepartment] = [role] }
        return EffectivePermissions(
            roles: [role] + (isManager ? [LivechatRoleID(stored: "livechat-manager")] : []),
            grants: GrantTable(roles: grants)
        )
    }

    /// The same as a world of the specification: user "u" and room "r".
    var world: World {
        var world = World(settings: .init(previewRoom: room.previewsQueue))
        if viewsRooms { world.permissions["view-livechat-rooms"] = ["some-role"] }
        if viewsClosedByAnother { world.permissions["view-livechat-room-closed-by-another-agent"] = ["some-role"] }
        if viewsClosedInDepartment { world.permissions["view-livechat-room-closed-same-department"] = ["some-role"] }
        world.users = [
            World.User(id: "u", roles: ["some-role"] + (isManager ? ["livechat-manager"] : [])), World.User(id: "x"),
        ]
        world.departments = [World.Department(id: "own", agents: queue.isDepartmentAgent ? ["u"] : [])]
        var inquiry: World.Inquiry?
        if let given = queue.inquiry {
            if let department = given.department {
                world.departments.append(
                    World.Department(id: "d", enabled: department.isEnabled, agents: department.hasUser ? ["u"] : [])
                )
            }
            inquiry = World.Inquiry(
                status: given.status ?? "",
                department: given.department == nil ? nil : "d",
                defaultAgent: given.isForUser ? "u" : nil
            )
        }
        world.rooms = [
            World.Room(
                id: "r",
                open: room.isOpen,
                servedBy: room.isServing ? "u" : nil,
                department: "own",
                inquiry: inquiry,
                members: room.isMember ? [World.Member(user: "u")] : []
            )
        ]
        return world
    }
}
