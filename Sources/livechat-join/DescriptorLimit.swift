#if CommandLine
import Foundation
import NIOCore

/// How many files and sockets the process may have open.
///
/// Without enough of them the system's libraries end the process before anything can be said.
enum DescriptorLimit {
    /// What every command takes.
    ///
    /// These are the standard streams, the connections of the database with their logs, and what Dispatch waits for
    /// events with. Dispatch opens more on a busy machine.
    static let ofCommand = 24

    /// What a server takes, found by trying: the standard streams, what waits for events and signals, the connections
    /// of the database with their logs, the listening socket; three for each event loop; and one client.
    static let ofServer = 27 + 3 * System.coreCount

    /// Refuses to start with fewer.
    static func require(_ needed: Int) throws(Failure) {
        let limit = sysconf(Int32(_SC_OPEN_MAX))
        guard limit >= 0, limit < needed else { return }
        throw Failure(
            "the limit of open files (RLIMIT_NOFILE) is \(limit), and this takes at least \(needed): raise it, as with "
                + "`ulimit -n 1024` or LimitNOFILE="
        )
    }
}
#endif
