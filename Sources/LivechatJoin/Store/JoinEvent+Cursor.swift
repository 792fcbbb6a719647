extension JoinEvent {
    /// A place in an event log: the last event that was dealt with, and the log that it stands in.
    ///
    /// As text it is `LOG:SEQ`, such as `1f0a9c3e:7`, or `SEQ` alone where the log is not known.
    public struct Cursor: Hashable, Sendable {
        /// The id of the log, which is another one after a restore; nil is not compared.
        public let log: String?
        /// The sequence of the event; 0 stands before the first one.
        public let sequence: Int64

        /// Makes a cursor.
        ///
        /// - Parameters:
        ///   - log: The id of the log; nil when it is not known.
        ///   - sequence: The last event that was dealt with; 0 for none.
        public init(log: String? = nil, sequence: Int64) {
            self.log = log
            self.sequence = sequence
        }
    }

    /// The place of this event: what comes after it is read with this cursor.
    public var cursor: Cursor { Cursor(log: log, sequence: sequence) }
}

extension JoinEvent.Cursor: ExpressibleByIntegerLiteral {
    /// A place in whichever log there is; 0 is its beginning.
    public init(integerLiteral value: Int64) { self.init(sequence: value) }
}

extension JoinEvent.Cursor: LosslessStringConvertible {
    /// Reads a cursor as ``description`` writes it.
    ///
    /// It is nil when the text is neither `LOG:SEQ` nor `SEQ`, or the sequence is below 0.
    public init?(_ description: String) {
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let last = parts.last, let sequence = Int64(last), sequence >= 0, parts.first != ""
        else {
            return nil
        }
        self.init(log: parts.count == 2 ? String(parts[0]) : nil, sequence: sequence)
    }

    /// `LOG:SEQ`, or `SEQ` where the log is not known.
    public var description: String { (log.map { "\($0):" } ?? "") + "\(sequence)" }
}
