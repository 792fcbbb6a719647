import CTrials
import Synchronization

/// Lines from a descriptor, which it closes in the end.
final class LineReader: Sendable {
    private let descriptor: Int32
    private let state = Mutex((bytes: [UInt8](), hasEnded: false))

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { ctrials_close(descriptor) }

    /// The next line without its end, waiting for it; nil when there is none any more.
    func next() -> String? {
        state.withLock { state in
            while true {
                if let end = state.bytes.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { state.bytes.removeFirst(end + 1) }
                    return String(decoding: state.bytes[..<end], as: UTF8.self)
                }
                if state.hasEnded {
                    guard !state.bytes.isEmpty else { return nil }
                    defer { state.bytes = [] }
                    return String(decoding: state.bytes, as: UTF8.self)
                }
                var piece = [UInt8](repeating: 0, count: 4_096)
                let count = ctrials_read(descriptor, &piece, piece.count)
                if count <= 0 { state.hasEnded = true } else { state.bytes += piece[..<count] }
            }
        }
    }
}
