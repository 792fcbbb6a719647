/// Everything that the contract lets a decision depend on, as plain values (contract C8).
struct World: Sendable {
    var settings = Settings()
    var roles: [Role] = []
    /// Which roles are granted a permission, by the permission's id.
    var permissions: [String: [String]] = [:]
    var users: [User] = []
    var departments: [Department] = []
    var rooms: [Room] = []

    struct Settings: Sendable {
        var previewRoom: Bool?
        var loginExpirationDays: Double?
    }

    struct Role: Sendable {
        var id: String
        var scope = "Users"
        var restrictedTo: [String]?
    }

    struct User: Sendable {
        var id: String
        var active = true
        var roles: [String] = []
        var tokens: [Token] = []
    }

    struct Token: Sendable {
        enum Kind: String, Sendable {
            case login
            case personalAccess
        }

        var raw: String
        var createdAt = World.now - World.day
        var expiresAt: Int64?
        var kind = Kind.login
    }

    struct Department: Sendable {
        var id: String
        var enabled = true
        var agents: [String] = []
    }

    struct Room: Sendable {
        var id: String
        var kind = "l"
        var open = true
        var servedBy: String?
        var department: String?
        var inquiry: Inquiry?
        var members: [Member] = []
    }

    struct Inquiry: Sendable {
        var status = "queued"
        var department: String?
        var defaultAgent: String?
    }

    struct Member: Sendable {
        var user: String
        var roles: [String] = []
    }
}

extension World {
    /// The moment of every decision, 2026-03-01T12:00:00.000Z in milliseconds.
    static let now: Int64 = 1_772_366_400_000
    static let day: Int64 = 86_400_000

    /// The four permissions of the contract, granted to nobody until a test says otherwise: what the migration put in
    /// must not decide anything here.
    static let noGrants: [String: [String]] = [
        "view-l-room": [],
        "view-livechat-rooms": [],
        "view-livechat-room-closed-by-another-agent": [],
        "view-livechat-room-closed-same-department": [],
    ]
}
