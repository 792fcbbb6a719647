// The endpoint and the login speak of the values of the engine in every call.
@_exported public import LivechatJoin
