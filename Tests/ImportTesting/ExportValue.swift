import LivechatJoin

/// A value of a server's document, before it is written in one of the dialects.
package indirect enum ExportValue: Sendable {
    case text(String)
    case number(Int)
    case double(Double)
    case bool(Bool)
    case null
    /// Milliseconds since 1970.
    case time(Int64)
    case objectID(String)
    case list([ExportValue])
    case object([(String, ExportValue)])

    /// The value as extended JSON.
    package func json(_ dialect: ExportDialect) -> String {
        switch self {
        case .text(let text): JSONString.quoted(text)
        case .number(let number):
            dialect.isCanonical ? #"{"$numberLong":"\#(number)"}"# : "\(number)"
        case .double(let number):
            dialect.isCanonical ? #"{"$numberDouble":"\#(number)"}"# : "\(number)"
        case .bool(let bool): bool ? "true" : "false"
        case .null: "null"
        case .time(let milliseconds): #"{"$date":\#(Self.date(milliseconds, dialect))}"#
        case .objectID(let digits): #"{"$oid":"\#(digits)"}"#
        case .list(let values): "[" + values.map { $0.json(dialect) }.joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONString.quoted($0.0) + ":" + $0.1.json(dialect) }.joined(separator: ",") + "}"
        }
    }

    private static func date(_ milliseconds: Int64, _ dialect: ExportDialect) -> String {
        let text = LivechatTimestamp(milliseconds: milliseconds).rfc3339
        switch dialect {
        case .bson, .canonical: return #"{"$numberLong":"\#(milliseconds)"}"#
        case .relaxed, .array:
            return milliseconds < 0 ? #"{"$numberLong":"\#(milliseconds)"}"# : #""\#(text)""#
        // Old tools wrote the zone without a colon, and numbers where a year had not four digits.
        case .legacy: return milliseconds < 0 ? "\(milliseconds)" : #""\#(text.dropLast())+0000""#
        }
    }
}

/// How an export is written.
package enum ExportDialect: String, CaseIterable, Sendable {
    case bson, relaxed, canonical, legacy, array

    var isCanonical: Bool { self == .bson || self == .canonical }
}
