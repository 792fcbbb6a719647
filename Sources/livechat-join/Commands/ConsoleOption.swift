#if CommandLine
import ArgumentParser

/// Where `serve` shows the console, if it does.
struct ConsoleOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Show the read-only console on this port of 127.0.0.1, or on another address as HOST:PORT or [::1]:PORT; \
            0 takes a free port.
            """,
            valueName: "address"
        ),
        transform: ConsolePlace.init
    )
    var console: ConsolePlace?

    @Flag(help: "Let the console listen on an address that other machines can reach; it has no TLS.")
    var consolePublic = false

    func validate() throws {
        guard let console else {
            if consolePublic { throw ValidationError("--console-public is about --console; give that too.") }
            return
        }
        if !console.isLoopback, !consolePublic {
            throw ValidationError(
                "--console is \"\(console)\", which other machines may reach, and it has no TLS: let it listen on "
                    + "127.0.0.1 or ::1, or say --console-public."
            )
        }
    }
}

/// The address of a console: PORT on 127.0.0.1, or HOST:PORT.
struct ConsolePlace: CustomStringConvertible, Sendable {
    let host: String
    let port: UInt16

    init(_ text: String) throws {
        let end = text.lastIndex(of: ":")
        var host = end.map { String(text[..<$0]) } ?? "127.0.0.1"
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard let port = UInt16(end.map { String(text[text.index(after: $0)...]) } ?? text), !host.isEmpty,
            host.contains(":") == isBracketed
        else {
            throw ValidationError("It is a PORT, such as 9000, or HOST:PORT, such as [::1]:9000.")
        }
        (self.host, self.port) = (host, port)
    }

    var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
#endif
