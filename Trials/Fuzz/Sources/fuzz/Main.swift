import CFuzz
import Foundation

/// Tries inputs that nobody thought of: `Trials/Fuzz/run` builds and starts it.
///
/// The environment's `FUZZ_TARGET` says which target, since libFuzzer starts this program again with arguments of its
/// own. Linked without libFuzzer it tries every file that it is given, or every file of a folder, once.
@main
enum Main {
    typealias Target = @Sendable (UnsafeBufferPointer<UInt8>) -> Void

    static let targets: [String: Target] = [
        "request": RequestTarget.run,
        "fixture": FixtureTarget.run,
        "token": TokenTarget.run,
        "binding": BindingTarget.run,
    ]

    private static let target: Target = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        guard let target = targets[name] else {
            let known = targets.keys.sorted().joined(separator: ", ")
            fail("FUZZ_TARGET is \"\(name)\", it can be \(known)")
        }
        return target
    }()

    static func main() throws {
        guard cfuzz_is_linked() != 0 else { return try tryFiles(CommandLine.arguments.dropFirst()) }
        let status = cfuzz_run(CommandLine.argc, CommandLine.unsafeArgv) { bytes, count in
            Main.target(UnsafeBufferPointer(start: bytes, count: count))
            return 0
        }
        exit(status)
    }

    private static func tryFiles(_ paths: ArraySlice<String>) throws {
        var count = 0
        for path in paths {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            let names = isFolder.boolValue ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : []
            for file in isFolder.boolValue ? names.map({ "\(path)/\($0)" }) : [path] {
                try Array(Data(contentsOf: URL(filePath: file))).withUnsafeBufferPointer(target)
                count += 1
            }
        }
        print("tried \(count) inputs without libFuzzer")
    }
}

/// Ends the program, which is how libFuzzer learns that an input has found something.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("fuzz: \(message)\n".utf8))
    abort()
}

/// States what has to hold.
func hold(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fail(message()) }
}
