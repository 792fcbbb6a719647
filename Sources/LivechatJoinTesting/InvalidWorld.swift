internal import LivechatJoin

/// Something that a test told ``InMemoryJoinStore`` and that cannot be.
public struct InvalidWorld: Error, Hashable, Sendable, CustomStringConvertible {
    /// What cannot be, and why: `no user "u9"`.
    public let description: String

    static func none(_ noun: String, _ id: some Any) -> InvalidWorld {
        InvalidWorld(description: "no \(noun) \"\(id)\"; add it first")
    }

    static func twice(_ noun: String, _ id: some Any) -> InvalidWorld {
        InvalidWorld(description: "there is a \(noun) \"\(id)\" already")
    }
}

extension LivechatID {
    /// Takes an id out of a test.
    init(_ string: String, named noun: String) throws(InvalidWorld) {
        do {
            try self.init(string)
        } catch {
            throw InvalidWorld(description: "the \(noun)'s id \(error)")
        }
    }
}
