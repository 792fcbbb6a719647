public import LivechatPermissions
public import LivechatTokens
public import LivechatValues

/// A room as an embedder's own rules see it.
public struct Room: Sendable {
    /// The room's id.
    public let id: RoomID
    /// Whether the room is open.
    public let isOpen: Bool
    /// The agent who serves it, if one does.
    public let servedBy: UserID?
    /// The department it belongs to, if it belongs to one.
    public let departmentID: DepartmentID?
    /// The visitor's token, where one is stored; it is the visitor's key to the conversation, so it is not printed.
    public let visitorToken: VisitorToken?
    /// How many members it has.
    public let membersCount: Int

    /// Describes a room.
    public init(
        id: RoomID,
        isOpen: Bool = true,
        servedBy: UserID? = nil,
        departmentID: DepartmentID? = nil,
        visitorToken: VisitorToken? = nil,
        membersCount: Int = 0
    ) {
        self.id = id
        self.isOpen = isOpen
        self.servedBy = servedBy
        self.departmentID = departmentID
        self.visitorToken = visitorToken
        self.membersCount = membersCount
    }

    /// The only kind of room that is a livechat room (contract C8).
    public static let livechatKind = "l"
}

/// A group of agents.
public enum Department {}

/// The id of a department.
public typealias DepartmentID = Identifier<Department>

/// The token that a visitor of a room goes by; printing it gives nothing away.
public struct VisitorToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The token itself, for the embedder's own comparison.
    public let value: String

    /// Takes a token.
    public init(_ value: String) { self.value = value }

    /// Always "VisitorToken(secret)".
    public var description: String { "VisitorToken(secret)" }
    /// Always "VisitorToken(secret)".
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
