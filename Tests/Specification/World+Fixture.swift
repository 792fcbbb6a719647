/// A JSON value, for the fixtures of the tests.
indirect enum JSON {
    case string(String)
    case number(String)
    case bool(Bool)
    case null
    case list([JSON])
    /// A list, so that a test can write a key twice or in any order.
    case object([(String, JSON)])

    var text: String {
        switch self {
        case .string(let value): Self.quoted(value)
        case .number(let digits): digits
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

extension World {
    /// The world as a fixture (contract C12).
    var fixture: [UInt8] { Array(json.text.utf8) }

    private var json: JSON {
        .object([
            ("settings", settings.json),
            ("roles", .list(roles.map(\.json))),
            (
                "permissions",
                .list(
                    permissions.sorted { $0.key < $1.key }.map { permission, roles in
                        .object([("id", .string(permission)), ("roles", strings(roles))])
                    }
                )
            ),
            ("users", .list(users.map(\.json))),
            ("departments", .list(departments.map(\.json))),
            ("rooms", .list(rooms.map(\.json))),
        ])
    }
}

extension World.Settings {
    fileprivate var json: JSON {
        .object(
            present("previewRoom", previewRoom) { .bool($0) }
                + present("loginExpirationDays", loginExpirationDays) { .number("\($0)") }
        )
    }
}

extension World.Role {
    fileprivate var json: JSON {
        .object(
            [("id", .string(id)), ("scope", .string(scope))] + present("restrictedTo", restrictedTo) { strings($0) }
        )
    }
}

extension World.User {
    fileprivate var json: JSON {
        .object([
            ("id", .string(id)), ("active", .bool(active)), ("roles", strings(roles)),
            ("tokens", .list(tokens.map(\.json))),
        ])
    }
}

extension World.Token {
    fileprivate var json: JSON {
        .object(
            [("token", .string(raw)), ("kind", .string(kind.rawValue)), ("createdAt", .string(instant(createdAt)))]
                + present("expiresAt", expiresAt) { .string(instant($0)) }
        )
    }
}

extension World.Department {
    fileprivate var json: JSON {
        .object([("id", .string(id)), ("enabled", .bool(enabled)), ("agents", strings(agents))])
    }
}

extension World.Room {
    fileprivate var json: JSON {
        .object(
            [
                ("id", .string(id)), ("kind", .string(kind)), ("open", .bool(open)),
                ("members", .list(members.map(\.json))),
            ]
                + present("servedBy", servedBy) { .string($0) }
                + present("departmentId", department) { .string($0) }
                + present("inquiry", inquiry) { $0.json }
        )
    }
}

extension World.Inquiry {
    fileprivate var json: JSON {
        .object(
            [("status", .string(status))]
                + present("departmentId", department) { .string($0) }
                + present("defaultAgent", defaultAgent) { .string($0) }
        )
    }
}

extension World.Member {
    fileprivate var json: JSON { .object([("userId", .string(user)), ("roles", strings(roles))]) }
}

private func strings(_ values: [String]) -> JSON { .list(values.map { .string($0) }) }

/// What is not there is written as `null`, which sets none; a key left out would keep what a load finds.
private func present<Value>(_ key: String, _ value: Value?, _ json: (Value) -> JSON) -> [(String, JSON)] {
    [(key, value.map(json) ?? .null)]
}

/// RFC 3339 in UTC, to the millisecond, by the calendar's own arithmetic: days since 1970 to year, month and day.
func instant(_ milliseconds: Int64) -> String {
    func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    var day = milliseconds / World.day
    var rest = milliseconds % World.day
    if rest < 0 {
        rest += World.day
        day -= 1
    }
    func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var year: Int64 = 1970
    while day < 0 {
        year -= 1
        day += isLeap(year) ? 366 : 365
    }
    while day >= (isLeap(year) ? 366 : 365) {
        day -= isLeap(year) ? 366 : 365
        year += 1
    }
    let months: [Int64] = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var month = 0
    while day >= months[month] {
        day -= months[month]
        month += 1
    }
    return "\(padded(year, 4))-\(padded(Int64(month + 1), 2))-\(padded(day + 1, 2))"
        + "T\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1_000 % 60, 2))"
        + ".\(padded(rest % 1_000, 3))Z"
}
