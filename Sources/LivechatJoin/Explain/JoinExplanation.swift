public import LivechatRooms
public import LivechatTokens
public import LivechatValues

/// Why a request to join is answered as it is, and what would let the user in (contract C13).
public struct JoinExplanation: Sendable {
    /// What a step came to.
    public enum Verdict: String, Sendable {
        /// Nothing stands against the request here.
        case passed
        /// The step that decided.
        case refused
        /// The step comes after the one that decided, and would have passed.
        case wouldPass
        /// The step comes after the one that decided, and would have refused too.
        case wouldRefuse
        /// There was nothing to ask: what an earlier step finds is not there, or it is only asked where nothing refuses.
        case notReached
    }

    /// One step of the decision.
    public struct Step: Sendable {
        /// Which.
        public let step: JoinStep
        /// What it came to.
        public let verdict: Verdict
        /// Why, in words; empty where the step was not reached.
        public let reason: String
    }

    /// How the user comes by `view-l-room`, or does not.
    public struct Permission: Sendable {
        /// The permission's name.
        public let name: LivechatPermissionID
        /// Whether the user holds it.
        public let isHeld: Bool
        /// The user's roles.
        public let roles: [LivechatRoleID]
        /// Those of them that are granted the permission.
        public let grantedBy: [LivechatRoleID]
        /// Those of them that are restricted to others.
        public let restrictedBy: [LivechatRoleID]
    }

    /// One rule of access.
    public struct Rule: Sendable {
        /// Which.
        public let access: RoomAccess
        /// Whether it admits.
        public let holds: Bool
        /// Why, in words.
        public let reason: String
    }

    /// Changes after which the same join is answered 200; none of them can be left out.
    ///
    /// The host's rules are not asked where an earlier step refuses, and may refuse afterwards.
    public struct Remedy: Sendable {
        /// The commands that make them: the arguments, without the program and the database.
        public let commands: [[String]]
        /// The changes in words.
        public let text: String
        /// How many other users could join this room afterwards who cannot now, counted up to 1,000.
        ///
        /// What the changes let the user do elsewhere is not counted.
        public let alsoAffects: Int
    }

    /// The user.
    public let user: LivechatUserID
    /// The room.
    public let room: LivechatRoomID
    /// The name of the profile.
    public let profile: String
    /// The moment that it is about.
    public let at: LivechatTimestamp
    /// The step that decides.
    public let decidedBy: JoinStep
    /// The answer.
    public let response: JoinResponse
    /// Every step, in the order of the profile.
    public let steps: [Step]
    /// How the user comes by `view-l-room`, or does not.
    public let permission: Permission
    /// Every rule of access; empty where there is no such user or room.
    public let access: [Rule]
    /// What would let the user in; empty when the answer is 200, or nothing would.
    ///
    /// The fewest commands come first; among those, what is about this user or who serves the room. A role opens other
    /// rooms to the user too.
    public let admits: [Remedy]
}
