public import LivechatPermissions
internal import LivechatTokens
internal import LivechatValues

/// What the access rules are asked about.
///
/// ```swift
/// let served = AccessFacts(
///     room: RoomFact(isServing: true),
///     permissions: { EffectivePermissions(roles: [], grants: GrantTable(roles: [:])) },
///     queue: { QueueFact() }
/// )
/// for rule in AccessRule.all where try rule.holds(served) { print(rule.access) }  // serving
/// ```
///
/// What not every rule needs is read when one asks for it.
public struct AccessFacts {
    /// The room, and how the user stands to it.
    public let room: RoomFact
    private let readPermissions: () throws -> EffectivePermissions
    private let readQueue: () throws -> QueueFact

    /// Puts facts together.
    ///
    /// - Parameters:
    ///   - room: The room, and how the user stands to it.
    ///   - permissions: What the user may do in this room.
    ///   - queue: The department and the inquiry of the room, and how the user stands to them.
    public init(
        room: RoomFact,
        permissions: @escaping () throws -> EffectivePermissions,
        queue: @escaping () throws -> QueueFact
    ) {
        self.room = room
        readPermissions = permissions
        readQueue = queue
    }

    func holds(_ permission: LivechatPermissionID) throws -> Bool { try readPermissions().holds(permission) }

    func has(_ role: LivechatRoleID) throws -> Bool { try readPermissions().roles.contains(role) }

    func isDepartmentAgent() throws -> Bool { try readQueue().isDepartmentAgent }

    /// The inquiry if agents may look into it: the setting is on, and it is queued.
    func previewedInquiry() throws -> QueueFact.Inquiry? {
        guard room.previewsQueue, let inquiry = try readQueue().inquiry, inquiry.status == QueueFact.Inquiry.queued
        else {
            return nil
        }
        return inquiry
    }
}

/// One way into a room for a user who holds `view-l-room` (contract C6).
public struct AccessRule: Sendable {
    /// What the rule admits by.
    public let access: RoomAccess
    private let predicate: @Sendable (AccessFacts) throws -> Bool

    private init(_ access: RoomAccess, _ predicate: @escaping @Sendable (AccessFacts) throws -> Bool) {
        self.access = access
        self.predicate = predicate
    }

    /// Whether the rule admits.
    ///
    /// - Throws: What reading the facts throws.
    public func holds(_ facts: AccessFacts) throws -> Bool { try predicate(facts) }

    /// The first rule that admits.
    ///
    /// - Returns: nil when none does.
    /// - Throws: What reading the facts throws.
    public static func first(_ facts: AccessFacts) throws -> RoomAccess? {
        for rule in all where try rule.holds(facts) { return rule.access }
        return nil
    }

    /// Every rule, in the order of the contract: this is where they stand.
    public static let all: [AccessRule] = [
        AccessRule(.member) { $0.room.isMember },
        AccessRule(.permission) { try $0.holds(.viewLivechatRooms) },
        AccessRule(.serving) { $0.room.isServing },
        AccessRule(.queuedForUser) { try $0.previewedInquiry()?.isForUser == true },
        AccessRule(.queuedInDepartment) { facts in
            guard let department = try facts.previewedInquiry()?.department else { return false }
            return department.isEnabled && department.hasUser
        },
        AccessRule(.queuedInPublic) { facts in
            guard let inquiry = try facts.previewedInquiry() else { return false }
            return inquiry.department == nil
        },
        AccessRule(.queuedForManager) { try $0.previewedInquiry() != nil && $0.has(manager) },
        AccessRule(.closedByAnotherAgent) { facts in
            try !facts.room.isOpen && facts.holds(.viewRoomClosedByAnotherAgent)
        },
        AccessRule(.closedInSameDepartment) { facts in
            try !facts.room.isOpen && facts.holds(.viewRoomClosedInSameDepartment)
                && facts.isDepartmentAgent()
        },
    ]

    /// The role that previews every queued room.
    package static let manager = LivechatRoleID(stored: "livechat-manager")
}
