internal import CLivechatSQLite

/// One row of a running statement, lent for the length of a call.
@safe
package struct Row: ~Copyable {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) { unsafe self.handle = handle }

    /// Whether the column is NULL.
    package func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The column as an integer; 0 for NULL.
    package func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// The column as an integer, or nil for NULL.
    package func integerIfPresent(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// Whether the column is a number other than 0.
    package func bool(_ column: Int32) -> Bool { integer(column) != 0 }

    /// The column as a floating-point number, or nil for NULL.
    package func doubleIfPresent(_ column: Int32) -> Double? {
        isNull(column) ? nil : unsafe sqlite3_column_double(handle, column)
    }

    /// The column as text, as long as it is stored, NUL bytes included; empty for NULL.
    package func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(handle, column) else { return "" }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The column as text, or nil for NULL.
    package func textIfPresent(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The column as bytes; empty for NULL.
    package func blob(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Whether the column's bytes are exactly these.
    package func equals(_ column: Int32, _ bytes: Span<UInt8>) -> Bool {
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        guard count == bytes.count, let start = unsafe sqlite3_column_blob(handle, column) else {
            return count == bytes.count
        }
        let stored = unsafe UnsafeRawBufferPointer(start: start, count: count)
        for index in 0..<count where unsafe stored[index] != bytes[index] { return false }
        return true
    }
}
