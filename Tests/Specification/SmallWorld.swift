/// One global configuration of the small world: what holds for every user and every room of one database.
struct Configuration: Sendable {
    /// Which of the two roles `A` and `B` are granted `view-l-room`.
    var joins: [String] = ["A", "B"]
    /// Which of them are granted `view-livechat-rooms`.
    var viewsAll: [String] = []
    /// Which of them are granted `view-livechat-room-closed-by-another-agent`.
    var viewsClosed: [String] = []
    /// Which of them are granted `view-livechat-room-closed-same-department`.
    var viewsClosedOfDepartment: [String] = []
    /// What the role `A` is restricted to.
    var restrictionOfA: [String]?
    /// What the role `B` is restricted to.
    var restrictionOfB: [String]?
    var previewRoom: Bool?
    var loginExpirationDays: Double?
}

/// Every variant of a user and of a room side by side, under one configuration.
enum SmallWorld {
    /// How many of the rooms' variants a world has.
    enum Rooms: Sendable {
        case all
        case few
    }

    /// Configurations that differ in who is granted what, and in the settings.
    static let configurations: [Configuration] = [
        Configuration(previewRoom: true),
        Configuration(previewRoom: false, loginExpirationDays: 0),
        Configuration(loginExpirationDays: -1),
        Configuration(joins: ["A"], viewsAll: ["B"], previewRoom: true, loginExpirationDays: 30),
        Configuration(joins: ["B"], viewsClosed: ["A"], previewRoom: true, loginExpirationDays: 0.5),
        Configuration(viewsClosed: ["B"], viewsClosedOfDepartment: ["A"], previewRoom: true),
        Configuration(
            viewsAll: ["B"],
            viewsClosed: ["B"],
            restrictionOfA: ["view-l-room"],
            previewRoom: true
        ),
        Configuration(
            viewsClosedOfDepartment: ["A", "B"],
            restrictionOfB: ["view-l-room", "view-livechat-room-closed-same-department"],
            previewRoom: false
        ),
    ]

    /// Configurations that differ in what the roles are restricted to.
    static func grants(joins: [String], viewsAll: [String]) -> [Configuration] {
        let restrictions: [[String]?] = [
            nil, [], ["view-l-room"], ["view-livechat-rooms"], ["view-l-room", "view-livechat-rooms"],
            ["view-livechat-queue"],
        ]
        return restrictions.enumerated().map { index, restriction in
            var configuration = Configuration(joins: joins, viewsAll: viewsAll)
            configuration.viewsClosed = ["B"]
            configuration.viewsClosedOfDepartment = ["A"]
            configuration.restrictionOfA = restriction
            configuration.restrictionOfB = index.isMultiple(of: 2) ? nil : ["view-l-room"]
            configuration.previewRoom = index % 3 != 0
            return configuration
        }
    }

    static func world(_ configuration: Configuration, rooms: Rooms) -> World {
        var world = World()
        world.settings.previewRoom = configuration.previewRoom
        world.settings.loginExpirationDays = configuration.loginExpirationDays
        world.roles = [
            World.Role(id: "A", restrictedTo: configuration.restrictionOfA),
            World.Role(id: "B", restrictedTo: configuration.restrictionOfB),
        ]
        world.permissions = [
            "view-l-room": configuration.joins,
            "view-livechat-rooms": configuration.viewsAll,
            "view-livechat-room-closed-by-another-agent": configuration.viewsClosed,
            "view-livechat-room-closed-same-department": configuration.viewsClosedOfDepartment,
        ]
        world.users = users(configuration)
        world.departments = [
            World.Department(id: "on", agents: ["a", "b", "abm", "idle"]),
            World.Department(id: "off", enabled: false, agents: ["a-off", "b", "ab"]),
            World.Department(id: "nobody"),
        ]
        world.rooms = rooms == .all ? allRooms() : fewRooms()
        return world
    }

    private static func users(_ configuration: Configuration) -> [World.User] {
        let roles: [(String, [String])] = [
            ("none", []), ("a", ["A"]), ("a-off", ["A"]), ("a-alone", ["A"]), ("b", ["B"]), ("b-alone", ["B"]),
            ("ab", ["A", "B"]), ("ab-alone", ["B", "A"]), ("m", ["livechat-manager"]),
            ("am", ["A", "livechat-manager"]),
            ("abm", ["livechat-manager", "A", "B"]), ("idle", ["A", "B"]),
        ]
        return roles.map { id, roles in
            World.User(id: id, active: id != "idle", roles: roles, tokens: tokens(of: id, configuration))
        }
    }

    /// The tokens of a user; `good` is the one that always is.
    private static func tokens(of user: String, _ configuration: Configuration) -> [World.Token] {
        var days = 90.0
        if let setting = configuration.loginExpirationDays, setting > 0 { days = setting }
        let life = Int64(days * Double(World.day))
        let longAgo = World.now - 1_000 * World.day
        return [
            World.Token(raw: "\(user)/good", createdAt: World.now - 1),
            World.Token(raw: "\(user)/at-the-instant", createdAt: World.now - life),
            World.Token(raw: "\(user)/one-ms-before", createdAt: World.now - life + 1),
            World.Token(raw: "\(user)/one-ms-after", createdAt: World.now - life - 1),
            World.Token(raw: "\(user)/ninety-days", createdAt: World.now - 90 * World.day),
            World.Token(raw: "\(user)/almost-ninety-days", createdAt: World.now - 90 * World.day + 1),
            World.Token(raw: "\(user)/own-now", expiresAt: World.now),
            World.Token(raw: "\(user)/own-past", expiresAt: World.now - 1),
            World.Token(raw: "\(user)/own-future", createdAt: longAgo, expiresAt: World.now + 1),
            World.Token(raw: "\(user)/personal", createdAt: longAgo, kind: .personalAccess),
            World.Token(raw: "\(user)/personal-now", expiresAt: World.now, kind: .personalAccess),
            World.Token(
                raw: "\(user)/personal-future",
                createdAt: longAgo,
                expiresAt: World.now + 1,
                kind: .personalAccess
            ),
        ]
    }

