#if Import
internal import CLivechatBSON
internal import LivechatJoin

/// A document that libbson has checked.
///
/// It lends its bytes, and so is not kept beyond the call that it is handed to.
@safe struct BSONDocument {
    private let bytes: UnsafePointer<UInt8>
    private let count: Int

    private init(unsafe bytes: UnsafePointer<UInt8>, _ count: Int) {
        unsafe self.bytes = bytes
        self.count = count
    }

    /// Lends the document whose bytes these are; nil when libbson finds it damaged.
    static func with<Result>(bson: Span<UInt8>, _ body: (BSONDocument?) throws -> Result) rethrows -> Result {
        try unsafe bson.withUnsafeBufferPointer { buffer in
            guard let bytes = buffer.baseAddress, unsafe livechat_bson_is_valid(bytes, buffer.count) else {
                return try body(nil)
            }
            return try unsafe body(BSONDocument(unsafe: bytes, buffer.count))
        }
    }

    /// Lends the document that this is the extended JSON of; nil when libbson finds it damaged.
    static func with<Result>(json: Span<UInt8>, _ body: (BSONDocument?) throws -> Result) rethrows -> Result {
        let document = unsafe json.withUnsafeBufferPointer { buffer in
            unsafe livechat_bson_from_json(buffer.baseAddress, buffer.count)
        }
        guard let document = unsafe document else { return try body(nil) }
        defer { unsafe livechat_bson_free(document) }
        guard let bytes = unsafe livechat_bson_bytes(document) else { return try body(nil) }
        let count = unsafe livechat_bson_count(document)
        guard unsafe livechat_bson_is_valid(bytes, count) else { return try body(nil) }
        return try unsafe body(BSONDocument(unsafe: bytes, count))
    }

    /// The value of a key; nil where there is none.
    subscript(_ key: StaticString) -> BSONValue? {
        var found = unsafe livechat_bson_value()
        let isThere = unsafe key.utf8Start.withMemoryRebound(to: CChar.self, capacity: key.utf8CodeUnitCount) { name in
            unsafe livechat_bson_find(bytes, count, name, Int32(key.utf8CodeUnitCount), &found)
        }
        return isThere ? unsafe Self.value(found) : nil
    }

    /// Calls the body with each value, in order: those of an array are its elements.
    func eachValue(_ body: (BSONValue) throws -> Void) rethrows {
        var position: UInt32 = 0
        var found = unsafe livechat_bson_value()
        while unsafe livechat_bson_next(bytes, count, &position, &found) { try body(unsafe Self.value(found)) }
    }

    private static func value(_ found: livechat_bson_value) -> BSONValue {
        switch unsafe bson_type_t(rawValue: UInt32(found.type)) {
        case BSON_TYPE_UTF8:
            let bytes = unsafe UnsafeBufferPointer(start: found.bytes, count: Int(found.count))
            return .text(unsafe String(decoding: bytes, as: UTF8.self))
        case BSON_TYPE_DOCUMENT: return unsafe document(found, BSONValue.document)
        case BSON_TYPE_ARRAY: return unsafe document(found, BSONValue.list)
        case BSON_TYPE_BOOL: return unsafe .bool(found.integer != 0)
        case BSON_TYPE_INT32, BSON_TYPE_INT64: return unsafe .number(Double(found.integer))
        case BSON_TYPE_DOUBLE: return unsafe .number(found.number)
        case BSON_TYPE_DATE_TIME: return unsafe .time(LivechatTimestamp(milliseconds: found.integer))
        case BSON_TYPE_NULL, BSON_TYPE_UNDEFINED: return .null
        case BSON_TYPE_OID:
            let digits = unsafe withUnsafeBytes(of: found.object_id) { unsafe Array($0.prefix(24)) }
            return .objectID(String(decoding: digits, as: UTF8.self))
        default: return .other
        }
    }

    private static func document(
        _ found: livechat_bson_value,
        _ make: (BSONDocument) -> BSONValue
    ) -> BSONValue {
        guard let bytes = unsafe found.bytes else { return .other }
        return unsafe make(BSONDocument(unsafe: bytes, Int(found.count)))
    }
}

/// A value of a document.
enum BSONValue {
    case text(String)
    case number(Double)
    case bool(Bool)
    case time(LivechatTimestamp)
    /// An ObjectId, as its 24 hexadecimal digits.
    case objectID(String)
    case document(BSONDocument)
    case list(BSONDocument)
    case null
    /// A type that no field of the mapping has.
    case other

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    var time: LivechatTimestamp? { if case .time(let time) = self { time } else { nil } }
    var document: BSONDocument? { if case .document(let document) = self { document } else { nil } }
    var list: BSONDocument? { if case .list(let list) = self { list } else { nil } }

    /// An id that others may be stored under: a text, or an ObjectId's digits.
    var reference: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .objectID(let digits): digits
        default: nil
        }
    }
}
#endif
