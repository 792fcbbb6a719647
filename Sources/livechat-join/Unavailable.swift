#if !CommandLine
import Foundation

/// Stands in for the command where the trait that brings it was not asked for.
@main
struct Unavailable {
    static func main() {
        let line = "livechat-join was built without its command line; build it with: swift build --traits CommandLine\n"
        try? FileHandle.standardError.write(contentsOf: Array(line.utf8))
        exit(1)
    }
}
#endif
