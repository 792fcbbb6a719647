#if !Import
/// Stands in for the export where the trait that brings it was not asked for.
@available(*, unavailable, message: "LivechatImport was built without libbson; use the trait Import of livechat-join")
public struct RocketChatExport {}
#endif
