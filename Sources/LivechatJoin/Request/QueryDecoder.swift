internal import LivechatPermissions
internal import LivechatTokens
internal import LivechatValues

extension SentValue<LivechatRoomID> {
    /// Reads the parameters out of a query as it stands in the request target (contract C1, C2).
    ///
    /// - Parameter query: What follows the question mark, still encoded; nil or empty where there is none.
    package init(query: Substring?) {
        let bytes = (query ?? "").utf8.span
        var value: Range<Int>?
        var (isRepeated, isFormed, hasOther) = (false, false, false)
        var start = 0
        while start < bytes.count {
            let end = bytes.index(of: UInt8(ascii: "&"), in: start..<bytes.count)
            let pair = start..<end
            start = end + 1
            if pair.isEmpty { continue }
            let nameEnd = bytes.index(of: UInt8(ascii: "="), in: pair)
            if Self.isName(bytes, pair.lowerBound..<nameEnd) {
                isRepeated = value != nil
                value = min(nameEnd + 1, end)..<end
            } else if Self.isArrayOrObject(bytes.extracting(pair.lowerBound..<nameEnd).percentDecoded()) {
                isFormed = true
            } else {
                hasOther = true
            }
        }
        if hasOther, value != nil || isFormed {
            self = .malformed(.additional)
        } else if isFormed || isRepeated {
            self = .malformed(.notAString)
        } else if let value {
            self.init(encoded: bytes.extracting(value))
        } else {
            self = .missing
        }
    }

    private static var name: String { "roomId" }

    /// Whether a part is the parameter's name, however it is encoded.
    private static func isName(_ bytes: Span<UInt8>, _ part: Range<Int>) -> Bool {
        let name = name.utf8.span
        var place = 0
        while place < name.count, place < part.count, bytes[part.lowerBound + place] == name[place] { place += 1 }
        if place == name.count, place == part.count { return true }
        return bytes.extracting(part).percentDecoded().elementsEqual(Self.name.utf8)
    }

    /// Decodes a value.
    ///
    /// What is not UTF-8 matches nothing, nor does U+FFFD that stands in it as itself: a server has put it in place of
    /// what was not UTF-8 (contract C1). Percent-encoded it is a character like any other.
    private init(encoded value: Span<UInt8>) {
        self = .matchesNothing
        guard let sent = try? UTF8Span(validating: value) else { return }
        let text = String(copying: sent)
        let traits = TextTraits(of: text)
        if traits.isRepaired { return }
        let whole = 0..<value.count
        let isPlain =
            value.index(of: UInt8(ascii: "%"), in: whole) == value.count
            && value.index(of: UInt8(ascii: "+"), in: whole) == value.count
        if isPlain {
            if let id = LivechatRoomID(requested: text, traits) { self = .value(id) }
        } else if let decoded = String(validating: value.percentDecoded(), as: UTF8.self),
            let id = LivechatRoomID(requested: decoded)
        {
            self = .value(id)
        }
    }

    /// Whether a decoded name is `roomId[…]`.
    private static func isArrayOrObject(_ name: [UInt8]) -> Bool {
        guard name.starts(with: (Self.name + "[").utf8) else { return false }
        let inside = name.dropFirst(Self.name.utf8.count + 1)
        guard let end = inside.firstIndex(of: UInt8(ascii: "]")) else { return false }
        return !inside[..<end].contains(UInt8(ascii: "["))
    }
}

extension Span<UInt8> {
    /// Where a byte stands first in a part; the end of the part where it does not.
    fileprivate func index(of byte: UInt8, in part: Range<Int>) -> Int {
        var place = part.lowerBound
        while place < part.upperBound, self[place] != byte { place += 1 }
        return place
    }
}
