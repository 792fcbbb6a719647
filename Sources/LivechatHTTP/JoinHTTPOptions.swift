#if HTTP
/// How large a request may be.
///
/// ```swift
/// var options = JoinHTTPOptions()
/// options.maximumHeaderBytes = 8_192
/// router.addLivechatJoin(service, options: options)
/// ```
public struct JoinHTTPOptions: Sendable {
    /// The longest request target (path and query) in bytes; a longer one is answered 414.
    public var maximumTargetBytes = 8_192
    /// The most bytes that the names and values of all headers may have together; more is answered 431.
    public var maximumHeaderBytes = 16_384

    /// Makes the options with their defaults.
    public init() {}
}
#endif
