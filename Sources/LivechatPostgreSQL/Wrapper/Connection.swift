#if PostgreSQL
internal import CLivechatPostgreSQL
internal import Dispatch

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// An open connection; closed when the value is destroyed.
///
/// One thread at a time uses it. No call waits beyond its deadline; after one that missed it, or that lost the
/// connection, nothing more can be done with it.
@safe struct Connection: ~Copyable {
    private let handle: OpaquePointer
    /// Set by libpq's notices: a commit was not confirmed by a standby.
    private let unconfirmed: UnsafeMutablePointer<Int32>

    /// Connects; libpq bounds the time for each host by `connect_timeout`.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - first: Which of its hosts is tried first, counted from 0 and around.
    /// - Throws: `PostgreSQLError` when there is no server, or it refuses.
    init(_ address: Address, from first: Int = 0) throws(PostgreSQLError) {
        guard let handle = unsafe Self.connect(address.options(from: first)) else {
            throw PostgreSQLError(.notConnected, "there is no memory for a connection")
        }
        guard unsafe PQstatus(handle) == CONNECTION_OK, unsafe PQsetnonblocking(handle, 1) == 0 else {
            let message = unsafe Self.message(handle)
            unsafe PQfinish(handle)
            throw PostgreSQLError(.notConnected, message)
        }
        unsafe self.handle = handle
        unsafe unconfirmed = .allocate(capacity: 1)
        unsafe unconfirmed.initialize(to: 0)
        unsafe livechat_pq_watch(handle, unconfirmed)
    }

    deinit {
        unsafe PQfinish(handle)
        unsafe unconfirmed.deallocate()
    }

    private static func connect(_ options: [(name: String, value: String)]) -> OpaquePointer? {
        var names: [UnsafePointer<CChar>?] = unsafe []
        var values: [UnsafePointer<CChar>?] = unsafe []
        for option in options {
            unsafe names.append(UnsafePointer(strdup(option.name)))
            unsafe values.append(UnsafePointer(strdup(option.value)))
        }
        defer {
            for index in options.indices {
                unsafe free(UnsafeMutablePointer(mutating: names[index]))
                unsafe free(UnsafeMutablePointer(mutating: values[index]))
            }
        }
        return unsafe PQconnectdbParams(names + [nil], values + [nil], 1)
    }

    /// Whether a commit was not confirmed by a standby since this was last asked.
    func takeUnconfirmed() -> Bool {
        defer { unsafe unconfirmed.pointee = 0 }
        return unsafe unconfirmed.pointee != 0
    }

    /// Has the server break off what it does for this connection, without waiting until it has.
    func cancel() {
        guard let request = unsafe PQgetCancel(handle) else { return }
        // It is its own copy of where the server is. A host that is silent would hold the caller.
        nonisolated(unsafe) let own = unsafe request
        DispatchQueue.global().async {
            var message: [CChar] = .init(repeating: 0, count: 256)
            _ = unsafe PQcancel(own, &message, Int32(message.count))
            unsafe PQfreeCancel(own)
        }
    }

    /// Whether no transaction is open.
    var isIdle: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Prepares a statement under a name.
    func prepare(
        _ name: String,
        _ sql: String,
        _ types: [UInt32],
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLError) {
        try require(unsafe PQsendPrepare(handle, name, sql, Int32(types.count), types))
        _ = try collect(until: deadline)
    }

