#if HTTP
internal import Hummingbird
internal import LivechatJoin
internal import Logging

/// The endpoint behind whatever routes to it.
struct JoinEndpoint: Sendable {
    let service: JoinService
    let options: JoinHTTPOptions

    /// What a request brings that counts, read in one pass over its head.
    struct Head {
        let target: String
        private(set) var userID = HeaderValue()
        private(set) var token = HeaderValue()
        private var requestIDs = HeaderValue()
        private(set) var headerBytes: Int

        init(_ request: Request) {
            target = request.head.path ?? ""
            // The header `Host` has been taken out of the fields.
            headerBytes = request.head.authority?.utf8.count ?? 0
            for field in request.headers {
                let value = field.value
                headerBytes += field.name.rawName.utf8.count + value.utf8.count
                // As often as it was sent: two of them are a wrong value, not the first or the last (contract C1).
                switch field.name.canonicalName {
                case Self.userIDName: userID.append(value)
                case Self.tokenName: token.append(value)
                case Self.requestIDName: requestIDs.append(value)
                default: break
                }
            }
        }

        /// The id of the request: the client's, or Hummingbird's, or else a new one.
        func requestID(_ logger: Logger) -> String {
            if let id = RequestIDs.plain(requestIDs) { return id }
            // An `Application` gives one to every request, which stands in the lines of the host's own logger.
            if let id = logger[metadataKey: "hb.request.id"] { return "\(id)" }
            var requestIDs = RequestIDs()
            return requestIDs.next()
        }

        private static let requestIDName = RequestIDs.header.lowercased()
        private static let userIDName = JoinRequest.userIDHeader.lowercased()
        private static let tokenName = JoinRequest.tokenHeader.lowercased()
    }

    /// Refuses what is too large to look at.
    ///
    /// - Returns: nil when the sizes are in bounds.
    func refusal(_ head: Head) -> JoinResponse? {
        if head.target.utf8.count > options.maximumTargetBytes { return .targetTooLong }
        if head.headerBytes > options.maximumHeaderBytes { return .headersTooLarge }
        return nil
    }

    /// Answers a GET whose sizes are in bounds.
    ///
    /// Who asks is in the headers, unless the host says it.
    func join(
        _ head: Head,
        _ credentials: JoinCredentials? = nil,
        from client: JoinClient?,
        id: String
    ) async -> JoinResponse {
        let query = RequestTarget(head.target).query
        let request =
            credentials.map { JoinRequest($0, roomID: SentValue(query: query)) }
            ?? JoinRequest(userID: head.userID, token: head.token, query: query)
        return await service.respond(to: request, from: client, id: id)
    }
}
#endif
