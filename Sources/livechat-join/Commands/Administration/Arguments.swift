#if CommandLine
import ArgumentParser
import LivechatJoin

extension LivechatID {
    /// Takes an id from the command line.
    ///
    /// - Throws: `ValidationError` with what is wrong with it.
    static func argument(_ text: String) throws -> LivechatID {
        do {
            return try LivechatID(text)
        } catch {
            throw ValidationError("It \(error).")
        }
    }
}

extension LivechatRoleID {
    /// What the help says where the role of a user or of a grant is expected.
    static let help = "a new database has \(defaults.map(\.string).joined(separator: ", ")); `role list` lists yours"
}

extension UInt16 {
    /// Takes a port from the command line.
    ///
    /// - Throws: `ValidationError` when it is none.
    static func port(argument text: String) throws -> UInt16 {
        guard let port = UInt16(text) else { throw ValidationError("It is a number from 0 to 65535.") }
        return port
    }
}

/// How long a token lives: a whole number of days, hours, minutes or seconds.
struct TokenLifetime {
    let days: Double

    /// Takes a lifetime such as 30d, 12h, 45m or 90s.
    ///
    /// - Throws: `ValidationError` when it is anything else.
    init(argument text: String) throws {
        let units: [Character: Double] = ["d": 1, "h": 24, "m": 1_440, "s": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Double(digits), count > 0
        else {
            throw ValidationError(
                "It is a whole number from 1 on of days, hours, minutes or seconds: 30d, 12h, 45m or 90s."
            )
        }
        days = count / unit
    }
}
#endif
