#if !Server
/// Stands in for the server where the trait that brings it was not asked for.
@available(*, unavailable, message: "LivechatServer was built without its server; use the trait Server")
public struct JoinServer {}
#endif
