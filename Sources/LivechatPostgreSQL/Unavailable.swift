#if !PostgreSQL
/// Stands in for the store where the trait that brings it was not asked for.
@available(
    *,
    unavailable,
    message: "LivechatPostgreSQL was built without libpq; use the trait PostgreSQL of livechat-join"
)
public struct PostgreSQLJoinDatabase {}
#endif
