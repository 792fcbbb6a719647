/// A login token that has just been made: the only time that it can be read.
public struct LivechatIssuedToken: ~Copyable, Sendable {
    private let raw: String

    /// Draws a token.
    package init() {
        var generator = SystemRandomNumberGenerator()
        raw = String((0..<Self.length).map { _ in Self.alphabet[Int(generator.next() % 64)] })
    }

    /// 43 characters of 6 bits each: more than 256 bits.
    private static let length = 43
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    /// The token as the store knows it.
    public var token: LivechatToken { LivechatToken(raw) }

    /// Gives the raw token away, to be shown to its owner once.
    public consuming func reveal() -> String { raw }
}
