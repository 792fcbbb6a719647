internal import LivechatJoin
internal import LivechatSQLite

/// A value that a column can hold.
protocol ColumnValue: Sendable {
    func bind(to statement: borrowing Statement, _ index: Int32) throws
    /// Takes the value of a column that is not NULL; nil when it holds none of these.
    init?(_ row: borrowing Row, _ column: Int32)
}

extension Bool: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, self) }
    init?(_ row: borrowing Row, _ column: Int32) { self = row.bool(column) }
}

extension Int: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, Int64(self)) }
    init?(_ row: borrowing Row, _ column: Int32) { self.init(row.integer(column)) }
}

extension Double: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, self) }
    init?(_ row: borrowing Row, _ column: Int32) { self = row.doubleIfPresent(column) ?? 0 }
}

extension String: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, self) }
    init?(_ row: borrowing Row, _ column: Int32) { self = row.text(column) }
}

extension LivechatID: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, string) }
    init?(_ row: borrowing Row, _ column: Int32) { self.init(stored: row.text(column)) }
}

extension LivechatVisitorToken: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, value) }
    init?(_ row: borrowing Row, _ column: Int32) { self.init(row.text(column)) }
}

extension LivechatTimestamp: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, milliseconds) }
    init?(_ row: borrowing Row, _ column: Int32) { self.init(milliseconds: row.integer(column)) }
}

extension LivechatTokenDigest: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, bytes.span) }
    init?(_ row: borrowing Row, _ column: Int32) { self.init(bytes: row.blob(column)) }
}

extension LivechatRole.Scope: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws { try statement.bind(index, rawValue) }
    init?(_ row: borrowing Row, _ column: Int32) { self.init(rawValue: row.text(column)) }
}

/// The column says whether a token is one for personal access.
extension LivechatTokenRecord.Kind: ColumnValue {
    func bind(to statement: borrowing Statement, _ index: Int32) throws {
        try statement.bind(index, self == .personalAccess)
    }

    init?(_ row: borrowing Row, _ column: Int32) { self = row.bool(column) ? .personalAccess : .login }
}
