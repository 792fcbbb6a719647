#if HTTP
import Logging
import Synchronization

/// A log of the lines' messages, each with the id of its request and its error.
struct Journal: LogHandler {
    let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    final class Lines: Sendable { let all = Mutex<[String]>([]) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let request = event.metadata?["request"].map { "\($0)" } ?? "none"
        lines.all.withLock { $0.append("\(event.message) \(request) \(event.metadata?["error"] ?? "")") }
    }
}
#endif
