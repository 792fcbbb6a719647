#if HTTP
/// A request target in origin form, taken apart without decoding anything.
///
/// Hummingbird takes it apart too, but makes new strings of the parts each time it is asked.
struct RequestTarget {
    /// What comes before the question mark.
    let path: Substring
    /// What follows the first question mark, still encoded; nil where there is none. A second one belongs to it.
    let query: Substring?

    /// Splits a target; a fragment, which no client should send, is no part of either.
    init(_ target: String) {
        let bytes = target.utf8.span
        var (end, mark) = (bytes.count, Int?.none)
        for place in bytes.indices {
            if bytes[place] == UInt8(ascii: "?"), mark == nil { mark = place }
            if bytes[place] == UInt8(ascii: "#") {
                end = place
                break
            }
        }
        let index = { target.utf8.index(target.startIndex, offsetBy: $0) }
        path = target[..<index(mark ?? end)]
        query = mark.map { target[index($0 + 1)..<index(end)] }
    }
}
#endif
