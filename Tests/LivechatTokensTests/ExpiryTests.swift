import Foundation
import LivechatTokens
import LivechatValues
import Testing

@Suite("C4: when a token opens the door")
struct ExpiryTests {
    static let created = LivechatTimestamp(milliseconds: 1_767_225_600_000)
    static let day: Int64 = 86_400_000

    struct Row: CustomTestStringConvertible {
        let name: String
        let kind: LivechatTokenRecord.Kind
        let ownExpiry: Int64?
        let setting: Double?
        /// Milliseconds after creation, nil for never.
        let life: Int64?

        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "login, no setting", kind: .login, ownExpiry: nil, setting: nil, life: 90 * day),
        Row(name: "login, setting 0", kind: .login, ownExpiry: nil, setting: 0, life: 90 * day),
        Row(name: "login, setting -0", kind: .login, ownExpiry: nil, setting: -0.0, life: 90 * day),
        Row(name: "login, setting -1", kind: .login, ownExpiry: nil, setting: -1, life: 90 * day),
        Row(name: "login, setting NaN", kind: .login, ownExpiry: nil, setting: .nan, life: 90 * day),
        Row(name: "login, setting -infinity", kind: .login, ownExpiry: nil, setting: -.infinity, life: 90 * day),
        Row(name: "login, setting 0.5", kind: .login, ownExpiry: nil, setting: 0.5, life: day / 2),
        Row(name: "login, setting 1", kind: .login, ownExpiry: nil, setting: 1, life: day),
        Row(name: "login, setting 365", kind: .login, ownExpiry: nil, setting: 365, life: 365 * day),
        Row(
            name: "login, huge setting",
            kind: .login,
            ownExpiry: nil,
            setting: 1e300,
            life: 253_402_300_799_999 - created.milliseconds
        ),
        Row(
            name: "login, infinite setting",
            kind: .login,
            ownExpiry: nil,
            setting: .infinity,
            life: 253_402_300_799_999 - created.milliseconds
        ),
        Row(name: "login, own expiry beats no setting", kind: .login, ownExpiry: 5_000, setting: nil, life: 5_000),
        Row(name: "login, own expiry beats a setting", kind: .login, ownExpiry: 400 * day, setting: 1, life: 400 * day),
        Row(name: "login, expired when made", kind: .login, ownExpiry: 0, setting: 1, life: 0),
        Row(name: "personal", kind: .personalAccess, ownExpiry: nil, setting: nil, life: nil),
        Row(name: "personal, setting", kind: .personalAccess, ownExpiry: nil, setting: 1, life: nil),
        Row(name: "personal, own expiry", kind: .personalAccess, ownExpiry: 7_000, setting: 90, life: 7_000),
    ]

    @Test("Just before, at and just after the end of its life", arguments: rows)
    func instants(_ row: Row) {
        let token = LivechatTokenRecord(
            kind: row.kind,
            createdAt: Self.created,
            expiresAt: row.ownExpiry.map { LivechatTimestamp(milliseconds: Self.created.milliseconds + $0) }
        )
        func refusal(after milliseconds: Int64, isActive: Bool = true) -> AuthenticationRefusal? {
            LoginRecord(token: token, userIsActive: isActive, loginExpirationDays: row.setting)
                .refusal(at: LivechatTimestamp(milliseconds: Self.created.milliseconds + milliseconds))
        }
        guard let life = row.life else {
            for moment in [0, 1, 90 * Self.day, 100_000 * Self.day] { #expect(refusal(after: moment) == nil) }
            #expect(refusal(after: 0, isActive: false) == .inactive)
            return
        }
        #expect(refusal(after: life - 1) == nil)
        #expect(refusal(after: life) == .expired)
        #expect(refusal(after: life + 1) == .expired)
        #expect(refusal(after: life - 1, isActive: false) == .inactive)
        #expect(refusal(after: life, isActive: false) != nil)
    }

    @Test(
        "A setting that is not a positive number means 90",
        arguments: [
            (nil, 90), (0, 90), (-1, 90), (.nan, 90), (0.25, 0.25), (30, 30),
            (.leastNonzeroMagnitude, .leastNonzeroMagnitude),
        ] as [(Double?, Double)]
    )
    func setting(_ setting: Double?, _ days: Double) {
        #expect(LoginExpiration.days(setting: setting) == days)
    }
}

@Suite("The clock")
struct WallClockTests {
    @Test("The system's clock is between two readings of the machine's")
    func system() {
        let before = Date().timeIntervalSince1970 * 1_000
        let now = Double(LivechatClock.system.now.milliseconds)
        let after = Date().timeIntervalSince1970 * 1_000
        #expect(now >= before.rounded(.down))
        #expect(now <= after)
    }

    @Test("A clock of one's own is asked each time")
    func own() {
        let clock = LivechatClock { LivechatTimestamp(milliseconds: 7) }
        #expect(clock.now == LivechatTimestamp(milliseconds: 7))
    }
}
