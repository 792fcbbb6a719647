#if CommandLine && os(Linux)
import Foundation
import ServerTesting
import Testing

extension Interop {
    @Suite("A bind mount", .enabled("mounting takes rights that this user lacks") { await Mounting.isAllowed() })
    struct BindMountTests {
        /// Runs the command where `source` is mounted on `place`.
        private static func run(
            _ command: String,
            _ source: String,
            _ place: String,
            _ database: String
        ) async throws
            -> ChildProcess.Result
        {
            let script = #"mount --bind "$1" "$2" && shift 2 && exec "$@""#
            return try await ChildProcess.run(
                Mounting.unshare,
                ["-m", "sh", "-c", script, "sh", source, place, Tool.program.path, command, "--database", database]
            )
        }

        @Test("The file in place of its folder is refused", arguments: ["migrate", "dump"])
        func file(_ command: String) async throws {
            let chat = try await Chat()
            let place = chat.file("mounted.db")
            try Data().write(to: URL(filePath: place))
            let result = try await Self.run(command, chat.path, place, place)
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors.contains("\(place) is mounted by itself"))
        }

        @Test("Its folder is not")
        func folder() async throws {
            let chat = try await Chat()
            let place = chat.file("mounted")
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
            let result = try await Self.run("dump", chat.folder.path, place, place + "/chat.db")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("agent0"))
        }
    }
}

/// Mounts are made in a namespace of their own, so nobody else sees them.
private enum Mounting {
    static let unshare = URL(filePath: "/usr/bin/unshare")

    static func isAllowed() async -> Bool {
        let result = try? await ChildProcess.run(unshare, ["-m", "sh", "-c", "mount --bind /tmp /mnt"])
        return result?.status == 0
    }
}
#endif
