import CTrials
import Foundation

/// Starts on files that cannot be served.
struct Refused {
    let stock: String

    private struct Case {
        let what: String
        let words: String
        let prepare: (String) throws -> Void
    }

    func run() throws -> [Tally] {
        var cases = [
            Case(what: "no database", words: "there is no database at") { path in
                try FileManager.default.removeItem(atPath: path)
            },
            Case(what: "a log without its database", words: "put the database back beside its log") { path in
                try Files.leaveLog(path)
                try FileManager.default.removeItem(atPath: path)
            },
            Case(what: "a log beside an empty file", words: "put the database back beside its log") { path in
                try Files.leaveLog(path)
                try Data().write(to: URL(filePath: path))
            },
        ]
        // Root may write everything, whatever the permissions say.
        if getuid() != 0 {
            cases += [
                Case(what: "a file that may only be read", words: "give write permission on the file and its folder") {
                    chmod($0, 0o444)
                },
                Case(what: "a folder that may only be read", words: "permission") { path in
                    chmod(URL(filePath: path).deletingLastPathComponent().path, 0o555)
                },
            ]
        }
        for one in cases {
            let folder = try TemporaryFolder()
            let path = try Files.copy(stock, folder)
            try one.prepare(path)
            defer { chmod(folder.path, 0o755) }
            let result = try CommandResult.livechatJoin(["serve", "--port", "0", "--database", path])
            guard result.status == 1, result.errors.contains(one.words),
                result.errors.split(separator: "\n").count == 1
            else { throw TrialFailure("\(one.what): status \(result.status), \(result.errors)") }
        }
        return [
            Tally(
                cases.map(\.what).joined(separator: "; "),
                cases.count,
                "the server does not start: one line each says what to do"
            )
        ] + (try readOnly())
    }

    /// As root, the two about permissions run as a user who is not.
    private func readOnly() throws -> [Tally] {
        guard getuid() == 0 else { return [] }
        for (mode, folderMode, words) in [
            (0o444, 0o777, "give write permission on the file and its folder"),
            (0o666, 0o555, "the file and its folder"),
        ] as [(mode_t, mode_t, String)] {
            let folder = try TemporaryFolder()
            let path = try Files.copy(stock, folder)
            chmod(path, mode)
            chmod(folder.path, folderMode)
            let process = try ChildProcess(
                "/usr/bin/setpriv",
                [
                    "--reuid=65534", "--clear-groups", ChildProcess.livechatJoin, "serve", "--port", "0", "--database",
                    path,
                ]
            )
            while process.nextLine() != nil {}
            let errors = process.allErrors()
            let status = process.wait()
            guard status == 1, errors.contains(words), errors.split(separator: "\n").count == 1 else {
                throw TrialFailure("a file of mode \(String(mode, radix: 8)): \(status), \(errors)")
            }
        }
        return [
            Tally(
                "a file that may only be read; a folder that may only be read",
                2,
                "the server does not start: one line each says what to permit"
            )
        ]
    }
}
