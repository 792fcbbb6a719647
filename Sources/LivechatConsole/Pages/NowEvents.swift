#if Console
internal import Hummingbird
internal import LivechatJoin
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// How many browsers follow the log.
final class ListenerCount: Sendable {
    static let most = 16

    private let count = Mutex(0)

    /// The place of one browser, which is free again with the value's end.
    final class Seat: Sendable {
        private let listeners: ListenerCount

        fileprivate init(_ listeners: ListenerCount) { self.listeners = listeners }

        deinit { listeners.count.withLock { $0 -= 1 } }
    }

    /// Makes room for one more.
    ///
    /// - Returns: nil when there is none.
    func seat() -> Seat? {
        let isFree = count.withLock { count in
            if count < Self.most { count += 1 } else { return false }
            return true
        }
        return isFree ? Seat(self) : nil
    }
}

/// The event log as server-sent events, until nobody listens or the server stops.
///
/// Each has its sequence as `id`, so `Last-Event-ID` is the cursor and a browser that comes back misses nothing.
struct EventStream: AsyncSequence, Sendable {
    let pages: ConsolePages
    let filter: EventFilter
    /// The last event that the browser has.
    let start: Int64

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        private let stream: EventStream
        private var cursor: JoinEvent.Cursor
        private var quietSince = ContinuousClock.now
        private var refusals: String?
        /// What is sent next without looking for more.
        private var ready: String? = "retry: 2000\n\n"
        private var isLost = false

        fileprivate init(_ stream: EventStream) {
            self.stream = stream
            cursor = JoinEvent.Cursor(sequence: stream.start)
        }

        /// Waits for what there is to send.
        mutating func next() async throws -> String? {
            if let text = ready.take() { return text }
            while !isLost, !Task.isCancelled, !Task.isShuttingDownGracefully {
                var text = try await newEvents()
                if let count = stream.pages.refusals {
                    let now = stream.pages.render(RefusalsView(count.recent()), "refusals")
                    if now != refusals { text += EventStream.message(now, event: "refusals") }
                    refusals = now
                }
                if text.isEmpty, .now - quietSince >= stream.pages.options.silence { text = ": nothing new\n\n" }
                if !text.isEmpty {
                    quietSince = .now
                    return text
                }
                try await Task.sleep(for: stream.pages.options.interval)
            }
            return nil
        }

        private mutating func newEvents() async throws -> String {
            let (pages, after) = (stream.pages, cursor)
            do {
                let page = try await pages.reader.ask {
                    try await pages.store.eventPage(after: after, limit: ConsolePages.mostRows, kinds: nil)
                }
                cursor = page.next
                return page.events.filter(stream.filter.admits).map { event in
                    EventStream.message(pages.render(EventView(event), "event"), id: event.sequence)
                }.joined()
            } catch let error as LivechatStoreError where error.code == .invalidCursor {
                // Another log, or one that was pruned: the page has to be read again.
                isLost = true
                return EventStream.message("", event: "lost")
            }
        }
    }

    /// A message of an event stream: its data can have several lines.
    static func message(_ data: String, event: String? = nil, id: Int64? = nil) -> String {
        let lines = data.split(whereSeparator: \.isNewline).map { "data: \($0)\n" }
        return (event.map { "event: \($0)\n" } ?? "") + (id.map { "id: \($0)\n" } ?? "")
            + (lines.isEmpty ? "data:\n" : lines.joined()) + "\n"
    }
}

extension ConsolePages {
    /// Answers with the live log.
    func events(_ query: ConsoleQuery, _ request: Request) -> Response {
        let sent = HTTPFields.Element.Name("Last-Event-ID").flatMap { request.headers[$0] } ?? query["after"]
        guard let start = sent.flatMap({ Int64($0) }), start >= 0 else {
            return .plain(.badRequest, "Say after which event: ?after=SEQ.")
        }
        if request.method == .head { return Response(status: .ok, headers: Self.eventHeaders) }
        guard let seat = listeners.seat() else {
            return .plain(.serviceUnavailable, "\(ListenerCount.most) browsers follow the log: close one of them.")
        }
        let stream = EventStream(pages: self, filter: EventFilter(query), start: start)
        let body = ResponseBody { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                for try await text in stream { try await writer.write(ByteBuffer(string: text)) }
            }
            withExtendedLifetime(seat) {}
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.eventHeaders, body: body)
    }

    private static let eventHeaders: HTTPFields = [.contentType: "text/event-stream"]
}
#endif
