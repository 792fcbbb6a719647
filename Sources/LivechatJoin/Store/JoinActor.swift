public import LivechatValues

/// Who makes changes: the event of each change says so (contract C15).
///
/// ```swift
/// try await JoinActor("mia").perform { try await database.closeRoom(room) }
/// ```
///
/// The name is the caller's own, such as that of an administrator or a program; it need not be a user of the store.
public struct JoinActor: Hashable, Sendable {
    /// The name, as events have it.
    public let name: String

    /// Takes a name.
    ///
    /// - Parameter name: 1 to 256 bytes without a NUL, as an id.
    /// - Throws: ``InvalidLivechatID`` when it is empty, longer or has a NUL byte.
    public init(_ name: String) throws(InvalidLivechatID) { self.name = try LivechatID<JoinActor>(name).string }

    /// Who acts in this task; nil where nobody was named.
    @TaskLocal package static var current: JoinActor?

    /// Makes changes in this one's name.
    ///
    /// - Parameter body: Makes the changes, in its own task or in child tasks; one that is detached acts in nobody's
    ///   name.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @discardableResult
    public func perform<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await Self.$current.withValue(self, operation: body)
    }
}
