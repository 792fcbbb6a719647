internal import CLivechatSQLite

/// Tells threads apart, so that each can come back to the connection that it used last.
package enum ThreadNumber {
    /// A number of the calling thread, from 1 on.
    package static var current: Int { Int(livechat_sqlite_thread_number()) }
}
