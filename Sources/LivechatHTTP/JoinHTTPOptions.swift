#if HTTP
/// What a server of the endpoint takes from a client before it says no.
public struct JoinHTTPOptions: Sendable {
    /// The longest request target (path and query) in bytes; a longer one is answered 414.
    public var maximumTargetBytes = 8_192
    /// The most bytes that the names and values of all headers may have together; more is answered 431.
    public var maximumHeaderBytes = 16_384
    /// How long a connection may stay open with nothing to do, with a request that does not get on, or with answers
    /// that the client does not read. It counts only in an `Application` made here: the connections of a host's own
    /// server are the host's.
    public var idleTimeout: Duration = .seconds(60)
    /// How many connections may wait to be accepted; of more at once, some are kept waiting for a second and longer.
    /// The system has a bound of its own (on Linux `net.core.somaxconn`). It counts only in an `Application` made here.
    public var backlog = 1_024

    /// Makes the options with their defaults.
    public init() {}
}

extension JoinHTTPOptions {
    /// Where the parser itself gives up: it has to read what is to be answered 414 or 431, but not without end.
    var hardLimit: Int {
        let sum = min(max(maximumTargetBytes, 0), Self.most) + min(max(maximumHeaderBytes, 0), Self.most)
        return 2 * sum
    }

    /// As much as nobody sends: a GiB.
    private static let most = 1 << 30

    /// The most headers that the parser takes.
    static let maximumHeaderCount = 256
}
#endif
