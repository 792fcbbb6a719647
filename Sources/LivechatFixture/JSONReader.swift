internal import LivechatJoin

/// Reads one JSON document from left to right, strictly as RFC 8259 has it.
///
/// The caller asks for the type that must come next; nothing else is accepted, so nothing is ever skipped, nothing
/// recurses on what a document nests, and no tree of it is built.
///
/// Only a part of the document is held at a time: whatever is being read, and some of what follows.
struct JSONReader {
    /// The most bytes that a string or a number may have.
    static let longestText = 1 << 20

    /// The part that is held.
    private(set) var bytes: [UInt8] = []
    /// Where the reader is in `bytes`.
    var position = 0
    private(set) var line = 1
    /// Where the line began in `bytes`; 0 when that is not held any more.
    private var lineStart = 0
    /// The characters of the line that are not held any more.
    private var charactersBefore = 0
    /// Where the reader is.
    private(set) var place = FixturePlace()
    private let document: FixtureDocument
    /// How much of the document has been held so far.
    private var bytesHeld = 0
    /// Why the document has no more bytes, if it is not at its end.
    private(set) var failure: (any Error)?
    /// The latest time at which something can have happened; nil does not look.
    let latest: LivechatTimestamp?

    /// What has been read is let go of when there is this much of it.
    private static let excess = 1 << 16

    init(_ document: @escaping FixtureDocument, latest: LivechatTimestamp? = nil) throws(FixtureError) {
        self.document = document
        self.latest = latest
        hold(4)
        if let fault = Self.fault(ofBeginning: bytes.prefix(4)) { throw FixtureError(place, fault) }
    }

