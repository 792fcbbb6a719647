import LivechatJoin

/// The decoder of headers and query: what it makes of a request is what the contract's words say (C1, C2).
///
/// An input is text: a header in each line, then an empty line, then the query; without the empty line there is none.
enum RequestTarget {
    static func run(_ input: UnsafeBufferPointer<UInt8>) {
        let text = String(decoding: input, as: UTF8.self)
        let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let end = lines.firstIndex(where: \.isEmpty)
        let headers = lines[..<(end ?? lines.count)].map { line in
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            return (name: string(parts[0]), value: parts.count > 1 ? string(parts[1]) : "")
        }
        let query = end.map { end in string(Array(lines[(end + 1)...].joined(separator: [UInt8(ascii: "\n")]))[...]) }

        let request = JoinRequest(headerFields: headers, query: query)
        let who = describe(request.credentials)
        let room = describe(request.room)
        hold(who == ReferenceDecoder.credentials(headers), "credentials: \(who)")
        hold(room == ReferenceDecoder.room(query), "room: \(room)")
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func describe(_ credentials: Credentials) -> ReferenceDecoder.Who {
        switch credentials {
        case .missing: .missing
        case .malformed: .malformed
        case .given(let user, let token): .given(user: Array(user.string.utf8), digest: token.digest.array)
        }
    }

    private static func describe(_ room: RoomParameter) -> ReferenceDecoder.Where {
        switch room {
        case .id(let id): .id(Array(id.string.utf8))
        case .unmatched: .unmatched
        case .faulty(.missing): .missing
        case .faulty(.additional): .additional
        case .faulty(.notAString): .notAString
        }
    }
}
