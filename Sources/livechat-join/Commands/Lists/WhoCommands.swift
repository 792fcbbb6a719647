#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct WhoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who",
        abstract: "List the users who could join a room.",
        discussion: """
            Each active user whom a join would answer 200 if they are logged in, with the first rule that admits. \
            `explain` says why somebody is not among them.
            """
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The room's id.", valueName: "id"),
        transform: LivechatRoomID.argument
    )
    var room: LivechatRoomID

    @OptionGroup var list: ListOptions<LivechatUser>
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            let service = JoinService(store: database)
            try await list.print { page in try await service.who(room: room, page).map(AdmittedUser.init) }
        }
    }
}

struct WhereCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "where",
        abstract: "List the rooms that a user could join.",
        discussion: """
            The rooms that a join would answer with 200 if the user is logged in, each with the first rule that \
            admits. A user who is not active has none.
            """
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The user's id.", valueName: "id"),
        transform: LivechatUserID.argument
    )
    var user: LivechatUserID

    @OptionGroup var list: ListOptions<LivechatRoomEntity>
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            let service = JoinService(store: database)
            try await list.print { page in try await service.where(user: user, page).map(AdmittingRoom.init) }
        }
    }
}

struct PermissionWhoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who",
        abstract: "List the users who hold a permission, and through which roles.",
        discussion: """
            Active or not. Roles that were given in a room count only with --room, as in a check that names the room; \
            the join's own check names none.
            """
    )

    @Argument(help: "The permission's id.", transform: LivechatPermissionID.argument)
    var permission: LivechatPermissionID

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The room that the check names.", valueName: "id"),
        transform: LivechatRoomID.argument
    )
    var room: LivechatRoomID?

    @OptionGroup var list: ListOptions<LivechatUser>
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            if try await database.permissions(.only(permission)).isEmpty {
                throw LivechatStoreError.none("permission", permission)
            }
            if let room, try await database.rooms(.only(room)).isEmpty { throw LivechatStoreError.none("room", room) }
            let service = JoinService(store: database)
            try await list.print { page in try await service.holders(of: permission, in: room, page) }
        }
    }
}

/// A user who could join a room.
private struct AdmittedUser: ListEntry {
    let id: LivechatUserID
    let access: RoomAccess

    init(_ admitted: LivechatAdmitted<LivechatUserID>) { (id, access) = (admitted.id, admitted.access) }

    static let header = ["USER", "ACCESS"]
    var columns: [String] { [Cell.id(id), access.rawValue] }
    var json: String {
        JSONObject.text(["userId": JSONObject.id(id), "access": JSONObject.string(access.rawValue)])
    }
}

/// A room that a user could join.
private struct AdmittingRoom: ListEntry {
    let id: LivechatRoomID
    let access: RoomAccess

    init(_ admitted: LivechatAdmitted<LivechatRoomID>) { (id, access) = (admitted.id, admitted.access) }

    static let header = ["ROOM", "ACCESS"]
    var columns: [String] { [Cell.id(id), access.rawValue] }
    var json: String {
        JSONObject.text(["roomId": JSONObject.id(id), "access": JSONObject.string(access.rawValue)])
    }
}

extension LivechatHolder: ListEntry {
    static let header = ["USER", "ROLES"]
    var columns: [String] { [Cell.id(id), Cell.ids(roles)] }
    var json: String { JSONObject.text(["userId": JSONObject.id(id), "roles": JSONObject.ids(roles)]) }
}
#endif
