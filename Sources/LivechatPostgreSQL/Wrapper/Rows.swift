#if PostgreSQL
internal import CLivechatPostgreSQL

/// The rows that a statement gave, in PostgreSQL's binary form; freed when the value is destroyed.
///
/// A column is read as the type that the statement gives it; one of another length reads as nil.
@safe struct Rows: ~Copyable {
    private let result: OpaquePointer

    /// Takes over a result of libpq's.
    init(_ result: OpaquePointer) { unsafe self.result = result }

    deinit { unsafe PQclear(result) }

    /// How many rows there are.
    var count: Int { Int(unsafe PQntuples(result)) }

    /// How many rows a statement without rows has written.
    var written: Int { Int(unsafe String(cString: PQcmdTuples(result))) ?? 0 }

    /// Whether a value is NULL.
    func isNull(_ row: Int, _ column: Int) -> Bool {
        unsafe PQgetisnull(result, Int32(row), Int32(column)) == 1
    }

    /// The bytes of a value; nil for NULL.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        if isNull(row, column) { return nil }
        return unsafe lend(row, column) { unsafe Array($0) }
    }

    /// A text; nil for NULL.
    func text(_ row: Int, _ column: Int) -> String? {
        if isNull(row, column) { return nil }
        return unsafe lend(row, column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A bigint; nil for NULL.
    func integer(_ row: Int, _ column: Int) -> Int64? { unsafe lend(row, column) { unsafe Self.integer($0) } }

    /// A double precision number; nil for NULL.
    func number(_ row: Int, _ column: Int) -> Double? {
        integer(row, column).map { Double(bitPattern: UInt64(bitPattern: $0)) }
    }

    /// A boolean; false for NULL.
    func flag(_ row: Int, _ column: Int) -> Bool {
        if isNull(row, column) { return false }
        return unsafe lend(row, column) { unsafe $0.first == 1 }
    }

    /// An array of bigint; empty for NULL.
    func integers(_ row: Int, _ column: Int) -> [Int64] {
        unsafe elements(row, column) { unsafe Self.integer($0) }
    }

    /// An array of text; empty for NULL.
    func texts(_ row: Int, _ column: Int) -> [String] {
        unsafe elements(row, column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// An array of bytea; empty for NULL.
    func byteStrings(_ row: Int, _ column: Int) -> [[UInt8]] {
        unsafe elements(row, column) { unsafe Array($0) }
    }

    private func lend<Result>(
        _ row: Int,
        _ column: Int,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        let count = Int(unsafe PQgetlength(result, Int32(row), Int32(column)))
        guard let start = unsafe PQgetvalue(result, Int32(row), Int32(column)) else {
            return unsafe body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return unsafe start.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
            unsafe body(UnsafeBufferPointer(start: bytes, count: count))
        }
    }

    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard bytes.count == 8 else { return nil }
        var value: UInt64 = 0
        for index in 0..<8 { unsafe value = value << 8 | UInt64(bytes[index]) }
        return Int64(bitPattern: value)
    }

    /// The elements of an array of one dimension that are not NULL.
    private func elements<Element>(
        _ row: Int,
        _ column: Int,
        _ decode: (UnsafeBufferPointer<UInt8>) -> Element?
    ) -> [Element] {
        unsafe lend(row, column) { bytes in
            func word(_ start: Int) -> Int {
                guard start + 4 <= bytes.count else { return -1 }
                var word: UInt32 = 0
                for index in start..<start + 4 { unsafe word = word << 8 | UInt32(bytes[index]) }
                return Int(Int32(bitPattern: word))
            }
            // Dimensions, whether there are NULLs, the type; then the count and the first index.
            guard word(0) == 1 else { return [] }
            var elements: [Element] = []
            var place = 20
            for _ in 0..<Swift.max(0, word(12)) {
                let length = word(place)
                place += 4
                guard length >= 0, place + length <= bytes.count else { continue }
                if let element = unsafe decode(UnsafeBufferPointer(rebasing: bytes[place..<place + length])) {
                    elements.append(element)
                }
                place += length
            }
            return elements
        }
    }
}
#endif
