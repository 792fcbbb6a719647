#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct RoomMembersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "List the members of a room by their ids."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @OptionGroup var list: ListOptions<LivechatUser>
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            if try await database.rooms(.only(room)).isEmpty { throw LivechatStoreError.none("room", room) }
            try await list.print { page in try await database.members(of: room, page) }
        }
    }
}

extension LivechatMember: ListEntry {
    static let header = ["USER", "JOINED", "ROLES"]
    var columns: [String] { [Cell.id(user), joinedAt.rfc3339, Cell.ids(roles)] }
    /// As a member stands in a fixture.
    var json: String {
        JSONObject.text([
            "userId": JSONObject.id(user), "joinedAt": JSONObject.string(joinedAt.rfc3339),
            "roles": JSONObject.ids(roles),
        ])
    }
}

struct RoomAddMemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-member",
        abstract: "Make a user a member without a join.",
        discussion: "Nothing is decided: the user need not be allowed to join, and the room need not be open."
    )

    @OptionGroup var membership: Membership
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.addMember(membership.user, to: membership.room) }
    }
}

/// A room and a user.
struct Membership: ParsableArguments {
    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @Argument(help: "The member's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID
}

struct RoomLeaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave",
        abstract: "End a membership, with the roles it has in the room."
    )

    @OptionGroup var membership: Membership
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            _ = try await database.leave(membership.room, membership.user)
        }
    }
}
#endif
