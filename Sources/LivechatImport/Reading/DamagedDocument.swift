/// What can be seen of a document that cannot be read.
enum DamagedDocument {
    /// The text that follows the first `_id`, in BSON or in JSON; nil where none does.
    ///
    /// It is for a message alone, so it looks at printable ASCII and nothing else.
    static func id(_ bytes: ArraySlice<UInt8>) -> String? {
        let name = Array("_id".utf8)
        guard let found = bytes.indices.dropLast(name.count).first(where: { bytes[$0...].starts(with: name) }) else {
            return nil
        }
        // Behind the name come quotes, a colon and spaces, or a NUL and the length of the text.
        let isPart = { (byte: UInt8) in byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") }
        var rest = bytes[(found + name.count)...]
        if rest.first == 0 {
            rest = rest.dropFirst(5)
        } else {
            rest = rest.drop { !isPart($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "{") }
        }
        let id = rest.prefix(while: isPart).prefix(256)
        return id.isEmpty ? nil : String(decoding: id, as: UTF8.self)
    }
}
