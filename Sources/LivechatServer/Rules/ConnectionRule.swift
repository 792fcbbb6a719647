#if Server
internal import LivechatJoin
internal import NIOHTTP1

/// Whether the connection stays open: `Connection` is a list, read without case (RFC 9112, section 9.3).
struct ConnectionRule {
    private var closes = false
    private var keepsAlive = false
    private var upgrades = false

    /// Takes a value of `Connection`, as often as it was sent.
    mutating func take(_ value: String) {
        if value.isField("keep-alive") {
            keepsAlive = true
            return
        }
        for item in value.utf8.split(separator: UInt8(ascii: ",")) {
            let start = item.drop { $0.isSpace }
            let end = start.lastIndex { !$0.isSpace }.map(start.index(after:)) ?? start.startIndex
            let option = String(Substring(start[..<end]))
            if option.isField("close") { closes = true }
            if option.isField("keep-alive") { keepsAlive = true }
            if option.isField("upgrade") { upgrades = true }
        }
    }

    /// Whether another request may follow.
    ///
    /// After `CONNECT` and after a request to change the protocol, which is answered as if it had not asked, the parser
    /// reads nothing more.
    func persists(_ method: HTTPMethod, _ version: HTTPVersion) -> Bool {
        if closes || upgrades || method == .CONNECT { return false }
        return keepsAlive || version != .http1_0
    }
}
#endif
