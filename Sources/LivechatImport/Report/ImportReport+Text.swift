internal import LivechatJoin

extension ImportReport: CustomStringConvertible {
    /// For people, a line for each collection and each finding.
    public var description: String {
        var lines: [String] = []
        for collection in collections {
            guard let file = collection.file else {
                lines.append("\(collection.name): no file, \(collection.meaning)")
                continue
            }
            lines.append(
                "\(collection.name): \(collection.read) read from \(file), \(collection.imported) \(collection.deed)"
            )
            for finding in findings where finding.collection == collection.name {
                let ids = finding.ids.map { JSONString.quoted($0) }.joined(separator: ", ")
                let more = finding.count > finding.ids.count && !ids.isEmpty ? ", …" : ""
                lines.append(
                    "  \(finding.isSkip ? "left out" : "note"): \(finding.what): \(finding.count)"
                        + (ids.isEmpty ? "" : " (\(ids)\(more))")
                )
            }
        }
        lines.append(
            "tokens: \(tokens.login) login, \(tokens.personalAccess) personal access; "
                + "\(tokens.expired) of them expired"
        )
        return lines.joined(separator: "\n")
    }

    /// For programs, a JSON object on each line.
    public var jsonLines: String {
        var lines = collections.map { collection in
            #"{"collection":\#(JSONString.quoted(collection.name)),"file":"#
                + (collection.file.map { JSONString.quoted($0) } ?? "null")
                + #","read":\#(collection.read),"\#(collection.deed)":\#(collection.imported)}"#
        }
        lines += findings.map { finding in
            #"{"collection":\#(JSONString.quoted(finding.collection)),"\#(finding.isSkip ? "skipped" : "noted")":"#
                + JSONString.quoted(finding.what)
                + #","count":\#(finding.count),"ids":["#
                + finding.ids.map { JSONString.quoted($0) }.joined(separator: ",") + "]}"
        }
        lines.append(
            #"{"tokens":{"login":\#(tokens.login),"personalAccess":\#(tokens.personalAccess),"#
                + #""expired":\#(tokens.expired)}}"#
        )
        return lines.map { $0 + "\n" }.joined()
    }
}