    /// What is wrong with the first four bytes of a document that is not UTF-8, or has a mark in front; else nil.
    private static func fault(ofBeginning bytes: ArraySlice<UInt8>) -> String? {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            return "starts with a byte order mark, save it as UTF-8 without one"
        }
        // The first character of JSON is ASCII, so where the zeros stand tells the encoding.
        let isZero = bytes.map { $0 == 0 }
        let isUTF32 = bytes.elementsEqual([0, 0, 0xfe, 0xff]) || bytes.elementsEqual([0xff, 0xfe, 0, 0])
        if isUTF32 || isZero == [true, true, true, false] || isZero == [false, true, true, true] {
            return "is UTF-32, save it as UTF-8"
        }
        let isMarked = bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
        if isMarked || isZero.starts(with: [true, false]) || isZero.starts(with: [false, true]) {
            return "is UTF-16, save it as UTF-8"
        }
        return nil
    }

    /// Reads an object, whose keys may come in any order, each at most once.
    ///
    /// - Parameters:
    ///   - names: The keys that the object may have.
    ///   - member: Reads the value of the key with this index.
    /// - Returns: Which keys are there, a bit for each.
    /// - Throws: `FixtureError` when there is no object, or a key is unknown or there twice; what `member` throws.
    @discardableResult
    mutating func members(
        _ names: JSONNames,
        _ member: (inout JSONReader, Int) throws -> Void
    ) throws -> UInt64 {
        try open("{", "an object")
        var seen: UInt64 = 0
        if take("}") { return seen }
        repeat {
            let index = try key(of: names)
            guard seen & (1 << UInt64(index)) == 0 else {
                throw FixtureError(place, "the key \"\(names.texts[index])\" is there twice")
            }
            seen |= 1 << UInt64(index)
            guard take(":") else { throw unexpected(#"":""#) }
            place.enter(key: names.texts[index])
            try member(&self, index)
            place.leave()
        } while take(",")
        guard take("}") else { throw unexpected(#""," or "}""#) }
        return seen
    }

    /// Reads an array.
    mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
        try open("[", "an array")
        if take("]") { return }
        var index = 0
        repeat {
            place.enter(index: index)
            try element(&self)
            place.leave()
            index += 1
        } while take(",")
        guard take("]") else { throw unexpected(#""," or "]""#) }
    }

    /// Reads a string.
    mutating func string() throws(FixtureError) -> String {
        guard nextIs("\"") else { throw mismatch("a string") }
        return try text()
    }

    /// Reads true or false.
    mutating func bool() throws(FixtureError) -> Bool {
        if nextIs("t") {
            try literal("true")
            return true
        }
        guard nextIs("f") else { throw mismatch("true or false") }
        try literal("false")
        return false
    }

    /// Reads a number.
    mutating func number() throws(FixtureError) -> Double {
        guard let value = Double(try numberText()), value.isFinite else {
            throw FixtureError(place, "the number is too large")
        }
        return value
    }

    /// Reads a whole number, written without a fraction and an exponent.
    mutating func integer() throws(FixtureError) -> Int {
        let text = try numberText()
        guard let value = Int(text) else {
            throw FixtureError(place, "\(FixtureError.quoted(text)) is not a whole number of 64 bits")
        }
        return value
    }

    private mutating func numberText() throws(FixtureError) -> String {
        guard nextIs("-") || nextByte.map(isDigit) == true else { throw mismatch("a number") }
        let start = position
        if nextByte == UInt8(ascii: "-") { position += 1 }
        if nextByte == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if nextByte == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if nextByte == UInt8(ascii: "e") || nextByte == UInt8(ascii: "E") {
            position += 1
            if nextByte == UInt8(ascii: "+") || nextByte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Reads null where null comes next.
    mutating func takeNull() throws(FixtureError) -> Bool {
        guard nextIs("n") else { return false }
        try literal("null")
        return true
    }

    /// Checks that nothing follows.
    mutating func end() throws(FixtureError) {
        skipSpace()
        guard nextByte == nil else { throw unexpected("the end") }
    }
}

extension JSONReader {
    /// The byte here, or nil at the end.
    var nextByte: UInt8? {
        mutating get { position < bytes.count || holdMore() ? bytes[position] : nil }
    }

    /// Holds more of the document; false when there is no more.
    mutating func holdMore() -> Bool {
        guard failure == nil else { return false }
        do {
            let piece = try document(bytesHeld)
            bytes += piece
            bytesHeld += piece.count
            return !piece.isEmpty
        } catch {
            failure = error
            return false
        }
    }

    /// Holds this many bytes from here on, if there are as many.
    mutating func hold(_ count: Int) {
        while bytes.count - position < count, holdMore() {}
    }

    /// Lets go of what has been read.
    private mutating func release() {
        charactersBefore = column - 1
        bytes.removeFirst(position)
        position = 0
        lineStart = 0
    }

    /// The column here, counted from 1.
    ///
    /// It counts characters, whose further bytes all begin with the bits 10.
    var column: Int {
        1 + charactersBefore + bytes[lineStart..<position].count { $0 & 0b1100_0000 != 0b1000_0000 }
    }

    mutating func skipSpace() {
        while let byte = nextByte {
            if position > Self.excess { release() }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "\n"):
                position += 1
                line += 1
                lineStart = position
                charactersBefore = 0
            default: return
            }
        }
    }

    mutating func nextIs(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return nextByte == UInt8(ascii: character)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard nextIs(character) else { return false }
        position += 1
        return true
    }

    private mutating func open(_ character: Unicode.Scalar, _ type: String) throws(FixtureError) {
        guard take(character) else { throw mismatch(type) }
    }

    private mutating func literal(_ word: String) throws(FixtureError) {
        for byte in word.utf8 {
            guard nextByte == byte else { throw unexpected(word) }
            position += 1
        }
    }

    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits() throws(FixtureError) {
        guard let byte = nextByte, isDigit(byte) else { throw unexpected("a digit") }
        let start = position
        while let byte = nextByte, isDigit(byte) {
            position += 1
            if position - start > Self.longestText { throw FixtureError(place, "the number is too long") }
        }
    }
}
