/// A request target in origin or absolute form, taken apart without decoding the query (RFC 9112, section 3.2).
package struct RequestTarget {
    private let target: String
    /// Where the path stands.
    private let path: Range<Int>
    /// What follows the first question mark, still encoded; nil where there is none.
    ///
    /// A second question mark belongs to it.
    package let query: Substring?

    /// Splits a target; a fragment, which no client should send, is no part of it.
    package init(_ target: String) {
        self.target = target
        let bytes = target.utf8.span
        let start = Self.pathStart(bytes)
        var (end, mark) = (bytes.count, Int?.none)
        var place = start
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "?"), mark == nil { mark = place }
            if bytes[place] == UInt8(ascii: "#") {
                end = place
                break
            }
            place += 1
        }
        path = start..<(mark ?? end)
        query = mark.map { mark in
            let index = { target.utf8.index(target.startIndex, offsetBy: $0) }
            return target[index(mark + 1)..<index(end)]
        }
    }

    /// Behind the scheme and the authority, where the target names a server.
    private static func pathStart(_ bytes: Span<UInt8>) -> Int {
        if bytes.count == 0 || bytes[0] == UInt8(ascii: "/") { return 0 }
        for scheme in ["http://", "https://"] where starts(bytes, scheme.utf8.span) {
            var place = scheme.utf8.count
            while place < bytes.count, !isEndOfAuthority(bytes[place]) { place += 1 }
            return place
        }
        return 0
    }

    private static func isEndOfAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func starts(_ bytes: Span<UInt8>, _ start: Span<UInt8>) -> Bool {
        guard bytes.count >= start.count else { return false }
        for place in start.indices where bytes[place] | 0x20 != start[place] { return false }
        return true
    }

    /// Whether the path is this one; a percent-encoded unreserved letter is the letter (RFC 3986, section 6.2.2.2).
    package func isPath(_ known: String) -> Bool {
        let (bytes, known) = (target.utf8.span, known.utf8.span)
        var (place, matched) = (path.lowerBound, 0)
        while place < path.upperBound, matched < known.count {
            var byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "%"), path.upperBound - place >= 2, let high = bytes[place].hexValue,
                let low = bytes[place + 1].hexValue, (high << 4 | low).isUnreserved
            {
                byte = high << 4 | low
                place += 2
            }
            if byte != known[matched] { return false }
            matched += 1
        }
        return place == path.upperBound && matched == known.count
    }
}

extension UInt8 {
    /// Whether it stands for itself wherever it is in a URI, encoded or not (RFC 3986, section 2.3).
    package var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// What it counts as a hexadecimal digit.
    package var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
