#if Server
internal import NIOHTTP1

/// The only `Transfer-Encoding` is `chunked`, and there is none before HTTP/1.1 (RFC 9112, section 6.1).
///
/// Where two servers disagree about where a request ends, one client's bytes become another's request. The parser
/// refuses what contradicts itself, such as two lengths; this refuses what we cannot decode.
struct FramingRule {
    private var count = 0
    private var isChunked = true

    /// Takes a value of `Transfer-Encoding`, as often as it was sent.
    mutating func take(_ value: String) {
        count += 1
        isChunked = isChunked && value.isField("chunked")
    }

    /// Whether a request of this version may be answered.
    func holds(in version: HTTPVersion) -> Bool {
        count == 0 || count == 1 && isChunked && version != .http1_0
    }
}
#endif
