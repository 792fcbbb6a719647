import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@testable import Specification
@testable import WorldTesting

/// Who may enter and where, in worlds drawn by lot (contract C14).
@Suite("Who and where", .serialized)
struct WhoTests {
    private static let seeds = Array(UInt64(1)...24)

    @Test("On SQLite they are what a dry run and the contract's own function say", arguments: seeds)
    func onSQLite(_ seed: UInt64) async throws {
        let world = RandomWorld.world(seed)
        try await Engine.with(world) { engine in
            try await Law(world, engine.database, seed).hold()
        }
    }

    @Test("In memory as well", arguments: seeds)
    func inMemory(_ seed: UInt64) async throws {
        var world = RandomWorld.world(seed)
        // A store in memory has no inquiries but queued ones.
        for index in world.rooms.indices where world.rooms[index].inquiry?.status != "queued" {
            world.rooms[index].inquiry = nil
        }
        let store = InMemoryJoinStore(clock: fixedClock)
        try await world.fill(store)
        try await Law(world, store, seed).hold()
    }

    @Test("A room and a user that do not exist are errors, and so is a room of another kind")
    func unknown() async throws {
        var world = RandomWorld.world(1)
        world.rooms = [World.Room(id: "direct", kind: "d")]
        try await Engine.with(world) { engine in
            let store = InMemoryJoinStore(clock: fixedClock)
            try await world.fill(store)
            for service in [engine.service(), JoinService(store: store)] {
                for room: LivechatRoomID in ["nowhere", "direct"] {
                    let error = await #expect(throws: LivechatStoreError.self) { _ = try await service.who(room: room) }
                    #expect(error?.code == .notFound)
                    #expect(error?.description == #"there is no livechat room "\#(room)""#)
                }
                let error = await #expect(throws: LivechatStoreError.self) {
                    _ = try await service.where(user: "nobody")
                }
                #expect(error?.code == .notFound)
                #expect(error?.description == #"there is no user "nobody""#)
                #expect(try await service.holders(of: "no-such-permission").isEmpty)
            }
        }
    }

    @Test("A store of the host's own says that it does not list who may enter")
    func otherStore() async throws {
        let service = JoinService(store: InterposedJoinStore(InMemoryJoinStore()))
        let error = await #expect(throws: LivechatStoreError.self) { _ = try await service.who(room: "r1") }
        #expect(error?.description.hasPrefix("this store decides and does not list who may enter") == true)
    }
}

/// Compares the lists of one store with a dry run for each pair.
private struct Law {
    private let world: World
    private let store: any JoinStore
    private let decider: Decider
    private let seed: UInt64

    init(_ world: World, _ store: any JoinStore, _ seed: UInt64) {
        self.world = world
        self.store = store
        self.seed = seed
        decider = Decider(world)
    }

    func hold() async throws {
        for profile in JoinProfile.all {
            let service = JoinService(store: store, profile: profile, clock: fixedClock)
            let dry = JoinService(store: DryRunStore(store), profile: profile, clock: fixedClock)
            var rooms: [String: [LivechatAdmitted<LivechatRoomID>]] = [:]
            for room in world.rooms.sorted(by: { $0.id < $1.id }) where room.kind == "l" {
                let id = try LivechatRoomID(room.id)
                var users: [LivechatAdmitted<LivechatUserID>] = []
                for user in world.users.sorted(by: { $0.id < $1.id }) {
                    let userID = try LivechatUserID(user.id)
                    let outcome = try await dry.join(JoinRequest(.verified(userID), roomID: .value(id)))
                    let access: RoomAccess? =
                        switch outcome {
                        case .joined(let access): access
                        case .alreadyMember: .member
                        case .refused: nil
                        }
                    let isIn = user.active && room.open && decider.holds("view-l-room", user)
                    let expected = isIn ? decider.whyAdmitted(user, room) : nil
                    #expect(access.map(Decider.Why.init) == expected, "\(user.id) in \(room.id), seed \(seed)")
                    guard let access else { continue }
                    users.append(LivechatAdmitted(id: userID, access: access))
                    rooms[user.id, default: []].append(LivechatAdmitted(id: id, access: access))
                }
                try await expect(users, "who \(room.id)", profile) { try await service.who(room: id, $0) }
            }
            for user in world.users {
                let (id, rooms) = (try LivechatUserID(user.id), rooms[user.id] ?? [])
                try await expect(rooms, "where \(user.id)", profile) { try await service.where(user: id, $0) }
            }
        }
        try await holdersHold(JoinService(store: store, clock: fixedClock))
    }

