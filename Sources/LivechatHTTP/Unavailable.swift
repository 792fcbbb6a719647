#if !HTTP
// Stand in for what a host looks for where the trait that brings it was not asked for.

/// Stands in for the middleware.
@available(*, unavailable, message: "LivechatHTTP was built without Hummingbird; use the trait HTTP of livechat-join")
public struct LivechatLogin<Context> {}

/// Stands in for the middleware that names answers.
@available(*, unavailable, message: "LivechatHTTP was built without Hummingbird; use the trait HTTP of livechat-join")
public struct LivechatRequestIDMiddleware<Context> {}

/// Stands in for the protocol of a context.
@available(*, unavailable, message: "LivechatHTTP was built without Hummingbird; use the trait HTTP of livechat-join")
public protocol LivechatRequestContext {}

/// Stands in for the service of events.
@available(*, unavailable, message: "LivechatHTTP was built without Hummingbird; use the trait HTTP of livechat-join")
public struct JoinEventService {}

/// Stands in for the sizes of a request.
@available(*, unavailable, message: "LivechatHTTP was built without Hummingbird; use the trait HTTP of livechat-join")
public struct JoinHTTPOptions {}
#endif
