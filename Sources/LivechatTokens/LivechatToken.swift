/// A login token as a client sends it: a secret that goes in and does not come out.
///
/// The raw token is hashed when the value is made and is not kept, so it cannot be printed, interpolated, encoded or
/// found by reflection (contract C4). The only thing to be had from it is its digest.
public struct LivechatToken: Sendable {
    /// What the token is looked up by.
    public let digest: LivechatTokenDigest

    /// Hashes a raw token.
    ///
    /// - Parameter raw: The token as the client sent it, of any length.
    public init(_ raw: borrowing String) { digest = LivechatTokenDigest(hashing: raw) }

    /// Takes a token that has been hashed already.
    package init(_ digest: LivechatTokenDigest) { self.digest = digest }
}

extension LivechatToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always "LivechatToken(secret)".
    public var description: String { "LivechatToken(secret)" }
    /// Always "LivechatToken(secret)".
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
