#if CommandLine
import LivechatJoin
import LivechatPersistence
import NIOCore

/// Why a command did not do what it was asked, on one line.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        // An error from further down may bring its own line ends; here is one line.
        self.description = description.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    init(_ error: any Error) {
        self.init((error as? Failure)?.description ?? "\(error)")
    }
}
#endif
