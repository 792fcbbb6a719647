#if Import
internal import LivechatFixture
internal import LivechatJoin

/// What is known of an export once all of it has been read.
///
/// Users and rooms are read again where they are needed, so only their ids are kept, and what others say of rooms.
struct ImportPlan: Sendable {
    struct Member: Sendable {
        let room: Int32
        let user: Int32
        let joinedAt: LivechatTimestamp
        let open: Bool
        let alert: Bool
        let unread: Int32
        /// Where its roles stand; -1 where it has none.
        let roles: Int32
    }

    struct Room: Sendable {
        let isOpen: Bool
        let isLivechat: Bool
        /// When it was made, for members who do not say when they joined.
        let madeAt: LivechatTimestamp?
    }

    var settings = FixtureSettings()
    var roles: [LivechatRoleID: FixtureRole] = [:]
    var permissions: [FixturePermission] = []
    var departments: [LivechatDepartmentID: FixtureDepartment] = [:]
    /// The users who are imported, in the order of their file.
    var users: [LivechatUserID] = []
    var userIndices: [LivechatUserID: Int32] = [:]
    /// The rooms that are imported, in the order of their file.
    var rooms: [Room] = []
    var roomIndices: [LivechatRoomID: Int32] = [:]
    /// The rooms of the export that are not imported, and why.
    var otherRooms: [LivechatRoomID: String] = [:]
    var units: Set<LivechatDepartmentID> = []
    var inquiries: [Int32: (inquiry: FixtureInquiry, updatedAt: LivechatTimestamp?)] = [:]
    /// In the order of the rooms.
    var members: [Member] = []
    var memberRoles: [[LivechatRoleID]] = []
    var removed = Removed()

    /// What the server has removed, and the export does not have all the same.
    struct Removed: Sendable {
        var users: Set<LivechatUserID> = []
        var departments: Set<LivechatDepartmentID> = []
        var rooms: Set<LivechatRoomID> = []
        var agents: [(department: LivechatDepartmentID, user: LivechatUserID)] = []
        var members: [(room: LivechatRoomID, user: LivechatUserID)] = []
    }
}
#endif
