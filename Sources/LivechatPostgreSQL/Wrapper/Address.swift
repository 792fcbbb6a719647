#if PostgreSQL
internal import CLivechatPostgreSQL
internal import LivechatJoin

/// Where a database is, as `postgres://USER@HOST:PORT/DATABASE?…` or in any other form that libpq reads.
struct Address: Sendable, CustomStringConvertible {
    /// The connection string; it may hold a password.
    private let string: String
    /// The hosts, their addresses and their ports, where there are several.
    private let hosts: [(name: String, values: [Substring])]
    /// The address without its password and parameters, for people.
    let description: String

    /// Reads a connection string.
    ///
    /// - Throws: `LivechatStoreError` when libpq cannot read it; the error does not repeat it, since a password may
    ///   stand in it.
    init(_ string: String) throws(LivechatStoreError) {
        guard !string.utf8.contains(0), let parts = Self.parts(of: string) else {
            throw LivechatStoreError(
                .storage,
                "the connection string cannot be read: write postgres://USER@HOST:PORT/DATABASE, with %-escapes for "
                    + "special characters"
            )
        }
        self.string = string
        let lists = ["host", "hostaddr", "port"].map { name in
            (name: name, values: parts[name, default: ""].split(separator: ",", omittingEmptySubsequences: false))
        }
        hosts = lists.filter { $0.values.count > 1 }
        let host = parts["host"] ?? parts["hostaddr"] ?? ""
        let user = parts["user"].map { "\($0)@" } ?? ""
        let port = parts["port"].map { ":\($0)" } ?? ""
        description = "postgres://\(user)\(host)\(port)/\(parts["dbname"] ?? "")"
    }

    /// The options of a connection; what the string says beats what stands before it, and UTF-8 beats the string.
    ///
    /// - Parameter first: Which host is tried first, counted from 0 and around.
    /// - Returns: Their names and values, for libpq.
    func options(from first: Int) -> [(name: String, value: String)] {
        let turned = hosts.map { list in
            let first = first % list.values.count
            return (list.name, (list.values[first...] + list.values[..<first]).joined(separator: ","))
        }
        return [
            ("target_session_attrs", "read-write"), ("connect_timeout", "2"), ("keepalives_idle", "10"),
            ("tcp_user_timeout", "5000"), ("fallback_application_name", "livechat-join"), ("dbname", string),
            ("client_encoding", "UTF8"),
        ] + turned
    }

    /// The options that a connection string gives; nil where libpq cannot read it.
    private static func parts(of string: String) -> [String: String]? {
        // Its message may repeat the password.
        guard let options = unsafe PQconninfoParse(string, nil) else { return nil }
        defer { unsafe PQconninfoFree(options) }
        var parts: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val { unsafe parts[String(cString: keyword)] = String(cString: value) }
            unsafe option += 1
        }
        return parts
    }
}
#endif
