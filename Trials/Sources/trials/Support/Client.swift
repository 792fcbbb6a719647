import CTrials
import Foundation

/// What a server has answered.
struct Answer: Sendable {
    let status: Int
    /// The status line and the header fields.
    let head: String
    let body: String

    var closes: Bool { head.lowercased().contains("\r\nconnection: close") }
}

/// One connection to a server of this machine, which sends bytes as they are.
///
/// One thread uses it.
final class Client {
    private let descriptor: Int32
    private let timeout: Int32
    private var received: [UInt8] = []

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: Where the server listens.
    ///   - timeout: How long an answer may take, in milliseconds.
    ///   - isNarrow: Whether it takes very little from the server before that is read.
    /// - Throws: `TrialFailure` when the server cannot be reached.
    init(port: Int, timeout: Int = 10_000, isNarrow: Bool = false) throws {
        let connect = isNarrow ? ctrials_connect_narrow : ctrials_connect
        descriptor = connect(Int32(port), Int32(timeout))
        self.timeout = Int32(timeout)
        guard descriptor >= 0 else {
            throw TrialFailure("could not connect to port \(port): \(String(cString: strerror(errno)))")
        }
    }

    deinit { ctrials_close(descriptor) }

    /// Sends all of it; false when the server has closed the connection or does not read.
    @discardableResult
    func send(_ bytes: [UInt8], within milliseconds: Int32? = nil) -> Bool {
        ctrials_send(descriptor, bytes, bytes.count, milliseconds ?? timeout) == bytes.count
    }

    @discardableResult
    func send(_ text: String) throws -> Bool { send(Array(text.utf8)) }

    func endSending() { ctrials_end_sending(descriptor) }

    /// Sends as much as is taken at once, and returns how much that was; nil when the connection is closed.
    func offer(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes { ctrials_send(descriptor, $0.baseAddress, $0.count, 0) }
        return count < 0 ? nil : count
    }

    /// The next answer, waiting for it; nil when the server has closed the connection instead.
    ///
    /// - Throws: `TrialFailure` when there is none in time.
    func next() throws -> Answer? {
        while true {
            if let answer = takeAnswer() { return answer }
            switch receive() {
            case CTRIALS_TIMEOUT: throw TrialFailure("no answer within \(timeout) ms")
            case ...0: return nil
            default: continue
            }
        }
    }

    /// Everything until the server closes the connection; nil when it does not in time.
    func rest() -> [UInt8]? {
        while true {
            let count = receive()
            if count == CTRIALS_TIMEOUT { return nil }
            if count <= 0 { return received }
        }
    }

    private func receive() -> Int {
        var piece = [UInt8](repeating: 0, count: 8_192)
        let count = ctrials_receive(descriptor, &piece, piece.count, timeout)
        if count > 0 { received += piece[..<count] }
        return count
    }

    private func takeAnswer() -> Answer? {
        guard let end = received.firstRange(of: [13, 10, 13, 10])?.upperBound else { return nil }
        let head = String(decoding: received[..<end], as: UTF8.self)
        let length = Self.field("content-length", head).flatMap { Int($0) } ?? 0
        guard received.count >= end + length else { return nil }
        let body = String(decoding: received[end..<end + length], as: UTF8.self)
        received.removeFirst(end + length)
        let status = head.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: head, body: body)
    }

    private static func field(_ name: String, _ head: String) -> String? {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}
