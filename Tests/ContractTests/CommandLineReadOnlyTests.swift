#if CommandLine && os(Linux)
import Foundation
import ServerTesting
import Testing

@testable import livechat_join

/// Scripts that run as another user, or where something is mounted, which takes rights of root.
private enum Rights {
    private static let unshare = URL(filePath: "/usr/bin/unshare")

    private static func arguments(_ program: CommandLineProgram, _ script: String) -> [String] {
        [
            "-m", "/bin/sh", "-c",
            "cd \(program.folder.path) && nobody='setpriv --reuid 65534 --regid 65534 --clear-groups' && " + script,
            CommandLineProgram.executable.path,
        ]
    }

    static func run(_ program: CommandLineProgram, _ script: String) async throws -> ChildProcess.Result {
        try await ChildProcess.run(unshare, arguments(program, script))
    }

    /// A script that goes on running.
    static func process(_ program: CommandLineProgram, _ script: String) -> Process {
        let process = Process()
        process.executableURL = unshare
        process.arguments = arguments(program, script)
        return process
    }

    static func areThere() async -> Bool {
        let result = try? await CommandLineProgram.inFolder { program in
            try await run(program, #"mount -t tmpfs tmpfs /mnt && $nobody "$0" --version"#)
        }
        return result?.status == 0
    }
}

@Suite(
    "A user who may only read, and a disk that is full",
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled("this takes rights that this user lacks") { await Rights.areThere() }
)
struct CommandLineReadOnlyTests {
    /// What another user finds, each made by a script of the owner.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String

        init(_ description: String, _ script: String) {
            testDescription = description
            self.script = script
        }
    }

    private static let cases = [
        Case("a database that nobody has open", "chmod 644 chat.db"),
        Case("one in a folder where everybody may write", "chmod 644 chat.db; chmod 777 ."),
        Case(
            "the copy of a backup",
            #""$0" backup copy.db --database chat.db >/dev/null; mv copy.db chat.db; chmod 644 chat.db"#
        ),
        Case("one whose owner has it open", "chmod 644 chat.db; serve"),
        Case("one whose owner has it open, where everybody may write", "chmod 644 chat.db; chmod 777 .; serve"),
        Case("one that was left behind by a program that was killed", "chmod 644 chat.db; serve; killed"),
        Case("a link to one", "chmod 644 chat.db; mkdir real; mv chat.db real; ln -s real/chat.db chat.db"),
        Case(
            "a name that a URI would read otherwise",
            #"chmod 644 chat.db; mkdir 'a%20?b#c=ü'; mv chat.db 'a%20?b#c=ü'; cd 'a%20?b#c=ü'"#
        ),
    ]

    /// Starts a server and waits until it listens.
    private static let serve = """
        serve() { mkfifo out; "$0" serve --port 0 --database chat.db >out 2>/dev/null & server=$!; read line <out; }
        killed() {
            "$0" join --user ann --token anns-token --room other --database chat.db >/dev/null
            { kill -9 $server; wait $server; } 2>/dev/null
        }

        """