    private func holdersHold(_ service: JoinService) async throws {
        let rooms = try [nil] + world.rooms.map { try LivechatRoomID($0.id) }
        for permission in try ["view-l-room", "view-livechat-rooms", "sing"].map({ try LivechatPermissionID($0) }) {
            for room in rooms {
                var holders: [LivechatHolder] = []
                for user in world.users.sorted(by: { $0.id < $1.id }) {
                    let id = try LivechatUserID(user.id)
                    let permissions = try await service.permissions(of: id, in: room)
                    guard permissions.holds(permission) else { continue }
                    let member = world.rooms.first { $0.id == room?.string }?.members.first { $0.user == user.id }
                    let roles = Set(user.roles + (member?.roles ?? []))
                    let granted = roles.intersection(world.permissions[permission.string] ?? [])
                    holders.append(LivechatHolder(id: id, roles: try granted.map { try LivechatRoleID($0) }.sorted()))
                }
                let subject = "\(permission) in \(room?.string ?? "none")"
                try await expect(holders, subject, room == nil ? .documented : .rocketChat7) { page in
                    try await service.holders(of: permission, in: room, page)
                }
            }
        }
    }

    /// Expects a list, in the documented profile at every page size and each entry alone as well.
    private func expect<Element: Identifiable & Hashable & Sendable>(
        _ expected: [Element],
        _ subject: String,
        _ profile: JoinProfile,
        _ read: @escaping LivechatList<Element>.Reader
    ) async throws {
        let all = try await read(.all)
        #expect(all == expected, "\(subject), \(profile.name), seed \(seed)")
        guard profile.name == JoinProfile.documented.name else { return }
        for size in 1...expected.count + 1 {
            var found: [Element] = []
            for try await element in LivechatList(pageSize: size, read) { found.append(element) }
            #expect(found == expected, "\(subject) in pages of \(size), seed \(seed)")
        }
        for element in expected {
            let alone = try await read(.only(element.id))
            #expect(alone == [element], "\(subject), seed \(seed)")
        }
        let none = try await read(.first(0))
        #expect(none == [])
    }
}

extension World {
    /// Puts the world into a store that has no fixture, call by call.
    fileprivate func fill(_ store: some JoinAdministration) async throws {
        try await store.setPreviewRoom(settings.previewRoom == true)
        for permission in permissions.keys { try await store.addPermission(LivechatPermissionID(permission)) }
        for role in roles {
            let restriction = try Set((role.restrictedTo ?? []).map { try LivechatPermissionID($0) })
            try await store.addRole(LivechatRole(id: LivechatRoleID(role.id), restrictedTo: restriction))
        }
        for (permission, roles) in permissions {
            try await store.grant(LivechatPermissionID(permission), to: roles.map { try LivechatRoleID($0) })
        }
        for user in users {
            let roles = try user.roles.map { try LivechatRoleID($0) }
            try await store.addUser(LivechatUser(id: LivechatUserID(user.id), isActive: user.active), roles: roles)
        }
        for department in departments {
            try await store.addDepartment(
                LivechatDepartmentID(department.id),
                isEnabled: department.enabled,
                agents: department.agents.map { try LivechatUserID($0) }
            )
        }
        for room in rooms { try await add(room, to: store) }
    }

    private func add(_ room: Room, to store: some JoinAdministration) async throws {
        let id = try LivechatRoomID(room.id)
        try await store.addRoom(
            LivechatRoom(
                id: id,
                isOpen: room.open,
                servedBy: room.servedBy.map { try LivechatUserID($0) },
                departmentID: room.department.map { try LivechatDepartmentID($0) }
            ),
            kind: room.kind
        )
        if let inquiry = room.inquiry {
            try await store.queue(
                id,
                department: inquiry.department.map { try LivechatDepartmentID($0) },
                defaultAgent: inquiry.defaultAgent.map { try LivechatUserID($0) }
            )
        }
        for member in room.members {
            let user = try LivechatUserID(member.user)
            try await store.addMember(user, to: id)
            for role in member.roles { try await store.assign(LivechatRoleID(role), to: user, in: id) }
        }
    }
}
