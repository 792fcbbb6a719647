import CFloor

/// Writes the generated data as the fixture that `load` takes, all of it or a part.
package struct FixtureText {
    let world: World
    private(set) var bytes: [UInt8] = []

    init(_ world: World) { self.world = world }

    /// The parts of a large world, each small beside it; a part refers to those before it only.
    package static func parts(of world: World, size: Int = 50_000) -> [() -> [UInt8]] {
        func ranges(_ count: Int) -> [Range<Int>] {
            stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
        }
        return ranges(world.users).map { users in { FixtureText.part(world, users, false, 0..<0) } }
            + [{ FixtureText.part(world, 0..<0, true, 0..<0) }]
            + ranges(world.rooms).map { rooms in { FixtureText.part(world, 0..<0, false, rooms) } }
    }

    /// Users only, who need not be of the world.
    package static func users(_ users: Range<Int>) -> [UInt8] { part(World(0), users, false, 0..<0) }

    package static func whole(_ world: World) -> [UInt8] { part(world, 0..<world.users, true, 0..<world.rooms) }

    private static func part(_ world: World, _ users: Range<Int>, _ departments: Bool, _ rooms: Range<Int>) -> [UInt8] {
        var text = FixtureText(world)
        text.bytes.reserveCapacity(users.count * 170 + rooms.count * 200 + 100_000)
        text.add(#"{"settings":{"previewRoom":true},"users":["#)
        for user in users { text.user(Int64(user), isFirst: user == users.lowerBound) }
        text.add(#"],"departments":["#)
        if departments {
            for department in 0..<Int64(world_departments) { text.department(department) }
        }
        text.add(#"],"rooms":["#)
        for room in rooms { text.room(Int64(room), isFirst: room == rooms.lowerBound) }
        text.add("]}")
        return text.bytes
    }

    private mutating func add(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func add(_ length: Int, _ write: (UnsafeMutablePointer<CChar>) -> Void) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: length) { buffer in
            guard let start = buffer.baseAddress else { return }
            write(start)
            bytes.append(contentsOf: UnsafeRawBufferPointer(buffer))
        }
    }

    private static let idLength = Int(world_id_bytes)

    private mutating func userID(_ user: Int64) { add(Self.idLength) { world_user_id(user, $0) } }

    private mutating func user(_ user: Int64, isFirst: Bool) {
        if !isFirst { add(",") }
        add(#"{"id":""#)
        userID(user)
        add(#"","username":"user"#)
        bytes.append(contentsOf: String(user).utf8)
        add(#"","roles":[""#)
        if world_is_manager(user) {
            add("livechat-manager")
        } else if world_is_agent(user) {
            add("livechat-agent")
        } else {
            add("user")
        }
        add(#""],"tokens":[{"token":""#)
        add(Int(world_token_bytes)) { world_token(user, $0) }
        add(#""}]}"#)
    }

    private mutating func department(_ department: Int64) {
        if department > 0 { add(",") }
        add(#"{"id":""#)
        add(Self.idLength) { world_department_id(department, $0) }
        add(#"","agents":["#)
        for index in 0..<Int32(world_agents_per_department) {
            if index > 0 { add(",") }
            add(#"""#)
            userID(world_department_agent(world.c, department, index))
            add(#"""#)
        }
        add("]}")
    }

    private mutating func room(_ room: Int64, isFirst: Bool) {
        if !isFirst { add(",") }
        add(#"{"id":""#)
        add(Self.idLength) { world_room_id(room, $0) }
        add(#"","#)
        if !world_is_open(room) { add(#""open":false,"#) }
        let server = world_server(world.c, room)
        if server >= 0 {
            add(#""servedBy":""#)
            userID(server)
            add(#"","#)
        }
        let queue = world_queue(room)
        if queue >= 0 {
            add(#""departmentId":""#)
            add(Self.idLength) { world_department_id(queue, $0) }
            add(#"","inquiry":{"status":"queued","departmentId":""#)
            add(Self.idLength) { world_department_id(queue, $0) }
            add(#""},"#)
        } else if queue == -1 {
            add(#""inquiry":{"status":"queued"},"#)
        }
        add(#""members":[{"userId":""#)
        userID(world_room_member(world.c, room, 0))
        add(#""},{"userId":""#)
        userID(world_room_member(world.c, room, 1))
        add(#""}]}"#)
    }
}
