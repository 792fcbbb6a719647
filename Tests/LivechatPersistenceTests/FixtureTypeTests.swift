import Testing

@testable import LivechatPersistence

/// Every key with every type that it does not take.
@Suite("Wrong types in a fixture")
struct FixtureTypeTests {
    enum Kind: String, CaseIterable {
        case string = "a string"
        case number = "a number"
        case yes = "true"
        case no = "false"
        case null = "null"
        case array = "an array"
        case object = "an object"

        var text: String {
            switch self {
            case .string: #""s3cret""#
            case .number: "-1.5e3"
            case .yes: "true"
            case .no: "false"
            case .null: "null"
            case .array: "[ ]"
            case .object: "{ }"
            }
        }
    }

    struct Place: Sendable, CustomTestStringConvertible {
        /// The document around the value, with a % in the value's place.
        let around: String
        let place: String
        let expected: String
        let takesNull: Bool
        var testDescription: String { place }

        init(_ around: String, _ place: String, _ expected: String, takesNull: Bool = false) {
            self.around = around
            self.place = place
            self.expected = expected
            self.takesNull = takesNull
        }

        func takes(_ kind: Kind) -> Bool {
            switch kind {
            case .null: takesNull
            case .yes, .no: expected == "true or false"
            default: expected == kind.rawValue
            }
        }
    }

