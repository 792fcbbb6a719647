#if CommandLine
import Foundation
import LivechatSQLite
import Testing

@Suite("The command line: backup, restore and check (C11)", .serialized)
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
                #expect(lines.allSatisfy { $0.hasPrefix("✓ ") || $0.hasPrefix("! SQLite: ") })
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
            #expect(result.output.contains("\n✗ integrity: "))
            #expect(
                result.output.contains(
                    "; stop everything that uses the file, keep a copy of it, and restore the newest backup that passes\n"
                )
            )
            #expect(
                result.errors == "livechat-join: chat.db is not as it should be: see what is marked with ✗\n"
            )
        }
    }

    @Test("restore puts a backup in the database's place, also under a connection that was forgotten")
    func restores() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            _ = try await program.run("backup", "copy.db", "--database", "chat.db")
            let before = try await program.run("dump", "--database", "chat.db").output
            let file = program.folder.appendingPathComponent("chat.db").path
            let forgotten = try Connection(path: file, options: .init(access: .readWrite, busyTimeout: 5_000))
            try forgotten.execute("DELETE FROM livechat_user")
            let log = try forgotten.text("SELECT log_id FROM livechat_setting")
            let result = try await program.run("restore", "copy.db", "--database", "chat.db")
            #expect(result.errors == "")
            #expect(result.output == "restored chat.db from copy.db\n")
            #expect(result.status == 0)
            #expect(try forgotten.integer("SELECT count(*) FROM livechat_user") ?? 0 > 0)
            #expect(try forgotten.text("SELECT log_id FROM livechat_setting") != log)
            #expect(try await program.run("dump", "--database", "chat.db").output == before)
            #expect(try await program.run("check", "--database", "chat.db").status == 0)
            let files = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
            #expect(files.filter { $0.contains("partial") } == [])
            try forgotten.close()
        }
    }

    @Test("restore makes a database that is missing, and refuses what is no backup")
    func restoresNothing() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let made = try await program.run("restore", "chat.db", "--database", "new.db")
            #expect(made.status == 0)
            let dump = try await program.run("dump", "--database", "chat.db").output
            #expect(try await program.run("dump", "--database", "new.db").output == dump)
            try program.write("mine", to: "text.db")
            let altered = program.folder.appendingPathComponent("altered.db").path
            _ = try await program.run("backup", "altered.db", "--database", "chat.db")
            let connection = try Connection(path: altered, options: .init(access: .readWrite, busyTimeout: 0))
            try connection.execute("DROP TRIGGER livechat_user_updated")
            try connection.close()
            let refused = [
                ("text.db", "is not a SQLite database"), ("chat.db", "is the database itself"),
                ("altered.db", "trigger livechat_user_updated is missing"),
            ]
            for (file, code) in refused {
                let result = try await program.run("restore", file, "--database", "chat.db")
                #expect(result.status == 1)
                #expect(result.errors.contains(code))
            }
            #expect(try await program.run("dump", "--database", "chat.db").output == dump)
        }
    }

    @Test(
        "Each refuses a database that is not there",
        arguments: [["backup", "copy.db"], ["check"], ["restore", "none.db"]]
    )
    func missing(_ arguments: [String]) async throws {
        try await CommandLineProgram.inFolder { program in
            let database = arguments == ["restore", "none.db"] ? "new.db" : "none.db"
            let result = try await program.run(arguments + ["--database", database])
            #expect(result.status == 1)
            #expect(result.errors == "livechat-join: there is no database at none.db: look at the path\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path) == [])
        }
    }
}
#endif
