internal import LivechatFixture

/// Why an export cannot be imported, and where (contract C19); never the value of a token.
///
/// ```text
/// users.bson, byte 482113, document "QmT4bWzN7cLr2xPda": the document is damaged: export the collection again
/// ```
public struct ImportError: Error, Hashable, Sendable {
    /// The file; the folder where no file is meant.
    public let file: String
    /// Where in the file the document begins, in bytes; nil where the whole file is meant.
    public let offset: Int?
    /// The document's id, as far as it could be read.
    public let id: String?
    /// What is wrong, and what to do.
    public let message: String

    package init(_ file: String, offset: Int? = nil, id: String? = nil, _ message: String) {
        self.file = file
        self.offset = offset
        self.id = id
        self.message = message
    }
}

extension ImportError: CustomStringConvertible {
    /// The place and what is wrong there, in one line.
    public var description: String {
        var place = file
        if let offset { place += ", byte \(offset)" }
        if let id { place += ", document \(FixtureError.quoted(id))" }
        return "\(place): \(message)"
    }
}
