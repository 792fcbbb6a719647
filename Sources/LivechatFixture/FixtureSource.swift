/// A fixture that is no document: what another program has exported, as the elements that come of it.
public struct FixtureSource: Sendable {
    /// What the other program has in all, where it has said so.
    package struct Whole: Sendable {
        package let has: @Sendable (FixtureKind, _ id: String) -> Bool
        package let hasRoom: @Sendable (_ id: String, _ kind: String) -> Bool

        package init(
            has: @escaping @Sendable (FixtureKind, _ id: String) -> Bool,
            hasRoom: @escaping @Sendable (_ id: String, _ kind: String) -> Bool
        ) {
            self.has = has
            self.hasRoom = hasRoom
        }
    }

    package let reader: FixtureReader
    /// What the other program has in all: what it does not have is removed.
    ///
    /// Without it nothing is removed, and the lists that the other program keeps apart from their owner, a department's
    /// agents and a room's members, are added to.
    package let whole: Whole?

    /// - Parameters:
    ///   - whole: What the other program has in all; nil where it has said a part.
    ///   - elements: Hands over all elements in the order of a document, the same each time that it is called.
    package init(
        whole: Whole?,
        elements: @escaping @Sendable (_ visit: (FixtureElement) throws -> Void) throws -> Void
    ) {
        self.whole = whole
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
