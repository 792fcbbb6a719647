#if CommandLine
import ArgumentParser
import LivechatJoin

/// Which part of a list to print, and how.
struct ListOptions<Entity>: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Begin after this id; there need not be such an entry.", valueName: "id"),
        transform: LivechatID<Entity>.argument
    )
    var after: LivechatID<Entity>?

    @Option(help: ArgumentHelp("Print at most this many (default: all).", valueName: "count"))
    var limit: Int?

    @Flag(help: "Print a line of JSON for each.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is a number from 1 on.") }
    }
}

/// One entry of a list, for programs and for people.
protocol ListEntry: Identifiable, Sendable {
    /// The names of the columns.
    static var header: [String] { get }
    /// What stands in the columns.
    var columns: [String] { get }
    /// All of it on one line of JSON.
    var json: String { get }
}

extension ListOptions {
    /// How many entries are read at a time.
    private static var pageSize: Int { 500 }

    /// Prints the list page by page.
    func print<Entry: ListEntry>(
        _ page: (LivechatPage<LivechatID<Entity>>) async throws -> [Entry]
    ) async throws where Entry.ID == LivechatID<Entity> {
        var table = TextTable(Entry.header)
        var (last, left) = (after, limit ?? .max)
        while left > 0 {
            let size = min(Self.pageSize, left)
            let entries = try await page(.after(last, limit: size))
            if json {
                try StandardOutput.write(Array(entries.map { $0.json + "\n" }.joined().utf8))
            } else {
                try StandardOutput.write(Array(table.text(entries.map(\.columns)).utf8))
            }
            guard entries.count == size, let end = entries.last else { return }
            last = end.id
            left -= size
        }
    }
}

/// Aligned columns under a header.
///
/// A page with wider columns moves those that follow.
struct TextTable {
    private var widths: [Int]
    /// What stands above the first rows.
    private var header: [[String]]

    init(_ header: [String]) {
        widths = header.map { _ in 0 }
        self.header = [header]
    }

    /// The next rows as lines, the first ones under the header: a list of nothing is a header alone.
    mutating func text(_ rows: [[String]]) -> String {
        let lines = header + rows
        header = []
        for line in lines { for (index, cell) in line.enumerated() { widths[index] = max(widths[index], cell.count) } }
        return lines.map { line in
            let padded = zip(line, widths).dropLast().map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return (padded + [line.last ?? ""]).joined(separator: "  ") + "\n"
        }.joined()
    }
}

/// Writes one object of JSON on one line, its members in the order that they are given.
enum JSONObject {
    static func text(_ members: KeyValuePairs<String, String>) -> String {
        "{" + members.map { JSONString.quoted($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
    }

    static func string(_ text: String?) -> String { text.map { JSONString.quoted($0) } ?? "null" }

    static func id(_ id: LivechatID<some Any>?) -> String { string(id?.string) }

    static func ids(_ ids: [LivechatID<some Any>]) -> String {
        "[" + ids.map { JSONString.quoted($0.string) }.joined(separator: ",") + "]"
    }
}

/// What stands in a column for people: one word, or in quotes.
enum Cell {
    static func text(_ text: String?) -> String { text.map { LogText($0).description } ?? "-" }

    static func id(_ id: LivechatID<some Any>?) -> String { text(id?.string) }

    static func ids(_ ids: [LivechatID<some Any>]) -> String {
        ids.isEmpty ? "-" : ids.map { LogText($0.string).description }.joined(separator: ", ")
    }

    static func answer(_ holds: Bool) -> String { holds ? "yes" : "no" }
}
#endif
