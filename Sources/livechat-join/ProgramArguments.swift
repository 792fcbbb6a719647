#if CommandLine
import ArgumentParser
import Foundation

/// What the program was called with.
///
/// The system hands over bytes. Swift makes U+FFFD of those that are not UTF-8, which would name another file or id, so
/// they are looked at before it does.
enum ProgramArguments {
    /// The arguments behind the program's name.
    ///
    /// - Throws: `ValidationError` when one of them is not UTF-8.
    static func all() throws -> [String] {
        var arguments: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = unsafe CommandLine.unsafeArgv[index] else { break }
            guard let argument = unsafe String(validatingCString: bytes) else {
                throw ValidationError("Argument \(index) is not UTF-8: rename what it names, or use a link to it.")
            }
            arguments.append(argument)
        }
        return arguments
    }

    /// A variable of the environment; nil where there is none.
    ///
    /// - Throws: `ValidationError` when it is not UTF-8.
    static func variable(_ name: String) throws -> String? {
        guard let bytes = unsafe getenv(name) else { return nil }
        guard let value = unsafe String(validatingCString: bytes) else {
            throw ValidationError("\(name) is not UTF-8: rename what it names, or use a link to it.")
        }
        return value
    }
}
#endif
