#if CommandLine
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The signals that stop a server: the first one drains it, a second one ends the process at once.
enum StopSignals {
    /// Stops a group from now on.
    static func stop(_ group: ServiceGroup, _ logger: Logger) async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        Task {
            var isStopping = false
            for await signal in signals {
                // What a shell says of a process that a signal has ended.
                if isStopping { _exit(128 + signal.rawValue) }
                isStopping = true
                logger.info("stopping", metadata: ["signal": "\(signal)"])
                await group.triggerGracefulShutdown()
            }
        }
    }
}
#endif
