public import LivechatJoin
internal import Logging

extension JoinService {
    /// A service that logs what fails and no refused login: what is measured is the decision.
    public static func quiet(_ store: any JoinStore, rules: [JoinRule] = []) -> JoinService {
        var logger = Logger(label: "livechat-join")
        logger.logLevel = .warning
        return JoinService(store: store, rules: rules, logger: logger)
    }
}