    @Test("Looking is allowed, and leaves nothing behind", arguments: cases, ["dump", "events", "check", "backup"])
    func reads(_ row: Case, _ command: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            _ = try await program.run([
                "join", "--user", "ann", "--token", "anns-token", "--room", "served", "--database", "chat.db",
            ])
            let command = command == "backup" ? "backup $(mktemp -u /mnt/XXXXXX)" : command
            let result = try await Rights.run(
                program,
                Self.serve + #"""
                    mount -t tmpfs -o mode=1777 tmpfs /mnt
                    \#(row.script)
                    ls -lR . >/mnt/before
                    $nobody "$0" \#(command) --database chat.db >/mnt/theirs 2>/mnt/errors
                    echo $?
                    cat /mnt/errors >&2
                    ls -lR . | diff /mnt/before - >&2
                    "$0" \#(command) --database chat.db >/mnt/ours
                    case "\#(command)" in
                        dump | events) diff /mnt/ours /mnt/theirs >&2 ;;
                    esac
                    [ -z "$server" ] || kill $server 2>/dev/null
                    """#
            )
            #expect(result.errors == "")
            #expect(result.output == "0\n")
        }
    }

    @Test("A folder that is mounted to be read only", arguments: ["dump", "events", "check"])
    func mounted(_ command: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await Rights.run(
                program,
                #"mount --bind . /mnt && mount -o remount,bind,ro /mnt && "$0" \#(command) --database /mnt/chat.db >/dev/null"#
            )
            #expect(result.errors == "")
            #expect(result.status == 0)
        }
    }

    @Test("What is read without locks is not trusted once somebody opens it")
    func openedMeanwhile() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            _ = try await program.run([
                "join", "--user", "ann", "--token", "anns-token", "--room", "served", "--database", "chat.db",
            ])
            let result = try await Rights.run(
                program,
                Self.serve + """
                    chmod 644 chat.db; mkfifo -m 666 events
                    $nobody "$0" events --follow --database chat.db >events & reader=$!
                    exec 3<events; read line <&3
                    serve; wait $reader; echo $?; kill $server
                    """
            )
            #expect(result.output == "1\n")
            #expect(result.errors == "livechat-join: chat.db was opened or changed while it was read: read it again\n")
        }
    }

    @Test(
        "What may not be done says why",
        arguments: [
            (
                "chmod 644 chat.db; $nobody \"$0\" load - --database chat.db </dev/null",
                "give write permission on the file"
            ),
            (
                "chmod 644 chat.db; $nobody \"$0\" serve --port 0 --database chat.db",
                "give write permission on the file"
            ),
            ("chmod 600 chat.db; $nobody \"$0\" dump --database chat.db", "look at the permissions of the file"),
            (
                "chmod 644 chat.db; serve; killed; rm chat.db-shm; $nobody \"$0\" dump --database chat.db",
                "left behind by a program that was killed"
            ),
            (
                "chmod 644 chat.db; serve; killed; rm chat.db-shm; $nobody \"$0\" check --database chat.db",
                "left behind by a program that was killed"
            ),
        ]
    )
    func refused(_ script: String, _ message: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await Rights.run(program, Self.serve + script)
            #expect(result.status == 1)
            #expect(result.output == "")
            let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("livechat-join: ") }
            #expect(lines.count == 1)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test(
        "On a full disk it says so, and what to do",
        arguments: [
            #""$0" join --user ann --token anns-token --room served --database /mnt/chat.db"#,
            #""$0" load fixture.json --database /mnt/chat.db"#, #""$0" migrate --database /mnt/new.db"#,
            #""$0" backup /mnt/copy.db --database /mnt/chat.db"#, #""$0" restore chat.db --database /mnt/new.db"#,
        ]
    )
    func full(_ command: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let users = (0..<2_000).map { #"{"id":"user-\#($0)"}"# }.joined(separator: ",")
            try program.write(#"{"users":[\#(users)]}"#, to: "fixture.json")
            let result = try await Rights.run(
                program,
                #"mount -t tmpfs -o size=400k tmpfs /mnt && cp chat.db /mnt && dd if=/dev/zero of=/mnt/fill 2>/dev/null; "#
                    + command
            )
            #expect(result.status == 1)
            #expect(result.errors.contains("the disk is full: /mnt"), "\(result.errors)")
            #expect(result.errors.contains("make room on its disk"))
            #expect(!result.errors.contains("SQLite error"))
        }
    }

    @Test("A server on a full disk is not ready, and is again once there is room", arguments: [true, false])
    func readiness(_ hasRoomAgain: Bool) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let process = Rights.process(
                program,
                #"mount -t tmpfs -o size=400k tmpfs /mnt && cp chat.db /mnt && "#
                    + #"exec "$0" serve --port 0 --database /mnt/chat.db"#
            )
            let server = try RunningProgram(process)
            let line = try #require(await server.nextLine())
            let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
            func status(_ target: String) async throws -> Int {
                let fields = [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: "anns-token")]
                return try await Wire.ask(port: port, target: target, fields).status
            }
            let room = "/api/v1/livechat/room.join?roomId="
            #expect(try await status("/readyz") == 200)
            // Where the disk is mounted, and nowhere else.
            let filler = URL(filePath: "/proc/\(process.processIdentifier)/root/mnt/filler")
            try Data().write(to: filler)
            let file = try FileHandle(forWritingTo: filler)
            var isFull = false
            while !isFull {
                do { try file.write(contentsOf: Data(repeating: 0, count: 1_024)) } catch { isFull = true }
            }
            try file.close()
            #expect(try await status(room + "served") == 503)
            for _ in 0..<3 { #expect(try await status("/readyz") == 503) }
            #expect(try await status("/livez") == 200)
            #expect(try await status(room + "nowhere") == 400)
            if hasRoomAgain {
                try FileManager.default.removeItem(at: filler)
                while try await status("/readyz") != 200 {}
                #expect(try await status(room + "served") == 200)
            }
            kill(process.processIdentifier, SIGTERM)
            #expect(await server.status() == 0)
        }
    }
}
#endif
