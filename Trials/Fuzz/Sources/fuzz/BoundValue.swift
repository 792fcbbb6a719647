import LivechatSQLite

/// A value that is bound to a statement.
enum BoundValue {
    case null
    case integer(Int64)
    case bool(Bool)
    case double(Double)
    case text(String)
    case blob([UInt8])

    /// Takes the next value from an input: the type is the first byte modulo 6, numbers have 8 bytes, the least first,
    /// text and blobs have a length of 2 bytes.
    init?(from input: inout ArraySlice<UInt8>) {
        guard let type = input.popFirst() else { return nil }
        switch type % 6 {
        case 0: self = .null
        case 1: self = .integer(Int64(bitPattern: Self.number(8, &input)))
        case 2: self = .bool(Self.number(1, &input) & 1 == 1)
        case 3: self = .double(Double(bitPattern: Self.number(8, &input)))
        case 4: self = .text(String(decoding: Self.bytes(&input), as: UTF8.self))
        default: self = .blob(Self.bytes(&input))
        }
    }

    private static func number(_ count: Int, _ input: inout ArraySlice<UInt8>) -> UInt64 {
        let bytes = input.prefix(count)
        input = input.dropFirst(count)
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A long value is made from few bytes by repeating them, since values beyond the wrapper's own memory go another
    /// way and libFuzzer's inputs are short.
    private static func bytes(_ input: inout ArraySlice<UInt8>) -> [UInt8] {
        let count = Int(number(2, &input) % 3_000)
        let bytes = Array(input.prefix(count))
        input = input.dropFirst(count)
        guard !bytes.isEmpty else { return [] }
        return (0..<count).map { bytes[$0 % bytes.count] }
    }

    func bind(to statement: inout Statement, _ index: Int32) throws {
        switch self {
        case .null: try statement.bind(index, nil as String?)
        case .integer(let value): try statement.bind(index, value)
        case .bool(let value): try statement.bind(index, value)
        case .double(let value): try statement.bind(index, value)
        case .text(let value): try statement.bind(index, value)
        case .blob(let value): try statement.bind(index, value.span)
        }
    }

    func check(_ row: borrowing Row, _ column: Int32, type: String) {
        switch self {
        case .null:
            hold(type == "null" && row.isNull(column), "NULL came back as \(type)")
            hold(row.integer(column) == 0 && row.text(column) == "" && row.blob(column) == [], "NULL is not empty")
        case .integer(let value):
            hold(type == "integer" && row.integerIfPresent(column) == value, "\(value) came back as another \(type)")
            hold(row.bool(column) == (value != 0), "\(value) is not the right truth")
        case .bool(let value):
            hold(type == "integer" && row.integer(column) == (value ? 1 : 0), "\(value) came back as another \(type)")
        case .double(let value) where value.isNaN:
            // SQLite has no NaN; it stores NULL (https://sqlite.org/c3ref/bind_blob.html).
            hold(type == "null" && row.doubleIfPresent(column) == nil, "NaN came back as \(type)")
        case .double(let value):
            hold(type == "real" && row.doubleIfPresent(column) == value, "\(value) came back as another \(type)")
        case .text(let value):
            hold(type == "text", "text came back as \(type)")
            hold(row.text(column).utf8.elementsEqual(value.utf8), "text of \(value.utf8.count) bytes came back changed")
            check(Array(value.utf8), row, column)
        case .blob(let value):
            hold(type == "blob", "a blob came back as \(type)")
            check(value, row, column)
        }
    }

    private func check(_ bytes: [UInt8], _ row: borrowing Row, _ column: Int32) {
        hold(row.blob(column) == bytes, "\(bytes.count) bytes came back changed")
        hold(row.equals(column, bytes.span), "\(bytes.count) bytes are not equal to themselves")
        let longer = bytes + [0]
        hold(!row.equals(column, longer.span), "\(bytes.count) bytes are equal to one more")
        guard let last = bytes.last else { return }
        let other = bytes.dropLast() + [last ^ 1]
        hold(!row.equals(column, other.span), "a difference in the last byte was not seen")
    }
}
