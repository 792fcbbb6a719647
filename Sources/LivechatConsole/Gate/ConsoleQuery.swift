#if Console
internal import LivechatJoin

/// The parameters of a page, decoded once; of one that is repeated the last counts.
struct ConsoleQuery: Sendable {
    private var values: [String: String] = [:]

    /// Takes what follows the question mark, still encoded.
    init(_ query: Substring?) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[Self.decoded(parts[0])] = parts.count == 2 ? Self.decoded(parts[1]) : ""
        }
    }

    /// The value of a parameter; nil where it is not there, or empty, as a form sends what was not filled in.
    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    private static func decoded(_ text: Substring) -> String {
        String(decoding: text.utf8.span.percentDecoded(), as: UTF8.self)
    }
}

/// Addresses of the console's own pages.
enum Link {
    static func why(_ user: String?, _ room: String?, profile: String? = nil) -> String {
        path("/", [("user", user), ("room", room), ("profile", profile)])
    }

    static func now(room: String? = nil, user: String? = nil, before: Int64? = nil) -> String {
        path("/now", [("room", room), ("user", user), ("before", before.map { "\($0)" })])
    }

    static func room(_ id: LivechatRoomID, after: String? = nil) -> String {
        path("/room", [("id", id.string), ("after", after)])
    }

    static func user(_ id: LivechatUserID, after: String? = nil) -> String {
        path("/user", [("id", id.string), ("after", after)])
    }

    /// A page with those parameters that have a value.
    static func path(_ path: String, _ parameters: [(name: String, value: String?)]) -> String {
        let query = parameters.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            if byte.isUnreserved { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
#endif
