internal import LivechatSQLite

extension JoinDatabase {
    /// Keeps the process running when a database that it has open is cut, by a program or a disk that has gone wrong.
    ///
    /// The database and the index of its log are mapped into memory, and the system ends a process with SIGBUS that touches
    /// what is no longer there. After this call the database answers ``DatabaseError/Code/damaged`` instead, everything
    /// from then on, until the process is started anew; its log is left alone, so nothing that was committed is lost.
    ///
    /// It sets the handler of SIGBUS of the whole process, which is why no database does it by itself: call it at the start
    /// of a program that is yours, after anything else that sets one. What has nothing to do with a database goes to the
    /// handler before it. `livechat-join` calls it.
    public static func surviveCutFiles() {
        LivechatSQLite.surviveCutFiles()
    }
}
