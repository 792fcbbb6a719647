package import LivechatJoin

/// A fixture that is no document: what another program has exported, as the elements that come of it.
public struct FixtureSource: Sendable {
    /// What the other program no longer has, to be removed behind the load.
    package struct Removal: Sendable {
        /// Whether a user, a department or the grants of a permission stay; roles always do.
        package let keeps: @Sendable (FixtureKind, _ id: String) -> Bool
        package let keepsRoom: @Sendable (_ id: String, _ kind: String) -> Bool
        package let agents: [(department: LivechatDepartmentID, user: LivechatUserID)]
        package let members: [(room: LivechatRoomID, user: LivechatUserID)]

        package init(
            keeps: @escaping @Sendable (FixtureKind, _ id: String) -> Bool,
            keepsRoom: @escaping @Sendable (_ id: String, _ kind: String) -> Bool,
            agents: [(department: LivechatDepartmentID, user: LivechatUserID)],
            members: [(room: LivechatRoomID, user: LivechatUserID)]
        ) {
            self.keeps = keeps
            self.keepsRoom = keepsRoom
            self.agents = agents
            self.members = members
        }
    }

    package let reader: FixtureReader
    /// Whether the elements are all that the other program has.
    ///
    /// Where they are a part, the lists that it keeps apart from their owner, a department's agents and a room's
    /// members, are added to.
    package let isWhole: Bool
    /// What is to be removed; nil where nothing is.
    package let removal: Removal?

    /// - Parameters:
    ///   - isWhole: Whether the elements are all that the other program has.
    ///   - removal: What is to be removed; nil where nothing is.
    ///   - elements: Hands over all elements in the order of a document, the same each time that it is called.
    package init(
        isWhole: Bool,
        removal: Removal?,
        elements: @escaping @Sendable (_ visit: (FixtureElement) throws -> Void) throws -> Void
    ) {
        self.isWhole = isWhole
        self.removal = removal
        reader = FixtureReader(elements: elements)
    }

    /// Writes the elements as a document (contract C12).
    ///
    /// - Parameter sink: Takes the document in pieces of some 64 KiB.
    /// - Throws: What the source or `sink` throws.
    public func write(to sink: @escaping ([UInt8]) throws -> Void) throws {
        var writer = FixtureWriter(to: sink)
        try reader.read { element, _ in try writer.write(element) }
        try writer.finish()
    }
}
