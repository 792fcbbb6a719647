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
        let who = Self.who(request)
        let room = describe(request.roomID)
        hold(who == ReferenceDecoder.credentials(headers), "credentials: \(who)")
        hold(room == ReferenceDecoder.room(query), "room: \(room)")
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func who(_ request: JoinRequest) -> ReferenceDecoder.Who {
        switch request.credentials {
        case .token(_, of: .missing), .token(.missing, of: _): .missing
        case .token(.value(let token), of: .value(let user)):
            .given(user: Array(user.string.utf8), digest: token.digest.array)
        default: .malformed
        }
    }

    private static func describe(_ room: SentValue<LivechatRoomID>) -> ReferenceDecoder.Where {
        switch room {
        case .value(let id): .id(Array(id.string.utf8))
        case .matchesNothing: .unmatched
        case .missing, .malformed(.missing): .missing
        case .malformed(.additional): .additional
        case .malformed(.notAString): .notAString
        }
    }
}
