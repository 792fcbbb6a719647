import Testing

@testable import Specification

/// One thing that changes in a world after which a user who could join a room cannot.
struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    /// The room that the user is let into before the change.
    let room: String
    let apply: @Sendable (inout World) -> Void

    var testDescription: String { name }

    /// The user of every change.
    static let user = "agent"
    static let token = "token-of-agent"

    var request: RawRequest { RawRequest(Self.user, Self.token, query: "roomId=\(room)") }

    static let world: World = {
        var world = World()
        world.settings.previewRoom = true
        world.roles = [World.Role(id: "agents"), World.Role(id: "supervisors"), World.Role(id: "guests")]
        world.permissions = World.noGrants.merging(
            ["view-l-room": ["agents"], "view-livechat-rooms": ["supervisors"]]
        ) { $1 }
        world.users = [
            World.User(
                id: user,
                roles: ["agents", "guests"],
                tokens: [World.Token(raw: token, createdAt: World.now - 40 * World.day)]
            ),
            World.User(id: "supervisor", roles: ["agents", "supervisors"], tokens: [World.Token(raw: "other")]),
        ]
        world.departments = [World.Department(id: "sales", agents: [user])]
        world.rooms = [
            World.Room(id: "served", servedBy: user),
            World.Room(id: "public", inquiry: World.Inquiry()),
            World.Room(id: "department", inquiry: World.Inquiry(department: "sales")),
            World.Room(id: "waiting-for", inquiry: World.Inquiry(department: "sales", defaultAgent: user)),
        ]
        return world
    }()

    static let all: [Change] = [
        Change(name: "the user's roles are withdrawn", room: "served") { $0.users[0].roles = [] },
        Change(name: "the grant is withdrawn", room: "served") { $0.permissions["view-l-room"] = ["supervisors"] },
        Change(name: "one of the user's roles is restricted", room: "served") {
            $0.roles[2].restrictedTo = ["view-joined-room"]
        },
        Change(name: "the token is revoked", room: "served") { $0.users[0].tokens = [] },
        Change(name: "the token is replaced", room: "served") { $0.users[0].tokens[0].raw = "new" },
        Change(name: "the token's expiry is set", room: "served") { $0.users[0].tokens[0].expiresAt = World.now },
        Change(name: "the user is deactivated", room: "served") { $0.users[0].active = false },
        Change(name: "tokens live shorter", room: "served") { $0.settings.loginExpirationDays = 40 },
        Change(name: "the room is closed", room: "served") { $0.rooms[0].open = false },
        Change(name: "the room becomes another kind", room: "served") { $0.rooms[0].kind = "c" },
        Change(name: "somebody else serves the room", room: "served") { $0.rooms[0].servedBy = "supervisor" },
        Change(name: "nobody serves the room", room: "served") { $0.rooms[0].servedBy = nil },
        Change(name: "the preview is turned off", room: "public") { $0.settings.previewRoom = false },
        Change(name: "the inquiry is taken", room: "public") { $0.rooms[1].inquiry?.status = "taken" },
        Change(name: "the inquiry is gone", room: "public") { $0.rooms[1].inquiry = nil },
        Change(name: "the inquiry gets a department", room: "public") {
            $0.departments.append(World.Department(id: "support"))
            $0.rooms[1].inquiry?.department = "support"
        },
        Change(name: "the user leaves the department", room: "department") { $0.departments[0].agents = [] },
        Change(name: "the department is disabled", room: "department") { $0.departments[0].enabled = false },
        Change(name: "the inquiry waits for somebody else", room: "waiting-for") {
            $0.rooms[3].inquiry?.defaultAgent = "supervisor"
            $0.departments[0].agents = []
        },
    ]

    var changedWorld: World {
        var world = Self.world
        apply(&world)
        return world
    }
}