    /// Runs a prepared statement.
    func execute(
        _ name: String,
        _ values: [Value],
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLError) -> Rows {
        var buffer: [UInt8] = []
        // Where each value begins; nil for NULL.
        var starts: [Int?] = []
        var lengths: [Int32] = []
        for value in values {
            let start = buffer.count
            let isPresent = try value.encode(to: &buffer)
            starts.append(isPresent ? start : nil)
            lengths.append(Int32(buffer.count - start))
        }
        // An empty value needs an address too: a null pointer is NULL.
        buffer.append(0)
        let formats = [Int32](repeating: 1, count: values.count)
        let isSent = unsafe buffer.withUnsafeBytes { bytes in
            let pointers = unsafe starts.map { start -> UnsafePointer<CChar>? in
                guard let start else { return nil }
                return unsafe bytes.baseAddress.map { unsafe ($0 + start).assumingMemoryBound(to: CChar.self) }
            }
            return unsafe PQsendQueryPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1)
        }
        try require(isSent)
        return try collect(until: deadline)
    }

    /// Runs any number of statements without values, and passes over their rows.
    func run(script: String, until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
        try require(unsafe PQsendQuery(handle, script))
        _ = try collect(until: deadline)
    }

    // MARK: Waiting

    private func require(_ isSent: Int32) throws(PostgreSQLError) {
        if isSent != 1 { throw lost() }
    }

    private func lost() -> PostgreSQLError { PostgreSQLError(.lost, unsafe Self.message(handle)) }

    /// Sends what is left to be sent, and takes the results of all statements.
    ///
    /// - Returns: The rows of the last one.
    /// - Throws: `PostgreSQLError` for the first that failed.
    private func collect(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> Rows {
        while true {
            let left = unsafe PQflush(handle)
            if left < 0 { throw lost() }
            if left == 0 { break }
            // A server that sends before it reads on must not wait for us.
            if try wait(for: POLLIN | POLLOUT, until: deadline) & POLLIN != 0 { try consume() }
        }
        var failure: PostgreSQLError?
        var last: OpaquePointer?
        defer { unsafe PQclear(last) }
        while true {
            while unsafe PQisBusy(handle) == 1 {
                _ = try wait(for: POLLIN, until: deadline)
                try consume()
            }
            guard let result = unsafe PQgetResult(handle) else { break }
            unsafe PQclear(last)
            unsafe last = result
            if failure == nil { failure = unsafe Self.error(of: result) }
        }
        if let failure {
            throw unsafe PQstatus(handle) == CONNECTION_OK || failure.leavesOutcomeOpen ? failure : lost()
        }
        guard let rows = unsafe last else { throw lost() }
        unsafe last = nil
        return unsafe Rows(rows)
    }

    private func consume() throws(PostgreSQLError) {
        if unsafe PQconsumeInput(handle) != 1 { throw lost() }
    }

    /// Waits until the socket can be read or written.
    private func wait(
        for events: Int32,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLError) -> Int32 {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            if left <= .zero { throw .late }
            let milliseconds = Int32(clamping: Int64(left / .milliseconds(1))) &+ 1
            var descriptor = pollfd(fd: unsafe PQsocket(handle), events: Int16(events), revents: 0)
            let ready = unsafe poll(&descriptor, 1, Swift.min(milliseconds, 60_000))
            if ready > 0 { return Int32(descriptor.revents) }
            if ready < 0, errno != EINTR { throw lost() }
        }
    }

    // MARK: Errors

    private static func message(_ handle: OpaquePointer) -> String {
        oneLine(unsafe String(cString: PQerrorMessage(handle)))
    }

    private static func oneLine(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { line in line.drop { $0 == " " || $0 == "\t" } }
        return lines.isEmpty ? "the connection was closed" : lines.joined(separator: "; ")
    }

    /// The error that a result stands for; its detail and its context are left out, which can hold values.
    private static func error(of result: OpaquePointer) -> PostgreSQLError? {
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return nil
        default: break
        }
        func field(_ code: UInt8) -> String? {
            unsafe PQresultErrorField(result, Int32(code)).map { unsafe String(cString: $0) }
        }
        let state = field(UInt8(ascii: "C")) ?? ""
        guard let message = field(UInt8(ascii: "M")), !state.isEmpty else {
            return PostgreSQLError(.lost, oneLine(unsafe String(cString: PQresultErrorMessage(result))))
        }
        return PostgreSQLError(.refused, oneLine(message), state: state)
    }
}
#endif
