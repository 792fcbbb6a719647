internal import CLivechatSQLite

extension Connection {
    /// Has this connection, and no other, run the triggers of the schema and hold it to its foreign keys, or leave both to
    /// the caller.
    package func enforceRules(_ enforce: Bool) throws(SQLiteError) {
        for rule in [SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_FKEY] {
            let code = unsafe livechat_sqlite_set_option(handle, rule, enforce ? 1 : 0)
            guard code == SQLITE_OK else { throw unsafe SQLiteError(code, on: handle) }
        }
    }
}
