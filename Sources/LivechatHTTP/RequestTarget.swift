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
        let utf8 = target.utf8
        let end = utf8.firstIndex(of: UInt8(ascii: "#")) ?? utf8.endIndex
        let mark = utf8[..<end].firstIndex(of: UInt8(ascii: "?"))
        path = target[..<(mark ?? end)]
        query = mark.map { target[utf8.index(after: $0)..<end] }
    }
}
#endif
