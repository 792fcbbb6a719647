/// Finds where the documents of a JSON file begin and end: one a line, one after the other, or in one array.
///
/// It looks at braces and quotes alone; what is between them is libbson's to read.
struct JSONCutter {
    enum Step: Equatable {
        /// The document ends here; the bytes from its beginning to this position are all of it.
        case document(end: Int)
        /// More bytes are needed.
        case more
        /// Something stands here that can be in no export.
        case damaged(at: Int)
    }

    /// Where the document begins that is being read; nil between two of them.
    private(set) var start: Int?
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    private var isArray = false
    private var arrayIsClosed = false
    private var hasBegun = false
    private var needsComma = false
    /// How far it has looked.
    private(set) var position = 0

    /// Whether the file may end here.
    var mayEnd: Bool { start == nil && isArray == arrayIsClosed }

    /// What has been taken from the front of the bytes counts no longer.
    mutating func drop(_ count: Int) {
        position -= count
        start = start.map { $0 - count }
    }

    /// Goes on to the end of a document or of the bytes.
    mutating func next(in bytes: Span<UInt8>) -> Step {
        while position < bytes.count {
            let byte = bytes[position]
            if start == nil {
                guard begin(byte) else { return .damaged(at: position) }
                position += 1
                continue
            }
            position += 1
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                } else if byte == UInt8(ascii: "\n") {
                    // A line end in a text is an escape; this one is a text that has lost its end.
                    return .damaged(at: start ?? position)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 {
                    start = nil
                    needsComma = isArray
                    return .document(end: position)
                }
            default: break
            }
        }
        return .more
    }

    /// Takes a byte between two documents; false when it can stand in no export.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return true
        case UInt8(ascii: "{") where !needsComma && !arrayIsClosed:
            hasBegun = true
            start = position
            depth = 1
            return true
        case UInt8(ascii: "[") where !hasBegun:
            hasBegun = true
            isArray = true
            return true
        case UInt8(ascii: ",") where needsComma:
            needsComma = false
            return true
        case UInt8(ascii: "]") where isArray && !arrayIsClosed:
            arrayIsClosed = true
            return true
        default: return false
        }
    }
}
