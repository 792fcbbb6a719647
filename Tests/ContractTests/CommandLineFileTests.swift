#if CommandLine
import Foundation
import ServerTesting
import Testing

@testable import livechat_join

@Suite("Files that are none, and names that are not UTF-8", .serialized)
struct CommandLineFileTests {
    private static func shell(_ program: CommandLineProgram, _ script: String) async throws -> ChildProcess.Result {
        try await ChildProcess.run(
            URL(filePath: "/bin/sh"),
            ["-c", "cd \(program.folder.path) && " + script, CommandLineProgram.executable.path]
        )
    }

    private static let commands = [
        ["migrate"], ["load", "-"], ["dump"], ["check"], ["events"], ["serve", "--port", "0"], ["backup", "copy.db"],
        ["restore", "chat.db"], ["join", "--user", "ann", "--token", "x", "--room", "served"],
    ]

    @Test("A database that is no file is refused at once", arguments: commands, ["fifo", "/dev/null", "/dev/zero"])
    func noDatabase(_ command: [String], _ path: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            #expect(unsafe mkfifo(program.folder.appending(path: "fifo").path, 0o600) == 0)
            let result = try await program.run(command + ["--database", path])
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors == "livechat-join: \(path) is not a regular file: name a database file\n")
        }
    }

    @Test("What stands beside a database is a file", arguments: commands.dropLast(), ["-wal", "-shm", "-journal"])
    func noFileBeside(_ command: [String], _ suffix: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let path = program.folder.appending(path: "chat.db" + suffix).path
            #expect(unsafe mkfifo(path, 0o600) == 0)
            let result = try await program.run(command + ["--database", "chat.db"])
            #expect(result.status == 1)
            #expect(result.output == "")
            let line = "livechat-join: \(path), beside the database, is not a regular file: move it away\n"
            #expect(result.errors == line)
        }
    }

    @Test("A backup that is no file is refused", arguments: ["fifo", "/dev/null"])
    func noBackup(_ path: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            #expect(unsafe mkfifo(program.folder.appending(path: "fifo").path, 0o600) == 0)
            let result = try await program.run("restore", path, "--database", "chat.db")
            #expect(result.status == 1)
            #expect(result.errors == "livechat-join: \(path) is not a regular file: name a database file\n")
        }
    }

    @Test(
        "A fixture is a regular file or a pipe, and is read no further than its first mistake",
        arguments: [
            (#""$0" load /dev/zero"#, "/dev/zero is not a regular file or a pipe"),
            (#""$0" load /dev/null"#, "/dev/null is not a regular file or a pipe"),
            (#""$0" load /dev/tty"#, "/dev/tty is not a regular file or a pipe"),
            (#"ln -s /dev/zero link; "$0" load link"#, "link is not a regular file or a pipe"),
            (#""$0" load ."#, ". is a folder"),
            (
                #""$0" load - < /dev/zero"#,
                "standard input: fixture: expected an object, found byte 0x0 (line 1, column 1)"
            ),
            (
                #"cat /dev/zero | "$0" load -"#,
                "standard input: fixture: expected an object, found byte 0x0 (line 1, column 1)"
            ),
            (#"yes '{' | "$0" load -"#, #"standard input: fixture: expected a key, found "{" (line 2, column 1)"#),
            (
                #"{ printf '{"users":[{"id":"'; yes x | tr -d '\n'; } | "$0" load -"#,
                "standard input: users[0].id: the string has more than 1048576 bytes"
            ),
            (
                #"printf '{\000"\000u' | "$0" load -"#, "standard input: fixture: is UTF-16, save it as UTF-8"
            ),
            (
                #"yes x | tr -d '\n' | "$0" join --user ann --token - --room served"#,
                "standard input has more than 131072 bytes"
            ),
        ]
    )
    func noFixture(_ script: String, _ message: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await Self.shell(program, "export LIVECHAT_JOIN_DATABASE=chat.db; " + script)
            #expect(result.status == 1)
            #expect(result.output == "")
            // What wrote to the pipe says that nobody reads on.
            let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("livechat-join: ") }
            #expect(lines == ["livechat-join: \(message)"])
        }
    }

    @Test(
        "A pipe is read as it comes",
        arguments: [
            #"mkfifo fifo; cat fixture.json > fifo & "$0" load fifo"#, #"cat fixture.json | "$0" load -"#,
            #"cat fixture.json | "$0" load /dev/stdin"#, #""$0" load - < fixture.json"#,
            #""$0" load /dev/stdin < fixture.json"#,
        ]
    )
    func pipe(_ script: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase("{}")
            try program.write(#"{"rooms":[{"id":"r1","servedBy":"u1"}],"users":[{"id":"u1"}]}"#, to: "fixture.json")
            let result = try await Self.shell(program, "export LIVECHAT_JOIN_DATABASE=chat.db; " + script)
            #expect(result.errors == "")
            #expect(result.status == 0)
            #expect(try await program.run("dump", "--database", "chat.db").output.contains(#""servedBy": "u1""#))
        }
    }

    @Test("A FIFO without a writer is not waited for without end")
    func lonelyFIFO() async throws {
        try await CommandLineProgram.inFolder { program in
            let path = program.folder.appending(path: "fifo").path
            #expect(unsafe mkfifo(path, 0o600) == 0)
            let error = #expect(throws: Failure.self) { _ = try Input(path, patience: .milliseconds(20)) }
            #expect(error?.description == "\(path) is a FIFO that nobody writes to: start its writer first")
            // Lets go of the thread that waits.
            try FileHandle(forUpdating: URL(filePath: path)).close()
        }
    }

    @Test(
        "A name that is not UTF-8 is never another one",
        arguments: [
            (#""$0" migrate --database "$name""#, 64), (#"LIVECHAT_JOIN_DATABASE="$name" "$0" migrate"#, 64),
            (#""$0" migrate "--database=$name""#, 64), (#""$0" load "$name" --database chat.db"#, 64),
            (#""$0" backup "$name" --database chat.db"#, 64), (#""$0" restore "$name" --database chat.db"#, 64),
            (#""$0" join --user "$name" --token x --room r --database chat.db"#, 64),
            (#"mkdir "$name"; cd "$name"; "$0" migrate --database new.db"#, 1),
            (#"mkdir "$name"; ln -s "$name/new.db" link; touch "$name/new.db"; "$0" migrate --database link"#, 1),
        ]
    )
    func notUTF8(_ script: String, _ status: Int) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await Self.shell(program, #"name=$(printf 'n\377'); "# + script)
            #expect(Int(result.status) == status)
            #expect(result.output == "")
            #expect(result.errors.contains("is not UTF-8"), "\(result.errors)")
            let names = try await Self.shell(program, "ls").output
            #expect(!names.contains("\u{fffd}.db") && !names.contains("\u{fffd}\u{fffd}\u{fffd}"))
        }
    }

    @Test(
        "Too few descriptors: exit 1 with the limit's name",
        // With one processor a server starts with 30; on an address of no machine it would end there.
        arguments: ["serve --host 192.0.2.1", "dump", "check"],
        4...29
    )
    func descriptors(_ command: String, _ limit: Int) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            // The shell needs one or two of its own to start the program.
            let result = try await Self.shell(
                program,
                #"ulimit -n \#(limit); exec "$0" \#(command) --database chat.db"#
            )
            guard result.status != 0 else { return }
            #expect(result.status == 1)
            #expect(result.errors.contains("limit of open files"), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1)
        }
    }
}
#endif
