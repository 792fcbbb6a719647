#if PostgreSQL
/// A value that is sent in PostgreSQL's binary form.
enum Value {
    case integer(Int64?)
    case number(Double?)
    case flag(Bool?)
    case text(String?)
    case bytes([UInt8]?)
    case integers([Int64?])
    case texts([String?])
    case byteStrings([[UInt8]?])
    case uuids([UUIDBytes])

    /// The 16 bytes of a UUID.
    typealias UUIDBytes = [UInt8]

    /// The number by which PostgreSQL knows the type (`pg_type.dat` of its source).
    var type: UInt32 {
        switch self {
        case .integer: 20
        case .number: 701
        case .flag: 16
        case .text: 25
        case .bytes: 17
        case .integers: 1_016
        case .texts: 1_009
        case .byteStrings: 1_001
        case .uuids: 2_951
        }
    }

    /// Appends the bytes of the value.
    ///
    /// - Returns: false for NULL.
    /// - Throws: `PostgreSQLError` for text that PostgreSQL cannot hold.
    func encode(to buffer: inout [UInt8]) throws(PostgreSQLError) -> Bool {
        switch self {
        case .integer(let value): return buffer.append(value)
        case .number(let value): return buffer.append(value.map { Int64(bitPattern: $0.bitPattern) })
        case .flag(let value):
            if let value { buffer.append(value ? 1 : 0) }
            return value != nil
        case .text(let value): return try buffer.append(value)
        case .bytes(let value):
            buffer += value ?? []
            return value != nil
        case .integers(let values):
            buffer.beginArray(of: 20, values.count)
            for value in values { try buffer.appendElement { buffer in buffer.append(value) } }
        case .texts(let values):
            buffer.beginArray(of: 25, values.count)
            for value in values {
                try buffer.appendElement { buffer throws(PostgreSQLError) in try buffer.append(value) }
            }
        case .byteStrings(let values):
            buffer.beginArray(of: 17, values.count)
            for value in values {
                try buffer.appendElement { buffer in
                    buffer += value ?? []
                    return value != nil
                }
            }
        case .uuids(let values):
            buffer.beginArray(of: 2_950, values.count)
            for value in values {
                try buffer.appendElement { buffer in
                    buffer += value
                    return true
                }
            }
        }
        return true
    }
}

extension [UInt8] {
    fileprivate mutating func append(word value: Int32) {
        for shift: Int32 in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    fileprivate mutating func append(_ value: Int64?) -> Bool {
        guard let value else { return false }
        for shift: Int64 in [56, 48, 40, 32, 24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: value >> shift)) }
        return true
    }

    fileprivate mutating func append(_ value: String?) throws(PostgreSQLError) -> Bool {
        guard let value else { return false }
        let start = count
        self += value.utf8
        if self[start...].contains(0) { throw .holdsNUL }
        return true
    }

    /// The head of an array of one dimension that may have NULLs.
    fileprivate mutating func beginArray(of type: Int32, _ count: Int) {
        append(word: count == 0 ? 0 : 1)
        append(word: 1)
        append(word: type)
        if count == 0 { return }
        append(word: Int32(count))
        append(word: 1)
    }

    /// Appends an element behind its length.
    fileprivate mutating func appendElement(
        _ encode: (inout [UInt8]) throws(PostgreSQLError) -> Bool
    ) throws(PostgreSQLError) {
        let start = count
        append(word: -1)
        guard try encode(&self) else { return }
        let length = Int32(count - start - 4)
        for (index, shift) in [24, 16, 8, 0].enumerated() {
            self[start + index] = UInt8(truncatingIfNeeded: length >> Int32(shift))
        }
    }
}
#endif
