#if CommandLine
import Logging

extension Logger {
    /// For a command whose failure is the one line that it ends with.
    static let silent = Logger(label: "livechat-join") { _ in SwiftLogNoOpLogHandler() }
}
#endif
