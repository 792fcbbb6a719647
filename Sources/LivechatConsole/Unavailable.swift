#if !Console
/// Stands in for the console where the trait that brings it was not asked for.
@available(*, unavailable, message: "LivechatConsole was built without its pages; use the trait Console")
public struct JoinConsole {}
#endif
