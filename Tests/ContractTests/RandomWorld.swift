@testable import Specification

/// Small worlds drawn by lot, for laws that must hold in each of them.
enum RandomWorld {
    static func world(_ seed: UInt64) -> World {
        var lot = Lot(state: seed)
        var world = World()
        let roles = ["livechat-agent", "livechat-manager", "boss", "guest", "idle"]
        let permissions = World.noGrants.keys.sorted() + ["sing"]
        world.settings.previewRoom = lot.chooses(3, of: 4)
        world.roles = roles.map { World.Role(id: $0) }
        for index in world.roles.indices where lot.chooses(1, of: 5) {
            world.roles[index].restrictedTo = lot.some(permissions, 3, of: 5)
        }
        for permission in permissions { world.permissions[permission] = lot.some(roles, 2, of: 5) }

        let users = (0..<lot.below(14)).map { "u\($0)" }
        let departments = ["d0", "d1", "d2"]
        world.users = users.map { id in
            let roles = lot.some(roles, 2, of: 5)
            return World.User(id: id, active: lot.chooses(4, of: 5), roles: roles, tokens: [])
        }
        world.departments = departments.map { id in
            World.Department(id: id, enabled: lot.chooses(2, of: 3), agents: lot.some(users, 1, of: 3))
        }
        world.rooms = (0..<lot.below(14)).map { number in
            var room = World.Room(id: "r\(number)")
            if lot.chooses(1, of: 10) { room.kind = "d" }
            room.open = lot.chooses(4, of: 5)
            if lot.chooses(1, of: 3) { room.servedBy = lot.one(users) }
            if lot.chooses(1, of: 3) { room.department = lot.one(departments) }
            if lot.chooses(1, of: 2) {
                var inquiry = World.Inquiry()
                if lot.chooses(1, of: 5) { inquiry.status = "taken" }
                if lot.chooses(2, of: 3) { inquiry.department = lot.one(departments) }
                if lot.chooses(1, of: 3) { inquiry.defaultAgent = lot.one(users) }
                room.inquiry = inquiry
            }
            room.members = lot.some(users, 1, of: 6).map { World.Member(user: $0, roles: lot.some(roles, 1, of: 4)) }
            return room
        }
        return world
    }

    /// Numbers that a seed gives again.
    private struct Lot {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((bits ^ (bits >> 31)) % UInt64(bound))
        }

        mutating func chooses(_ part: Int, of whole: Int) -> Bool { below(whole) < part }

        mutating func one(_ all: [String]) -> String? { all.isEmpty ? nil : all[below(all.count)] }

        mutating func some(_ all: [String], _ part: Int, of whole: Int) -> [String] {
            var chosen: [String] = []
            for one in all where chooses(part, of: whole) { chosen.append(one) }
            return chosen
        }
    }
}
