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

    @Flag(help: "Write JSON lines, as the members of a room stand in a fixture.")
    var json = false

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            let members = try await database.members(of: room)
            if members.isEmpty, try await database.room(room) == nil {
                throw Failure("there is no livechat room \(JSONString.quoted(room.string))")
            }
            for member in members {
                try StandardOutput.line(json ? member.json : LogText(member.user.string).description)
            }
        }
    }
}

extension LivechatMember {
    /// The member as one stands in a fixture, on one line.
    fileprivate var json: String {
        let roles = roles.map { JSONString.quoted($0.string) }.joined(separator: ",")
        return #"{"userId":\#(JSONString.quoted(user.string)),"joinedAt":"\#(joinedAt.rfc3339)","roles":[\#(roles)]}"#
    }
}

struct RoomLeaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave",
        abstract: "End a membership, with the roles it has in the room."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @Argument(help: "The member's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            _ = try await database.leave(room, user)
        }
    }
}
#endif