    static let places = [
        Place("%", "fixture", "an object"),
        Place(#"{"settings":%}"#, "settings", "an object"),
        Place(#"{"settings":{"previewRoom":%}}"#, "settings.previewRoom", "true or false", takesNull: true),
        Place(
            #"{"settings":{"loginExpirationDays":%}}"#,
            "settings.loginExpirationDays",
            "a number",
            takesNull: true
        ),
        Place(#"{"roles":%}"#, "roles", "an array"),
        Place(#"{"roles":[%]}"#, "roles[0]", "an object"),
        Place(#"{"roles":[{"id":%}]}"#, "roles[0].id", "a string"),
        Place(#"{"roles":[{"scope":%}]}"#, "roles[0].scope", "a string"),
        Place(#"{"roles":[{"description":%}]}"#, "roles[0].description", "a string", takesNull: true),
        Place(#"{"roles":[{"restrictedTo":%}]}"#, "roles[0].restrictedTo", "an array", takesNull: true),
        Place(#"{"roles":[{"restrictedTo":[%]}]}"#, "roles[0].restrictedTo[0]", "a string"),
        Place(#"{"permissions":%}"#, "permissions", "an array"),
        Place(#"{"permissions":[%]}"#, "permissions[0]", "an object"),
        Place(#"{"permissions":[{"id":%}]}"#, "permissions[0].id", "a string"),
        Place(#"{"permissions":[{"roles":%}]}"#, "permissions[0].roles", "an array"),
        Place(#"{"permissions":[{"roles":[%]}]}"#, "permissions[0].roles[0]", "a string"),
        Place(#"{"users":%}"#, "users", "an array"),
        Place(#"{"users":[%]}"#, "users[0]", "an object"),
        Place(#"{"users":[{"id":%}]}"#, "users[0].id", "a string"),
        Place(#"{"users":[{"username":%}]}"#, "users[0].username", "a string", takesNull: true),
        Place(#"{"users":[{"active":%}]}"#, "users[0].active", "true or false"),
        Place(#"{"users":[{"roles":%}]}"#, "users[0].roles", "an array"),
        Place(#"{"users":[{"roles":[%]}]}"#, "users[0].roles[0]", "a string"),
        Place(#"{"users":[{"tokens":%}]}"#, "users[0].tokens", "an array"),
        Place(#"{"users":[{"tokens":[%]}]}"#, "users[0].tokens[0]", "an object"),
        Place(#"{"users":[{"tokens":[{"token":%}]}]}"#, "users[0].tokens[0].token", "a string"),
        Place(#"{"users":[{"tokens":[{"hashedToken":%}]}]}"#, "users[0].tokens[0].hashedToken", "a string"),
        Place(#"{"users":[{"tokens":[{"createdAt":%}]}]}"#, "users[0].tokens[0].createdAt", "a string"),
        Place(
            #"{"users":[{"tokens":[{"expiresAt":%}]}]}"#,
            "users[0].tokens[0].expiresAt",
            "a string",
            takesNull: true
        ),
        Place(#"{"users":[{"tokens":[{"kind":%}]}]}"#, "users[0].tokens[0].kind", "a string"),
        Place(#"{"departments":%}"#, "departments", "an array"),
        Place(#"{"departments":[%]}"#, "departments[0]", "an object"),
        Place(#"{"departments":[{"id":%}]}"#, "departments[0].id", "a string"),
        Place(#"{"departments":[{"enabled":%}]}"#, "departments[0].enabled", "true or false"),
        Place(#"{"departments":[{"agents":%}]}"#, "departments[0].agents", "an array"),
        Place(#"{"departments":[{"agents":[%]}]}"#, "departments[0].agents[0]", "a string"),
        Place(#"{"rooms":%}"#, "rooms", "an array"),
        Place(#"{"rooms":[%]}"#, "rooms[0]", "an object"),
        Place(#"{"rooms":[{"id":%}]}"#, "rooms[0].id", "a string"),
        Place(#"{"rooms":[{"kind":%}]}"#, "rooms[0].kind", "a string"),
        Place(#"{"rooms":[{"open":%}]}"#, "rooms[0].open", "true or false"),
        Place(#"{"rooms":[{"servedBy":%}]}"#, "rooms[0].servedBy", "a string", takesNull: true),
        Place(#"{"rooms":[{"departmentId":%}]}"#, "rooms[0].departmentId", "a string", takesNull: true),
        Place(#"{"rooms":[{"visitorToken":%}]}"#, "rooms[0].visitorToken", "a string", takesNull: true),
        Place(#"{"rooms":[{"inquiry":%}]}"#, "rooms[0].inquiry", "an object", takesNull: true),
        Place(#"{"rooms":[{"inquiry":{"status":%}}]}"#, "rooms[0].inquiry.status", "a string", takesNull: true),
        Place(
            #"{"rooms":[{"inquiry":{"departmentId":%}}]}"#,
            "rooms[0].inquiry.departmentId",
            "a string",
            takesNull: true
        ),
        Place(
            #"{"rooms":[{"inquiry":{"defaultAgent":%}}]}"#,
            "rooms[0].inquiry.defaultAgent",
            "a string",
            takesNull: true
        ),
        Place(#"{"rooms":[{"members":%}]}"#, "rooms[0].members", "an array"),
        Place(#"{"rooms":[{"members":[%]}]}"#, "rooms[0].members[0]", "an object"),
        Place(#"{"rooms":[{"members":[{"userId":%}]}]}"#, "rooms[0].members[0].userId", "a string"),
        Place(#"{"rooms":[{"members":[{"joinedAt":%}]}]}"#, "rooms[0].members[0].joinedAt", "a string"),
        Place(#"{"rooms":[{"members":[{"open":%}]}]}"#, "rooms[0].members[0].open", "true or false"),
        Place(#"{"rooms":[{"members":[{"alert":%}]}]}"#, "rooms[0].members[0].alert", "true or false"),
        Place(#"{"rooms":[{"members":[{"unread":%}]}]}"#, "rooms[0].members[0].unread", "a number"),
        Place(#"{"rooms":[{"members":[{"roles":%}]}]}"#, "rooms[0].members[0].roles", "an array"),
        Place(#"{"rooms":[{"members":[{"roles":[%]}]}]}"#, "rooms[0].members[0].roles[0]", "a string"),
    ]

    @Test("are refused, the right one is not", arguments: places, Kind.allCases)
    func type(_ place: Place, _ kind: Kind) {
        let message = mistake(
            in: place.around.split(separator: "%", omittingEmptySubsequences: false)
                .joined(separator: kind.text)
        )
        let refusal = "\(place.place): expected \(place.expected), found \(kind.rawValue)"
        if place.takes(kind) {
            #expect(message?.contains("expected \(place.expected), found") != true)
        } else {
            #expect(message == refusal)
        }
    }
}
