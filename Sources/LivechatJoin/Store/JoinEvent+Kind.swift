extension JoinEvent {
    /// What happened; a struct, so that a kind of a later version is read and passed on.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The kind as the log has it.
        public let rawValue: String

        /// Takes a kind as the log has it.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The kind as the log has it.
        public var description: String { rawValue }

        /// A user became a member of a room by a join.
        public static let joined = Kind(rawValue: "joined")

        /// A user was added.
        public static let userAdded = Kind(rawValue: "userAdded")
        /// A user may log in again.
        public static let userActivated = Kind(rawValue: "userActivated")
        /// A user may not log in any more.
        public static let userDeactivated = Kind(rawValue: "userDeactivated")
        /// A user has another name, or none.
        public static let usernameSet = Kind(rawValue: "usernameSet")
        /// A user was removed, with all that belonged to them.
        public static let userRemoved = Kind(rawValue: "userRemoved")
        /// A user was given a role, everywhere or in one room.
        public static let roleAssigned = Kind(rawValue: "roleAssigned")
        /// A role was taken from a user, everywhere or in one room.
        public static let roleWithdrawn = Kind(rawValue: "roleWithdrawn")

        /// A token of a user was stored, or another expiry, time or purpose of it.
        public static let tokenIssued = Kind(rawValue: "tokenIssued")
        /// A token of a user was revoked.
        public static let tokenRevoked = Kind(rawValue: "tokenRevoked")
        /// Every token of a user was revoked.
        public static let tokensRevoked = Kind(rawValue: "tokensRevoked")

        /// A role was added.
        public static let roleAdded = Kind(rawValue: "roleAdded")
        /// A role is meant to be assigned elsewhere.
        public static let roleScopeSet = Kind(rawValue: "roleScopeSet")
        /// A role has another description, or none.
        public static let roleDescriptionSet = Kind(rawValue: "roleDescriptionSet")
        /// A role's holders can have these permissions only.
        public static let roleRestricted = Kind(rawValue: "roleRestricted")
        /// A role restricts its holders no longer.
        public static let roleUnrestricted = Kind(rawValue: "roleUnrestricted")
        /// A role was removed, from those who held it too.
        public static let roleRemoved = Kind(rawValue: "roleRemoved")
        /// A permission was added.
        public static let permissionAdded = Kind(rawValue: "permissionAdded")
        /// A role was granted a permission.
        public static let permissionGranted = Kind(rawValue: "permissionGranted")
        /// A permission was taken from a role.
        public static let permissionRevoked = Kind(rawValue: "permissionRevoked")
        /// A permission was removed, with its grants.
        public static let permissionRemoved = Kind(rawValue: "permissionRemoved")

        /// A department was added.
        public static let departmentAdded = Kind(rawValue: "departmentAdded")
        /// A department's queue is open to its agents.
        public static let departmentEnabled = Kind(rawValue: "departmentEnabled")
        /// A department's queue is closed to its agents.
        public static let departmentDisabled = Kind(rawValue: "departmentDisabled")
        /// A user is an agent of a department.
        public static let agentAdded = Kind(rawValue: "agentAdded")
        /// A user is no longer an agent of a department.
        public static let agentRemoved = Kind(rawValue: "agentRemoved")
        /// A department was removed, with its agents.
        public static let departmentRemoved = Kind(rawValue: "departmentRemoved")

        /// A room was added.
        public static let roomAdded = Kind(rawValue: "roomAdded")
        /// A room belongs to another department, or to none.
        public static let roomDepartmentSet = Kind(rawValue: "roomDepartmentSet")
        /// A room was opened.
        public static let roomOpened = Kind(rawValue: "roomOpened")
        /// A room was closed.
        public static let roomClosed = Kind(rawValue: "roomClosed")
        /// A user serves a room.
        public static let roomServed = Kind(rawValue: "roomServed")
        /// Nobody serves a room any more.
        public static let roomUnserved = Kind(rawValue: "roomUnserved")
        /// A room's inquiry was queued.
        public static let roomQueued = Kind(rawValue: "roomQueued")
        /// A room's inquiry was taken away.
        public static let roomDequeued = Kind(rawValue: "roomDequeued")
        /// A user became a member of a room without a join.
        public static let memberAdded = Kind(rawValue: "memberAdded")
        /// A user is no member of a room any more.
        public static let memberLeft = Kind(rawValue: "memberLeft")
        /// A room was removed, with its members and its inquiry.
        public static let roomRemoved = Kind(rawValue: "roomRemoved")

        /// Agents may look into queued rooms from now on, or may not.
        public static let previewRoomSet = Kind(rawValue: "previewRoomSet")
        /// A login lives for another time.
        public static let loginExpirationSet = Kind(rawValue: "loginExpirationSet")

        /// A fixture was loaded.
        public static let loaded = Kind(rawValue: "loaded")
        /// The oldest events were removed.
        public static let eventsPruned = Kind(rawValue: "eventsPruned")
        /// The log was given a new id.
        public static let newEventLogStarted = Kind(rawValue: "newEventLogStarted")

        /// Every kind that this version writes, in the order of the documentation.
        package static let all: [Kind] = [
            joined, userAdded, userActivated, userDeactivated, usernameSet, userRemoved, roleAssigned, roleWithdrawn,
            tokenIssued, tokenRevoked, tokensRevoked, roleAdded, roleScopeSet, roleDescriptionSet, roleRestricted,
            roleUnrestricted, roleRemoved, permissionAdded, permissionGranted, permissionRevoked, permissionRemoved,
            departmentAdded, departmentEnabled, departmentDisabled, agentAdded, agentRemoved, departmentRemoved,
            roomAdded, roomDepartmentSet, roomOpened, roomClosed, roomServed, roomUnserved, roomQueued, roomDequeued,
            memberAdded, memberLeft, roomRemoved, previewRoomSet, loginExpirationSet, loaded, eventsPruned,
            newEventLogStarted,
        ]
    }
}
