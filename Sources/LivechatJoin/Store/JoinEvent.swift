public import LivechatPermissions
public import LivechatTokens
public import LivechatValues

/// An entry of the event log: the outbox that the embedding backend reads, and the audit trail (contract C7, C11, C15).
public struct JoinEvent: Hashable, Sendable {
    /// Its place in the log, from 1 on; it rises without gaps and is never used twice.
    public let sequence: Int64
    /// What happened.
    public let kind: Kind
    /// When it happened.
    public let at: LivechatTimestamp
    /// The room that it is about, if it is about one; a `joined` event has one.
    public let roomID: LivechatRoomID?
    /// The user whom it is about, if it is about one; a `joined` event has one.
    public let userID: LivechatUserID?
    /// What else it says; the documentation has the keys of each kind.
    public let details: [String: Value]
    /// Who acted, where the caller has said so with ``JoinActor``.
    public let by: String?
    /// The id of the log.
    public let log: String

    /// Describes an event that a store has written.
    public init(
        sequence: Int64,
        kind: Kind,
        at: LivechatTimestamp,
        roomID: LivechatRoomID? = nil,
        userID: LivechatUserID? = nil,
        details: [String: Value] = [:],
        by: String? = nil,
        log: String
    ) {
        self.sequence = sequence
        self.kind = kind
        self.at = at
        self.roomID = roomID
        self.userID = userID
        self.details = details
        self.by = by
        self.log = log
    }

    /// The event as one line of JSON, without the line's end.
    public var json: String {
        let members: [(key: String, value: Value?)] =
            [
                ("seq", .raw("\(sequence)")), ("kind", .text(kind.rawValue)), ("at", .text(at.rfc3339)),
                ("roomId", roomID.map { .text($0.string) }), ("userId", userID.map { .text($0.string) }),
            ] + details.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            + [("by", by.map { .text($0) }), ("log", .text(log))]
        return Value.object(members)
    }
}

extension JoinEvent {
    /// What an event says under one of the keys of its kind.
    public enum Value: Hashable, Sendable {
        /// A string: an id, a name, a time.
        case text(String)
        /// A number.
        case number(Double)
        /// True or false.
        case flag(Bool)
        /// A list of strings.
        case list([String])
        /// Anything else, which this version does not write, as it stands in JSON.
        case raw(String)

        /// The string, where it is one.
        public var text: String? { if case .text(let text) = self { text } else { nil } }

        /// The value in JSON.
        package var json: String {
            switch self {
            case .text(let text): JSONString.quoted(text)
            case .number(let number) where number == number.rounded() && abs(number) < 1e15: "\(Int64(number))"
            case .number(let number): "\(number)"
            case .flag(let flag): "\(flag)"
            case .list(let texts): "[" + texts.map(JSONString.quoted).joined(separator: ",") + "]"
            case .raw(let json): json
            }
        }

        /// Members that have a value as an object in JSON.
        static func object(_ members: [(key: String, value: Value?)]) -> String {
            let members = members.compactMap { key, value in value.map { "\(JSONString.quoted(key)):\($0.json)" } }
            return "{" + members.joined(separator: ",") + "}"
        }
    }
}
