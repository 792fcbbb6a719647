public import LivechatPermissions
public import LivechatTokens
public import LivechatValues

/// A room as an embedder's own rules see it.
public struct LivechatRoom: Sendable {
    /// The room's id.
    public let id: LivechatRoomID
    /// Whether the room is open.
    public let isOpen: Bool
    /// The agent who serves it, if one does.
    public let servedBy: LivechatUserID?
    /// The department it belongs to, if it belongs to one.
    public let departmentID: LivechatDepartmentID?
    /// The visitor's token, where one is stored; it is the visitor's key to the conversation, so it is not printed.
    public let visitorToken: LivechatVisitorToken?
    /// How many members it has.
    public let membersCount: Int

    /// Describes a room.
    public init(
        id: LivechatRoomID,
        isOpen: Bool = true,
        servedBy: LivechatUserID? = nil,
        departmentID: LivechatDepartmentID? = nil,
        visitorToken: LivechatVisitorToken? = nil,
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
public enum LivechatDepartment {}

/// The id of a department.
public typealias LivechatDepartmentID = LivechatID<LivechatDepartment>

/// The token that a visitor of a room goes by; printing it gives nothing away.
///
/// ```swift
/// guard try await database.room(room)?.visitorToken == LivechatVisitorToken(sent) else { return }
/// ```
public struct LivechatVisitorToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The token itself.
    public let value: String

    /// Takes a token.
    public init(_ value: String) { self.value = value }

    /// Whether both have the same bytes; it takes as long wherever they differ.
    public static func == (one: Self, other: Self) -> Bool {
        let (bytes, others) = (one.value.utf8, other.value.utf8)
        guard bytes.count == others.count else { return false }
        return zip(bytes, others).reduce(0) { differences, pair in differences | (pair.0 ^ pair.1) } == 0
    }

    /// Hashes the text; what is equal by bytes is equal as text, so it hashes alike.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }

    /// Always "LivechatVisitorToken(secret)".
    public var description: String { "LivechatVisitorToken(secret)" }
    /// Always "LivechatVisitorToken(secret)".
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
