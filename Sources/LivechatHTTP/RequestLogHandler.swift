#if HTTP
internal import Logging

/// Keeps a request's metadata as it is, and passes it on with each message.
///
/// Hummingbird names every request to its logger, and the usual handler puts that into words at once, for requests of
/// which nothing is ever logged too.
struct RequestLogHandler: LogHandler {
    private var logger: Logger
    var metadata: Logger.Metadata = [:]

    init(_ logger: Logger) { self.logger = logger }

    var logLevel: Logger.Level {
        get { logger.logLevel }
        set { logger.logLevel = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { logger.handler.metadataProvider }
        set { logger.handler.metadataProvider = newValue }
    }

    /// What the logger was given itself can be read, and stays with it.
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] ?? logger[metadataKey: key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var event = event
        event.metadata = metadata.merging(event.metadata ?? [:]) { $1 }
        logger.handler.log(event: event)
    }
}

extension Logger {
    /// The same logger for a server, which tells it of each request.
    var forRequests: Logger {
        let logger = self
        return Logger(label: label) { _ in RequestLogHandler(logger) }
    }
}
#endif
