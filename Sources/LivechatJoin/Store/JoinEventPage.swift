/// Some events of a log, and where to read on.
public struct JoinEventPage: Sendable {
    /// The events, oldest first.
    public let events: [JoinEvent]
    /// The cursor to read on from: no event of the kinds that were asked for lies between the last one here and it.
    ///
    /// It is the end of the log where fewer events came than were asked for, so that a reader of few kinds is not held
    /// up by events of other kinds that are removed.
    public let next: JoinEvent.Cursor

    /// Describes what a store has read on one snapshot.
    ///
    /// - Parameters:
    ///   - events: The events, oldest first.
    ///   - limit: The most events that were asked for.
    ///   - end: Where the log ended.
    public init(_ events: [JoinEvent], limit: Int, end: JoinEvent.Cursor) {
        self.events = events
        guard events.count >= limit, let last = events.last else {
            next = end
            return
        }
        next = last.cursor
    }
}
