#if CommandLine
import Foundation
import LivechatSQLite
import Testing

@Suite("The command line: backup and check (C11)", .serialized)
struct CommandLineBackupTests {
    @Test("backup makes a copy that dumps to the same bytes, and check finds both well")
    func copies() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let backup = try await program.run("backup", "copy.db", "--database", "chat.db")
            #expect(backup.errors == "")
            #expect(backup.output == "copied chat.db to copy.db\n")
            #expect(backup.status == 0)
            let files = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
            #expect(files.filter { $0.contains("copy") } == ["copy.db"])
            let dump = try await program.run("dump", "--database", "chat.db")
            #expect(try await program.run("dump", "--database", "copy.db").output == dump.output)
            for name in ["chat.db", "copy.db"] {
                let check = try await program.run("check", "--database", name)
                #expect(check.errors == "")
                #expect(check.status == 0)
                let lines = check.output.split(separator: "\n")
                #expect(lines.count >= 6)
                #expect(lines.allSatisfy { $0.hasPrefix("✓ ") })
            }
        }
    }

    @Test("backup leaves a file that exists alone: 1 and one line")
    func exists() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try program.write("mine", to: "copy.db")
            let result = try await program.run("backup", "copy.db", "--database", "chat.db")
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(
                result.errors == "livechat-join: copy.db exists already: name a new file, or move it away\n"
            )
        }
    }

    @Test("check is 1 when something is wrong, and says what to do")
    func wrong() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let file = program.folder.appendingPathComponent("chat.db")
            var bytes = Array(try Data(contentsOf: file))
            // A page of an index: one of the schema would keep the file from being opened at all.
            let page = stride(from: 0, to: bytes.count, by: 4_096).filter { bytes[$0] == 0x0a }.last
            bytes[try #require(page)] = 0xff
            try Data(bytes).write(to: file)
            let result = try await program.run("check", "--database", "chat.db")
            #expect(result.status == 1)
            #expect(
                result.output.hasSuffix(
                    """
                    \n✗ pages: at least one is not as it was written; stop everything that uses it, move it away with its \
                    -wal and -shm, and restore the newest backup that passes; or, if what is there may be taken for right, \
                    run `livechat-join seal --database chat.db`\n
                    """
                )
            )
            #expect(
                result.errors == "livechat-join: chat.db is not as it should be: see what is marked with ✗\n"
            )
        }
    }

    @Test("seal takes what another program has written for right")
    func seal() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let file = program.folder.appendingPathComponent("chat.db").path
            let other = try Connection(path: file, options: .init(access: .readWrite, busyTimeout: 0, pages: .plain))
            try other.execute("UPDATE user SET username = 'by hand'")
            try other.close()
            let refused = try await program.run("dump", "--database", "chat.db")
            #expect(refused.status == 1)
            #expect(refused.errors.hasPrefix("livechat-join: a page of chat.db is not as it was written: "))
            let sealed = try await program.run("seal", "--database", "chat.db")
            #expect(sealed.status == 0)
            #expect(sealed.output == "every page of chat.db has its checksum\n")
            let dumped = try await program.run("dump", "--database", "chat.db")
            #expect(dumped.status == 0)
            #expect(dumped.output.contains("by hand"))
        }
    }

    @Test("Both refuse a database that is not there", arguments: [["backup", "copy.db"], ["check"]])
    func missing(_ arguments: [String]) async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run(arguments + ["--database", "none.db"])
            #expect(result.status == 1)
            #expect(result.errors == "livechat-join: there is no database at none.db: look at the path\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path) == [])
        }
    }
}
#endif
