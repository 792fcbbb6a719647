#if PostgreSQL
internal import LivechatJoin
internal import Synchronization

/// Asks for the facts of decisions: everything that waits goes into one statement, and while one is on its way the
/// next gathers.
///
/// It keeps few connections on purpose, since starting a statement costs the server more than a question more in it.
final class Decisions: Sendable {
    private struct Question: Sendable {
        let query: JoinQuery
        let deadline: ContinuousClock.Instant
        /// Whether a connection was lost with it: it is asked once more, and only once.
        var isRepeated = false
        let answer: CheckedContinuation<Facts, any Error>
    }

    private struct Waiting {
        var questions: [Question] = []
        var idle: [Int]
        var isClosed = false
    }

    private let address: Address
    private let lines: [Line]
    private let memory: GrantMemory
    private let patience: Duration
    private let waiting: Mutex<Waiting>

    /// The most questions in one statement, and the most that wait.
    private static let (mostAtOnce, mostWaiting) = (256, 4_096)

    init(_ address: Address, lines: Int, patience: Duration, _ memory: GrantMemory) {
        self.address = address
        self.memory = memory
        self.patience = patience
        self.lines = (0..<max(1, lines)).map { _ in Line(address, .decisions(patience)) }
        waiting = Mutex(Waiting(idle: Array(self.lines.indices)))
    }

    /// Asks for the facts of one decision, from a snapshot that is taken after the call.
    ///
    /// - Throws: `LivechatStoreError` or `PostgreSQLError` when there is no answer in time.
    func facts(_ query: JoinQuery) async throws -> Facts {
        try await withCheckedThrowingContinuation { continuation in
            enqueue([Question(query: query, deadline: .now + patience, answer: continuation)])
        }
    }

    private func enqueue(_ questions: [Question]) {
        let (refusal, line) = waiting.withLock { waiting -> (LivechatStoreError?, Int?) in
            if waiting.isClosed { return (.closed(address), nil) }
            if waiting.questions.count >= Self.mostWaiting { return (.overloaded(address), nil) }
            waiting.questions += questions
            return (nil, waiting.idle.popLast())
        }
        if let refusal { for question in questions { question.answer.resume(throwing: refusal) } }
        if let line { lines[line].start { self.drain(line) } }
    }

    private func drain(_ line: Int) {
        while true {
            let batch = waiting.withLock { waiting in
                let batch = Array(waiting.questions.prefix(Self.mostAtOnce))
                waiting.questions.removeFirst(batch.count)
                if batch.isEmpty { waiting.idle.append(line) }
                return batch
            }
            if batch.isEmpty { return }
            ask(batch, lines[line])
        }
    }

    private func ask(_ batch: [Question], _ line: Line) {
        let now = ContinuousClock.now
        let late = batch.filter { $0.deadline <= now }
        for question in late { question.answer.resume(throwing: PostgreSQLError.late) }
        let batch = batch.filter { $0.deadline > now }
        // A late one must not end the connection of the others.
        guard let deadline = batch.map(\.deadline).max() else { return }
        do {
            let facts = try line.withSession(until: deadline) { [memory] session in
                let facts = try Facts.read(batch.map(\.query), session, memory, until: deadline)
                try session.requireLease(until: deadline)
                return facts
            }
            for (question, facts) in zip(batch, facts) { question.answer.resume(returning: facts) }
        } catch {
            fail(batch, line, error)
        }
    }

    private func fail(_ batch: [Question], _ line: Line, _ error: any Error) {
        let failure = error as? PostgreSQLError
        if failure?.kind != .notConnected, failure?.endsConnection == true {
            for question in batch where question.isRepeated { question.answer.resume(throwing: error) }
            let again = batch.filter { !$0.isRepeated }.map { question in
                var question = question
                question.isRepeated = true
                return question
            }
            if !again.isEmpty { enqueue(again) }
        } else if failure != nil, failure?.endsConnection == false, batch.count > 1 {
            // One of them may have spoilt it for the others.
            for question in batch { ask([question], line) }
        } else {
            for question in batch { question.answer.resume(throwing: error) }
        }
    }

    /// Asks for nothing any more, once what waits is answered.
    func close() async {
        waiting.withLock { $0.isClosed = true }
        for line in lines { await line.close() }
        // What a lost connection has left behind.
        let left = waiting.withLock { waiting in
            defer { waiting.questions = [] }
            return waiting.questions
        }
        for question in left { question.answer.resume(throwing: LivechatStoreError.closed(address)) }
    }
}

extension LivechatStoreError {
    static func overloaded(_ address: Address) -> LivechatStoreError {
        LivechatStoreError(.busy, "\(address) does not answer as fast as it is asked: too many requests wait for it")
    }
}
#endif
