#if Server
internal import LivechatJoin

/// How large a request may be: the target (414), the names and values of all headers (431), the body (413).
struct SizeRule: Sendable {
    let targetBytes: Int
    let headerBytes: Int
    let bodyBytes: Int

    /// The most headers that the parser takes, trailers included.
    static let headerCount = 256

    /// Where the parser itself gives up: not where a head is still in bounds, and never in the first piece of one.
    var parserBytes: Int {
        min(max(targetBytes, 0), Self.most) + min(max(headerBytes, 0), Self.most) + HeadLimit.readBytes
    }

    /// As much as nobody sends: a GiB.
    private static let most = 1 << 30

    /// Refuses a head that is too large.
    ///
    /// - Returns: nil when it is in bounds.
    func refusal(_ head: RequestHead) -> JoinResponse? {
        if head.target.utf8.count > targetBytes { return .targetTooLong }
        if head.headerBytes > headerBytes { return .headersTooLarge }
        return nil
    }
}
#endif