    private static func allRooms() -> [World.Room] {
        var inquiries: [World.Inquiry?] = [nil]
        for agent in [nil, "a", "ab-alone"] {
            for department in [nil, "on", "off"] {
                inquiries.append(World.Inquiry(department: department, defaultAgent: agent))
            }
        }
        for status in ["ready", "taken"] {
            inquiries.append(World.Inquiry(status: status))
            inquiries.append(World.Inquiry(status: status, department: "on", defaultAgent: "a"))
        }
        var rooms: [World.Room] = []
        for open in [true, false] {
            // The room's own department lets nobody into an open room; one value shows that.
            for department in open ? [nil, "on"] : [nil, "on", "off"] {
                for served in [nil, "a", "ab-alone"] {
                    for member in served == nil && department == "on" ? [nil, "a"] : [nil] {
                        for inquiry in inquiries {
                            rooms.append(
                                World.Room(
                                    id: "room\(rooms.count)",
                                    open: open,
                                    servedBy: served,
                                    department: department,
                                    inquiry: inquiry,
                                    members: member.map { [World.Member(user: $0)] } ?? []
                                )
                            )
                        }
                    }
                }
            }
        }
        for kind in ["c", "L", "p"] {
            for open in [true, false] {
                rooms.append(
                    World.Room(
                        id: "room\(rooms.count)",
                        kind: kind,
                        open: open,
                        servedBy: "a",
                        members: [World.Member(user: "b")]
                    )
                )
            }
        }
        return rooms
    }

    private static func fewRooms() -> [World.Room] {
        [
            World.Room(id: "plain"),
            World.Room(id: "served", servedBy: "ab"),
            World.Room(id: "public", inquiry: World.Inquiry()),
            World.Room(id: "queued", inquiry: World.Inquiry(department: "on")),
            // A role in one room must not count in the join's check, which names none (C5).
            World.Room(
                id: "member",
                members: [World.Member(user: "none", roles: ["A", "B"]), World.Member(user: "b", roles: ["A"])]
            ),
            World.Room(id: "closed", open: false, department: "on"),
            World.Room(id: "closed-off", open: false, servedBy: "b", department: "off"),
            World.Room(id: "channel", kind: "c"),
        ]
    }
}

extension SmallWorld {
    /// The ways to say who is asking.
    static let credentials: [@Sendable (_ user: String) -> (userIDs: [String], tokens: [String])] = [
        { ([$0], ["\($0)/at-the-instant"]) },
        { ([$0], ["\($0)/one-ms-before"]) },
        { ([$0], ["\($0)/one-ms-after"]) },
        { ([$0], ["\($0)/ninety-days"]) },
        { ([$0], ["\($0)/almost-ninety-days"]) },
        { ([$0], ["\($0)/own-now"]) },
        { ([$0], ["\($0)/own-past"]) },
        { ([$0], ["\($0)/own-future"]) },
        { ([$0], ["\($0)/personal"]) },
        { ([$0], ["\($0)/personal-now"]) },
        { ([$0], ["\($0)/personal-future"]) },
        { ([$0], ["\($0)/wrong"]) },
        { ([$0], ["b/good", "\($0)/good"]) },
        { ([$0], [$0 == "b" ? "a/good" : "b/good"]) },
        { ([$0], ["\($0)/good "]) },
        { ([$0], ["\($0)/good\0"]) },
        { ([$0], ["\($0)/Good"]) },
        { ([$0], ["  "]) },
        { ([$0], [""]) },
        { ([$0], []) },
        { ([$0, $0], ["\($0)/good"]) },
        { ([], ["\($0)/good"]) },
        { ([""], ["\($0)/good"]) },
        { ([" \t"], ["\($0)/good"]) },
        { ([$0 + " "], ["\($0)/good"]) },
        { ([$0.uppercased()], ["\($0)/good"]) },
        { (["nobody"], ["\($0)/good"]) },
        { ([$0], ["\($0)/good"]) },
    ]

    /// The ways to name a room.
    static let queries: [@Sendable (_ room: String) -> String?] = [
        { _ in nil },
        { _ in "" },
        { "roomId=\($0)&roomId=\($0)" },
        { "roomId[]=\($0)" },
        { "roomId[x]=\($0)" },
        { "roomId%5B%5D=\($0)" },
        { "roomid=\($0)" },
        { "roomId=\($0)&other=1" },
        { "roomId[]=\($0)&other" },
        { "roomId=\($0)&roomId=\($0)&roomID=\($0)" },
        { _ in "other=1" },
        { _ in "roomId=" },
        { _ in "roomId" },
        { "roomId=\($0)%00" },
        { "roomId=\($0)%ff" },
        { "roomId=\($0)+" },
        { "roomId=+\($0)" },
        { "roomId=\($0)%" },
        { "roomId=\($0.uppercased())" },
        { "%72oomId=\($0)" },
        { "&roomId=%\(String($0.utf8.first ?? 0, radix: 16))\($0.dropFirst())&" },
        { "roomId=\($0)" },
    ]
}
