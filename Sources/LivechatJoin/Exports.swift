// An embedder imports LivechatJoin alone and has the values that its interface speaks of.
@_exported public import LivechatPermissions
@_exported public import LivechatRooms
@_exported public import LivechatTokens
@_exported public import LivechatValues
