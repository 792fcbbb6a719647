/// A status and a body, as the contract writes them (C2).
struct Answer: Hashable, Sendable, CustomStringConvertible {
    let status: Int
    let body: String

    init(_ status: Int, _ body: String) {
        self.status = status
        self.body = body
    }

    var description: String { "\(status) \(body)" }

    static let joined = Answer(200, #"{"success":true}"#)
    static let missingParameter = Answer(
        400,
        #"{"success":false,"error":"must have required property 'roomId' [invalid-params]","errorType":"invalid-params"}"#
    )
    static let additionalParameter = Answer(
        400,
        #"{"success":false,"error":"must NOT have additional properties [invalid-params]","errorType":"invalid-params"}"#
    )
    static let notAString = Answer(
        400,
        #"{"success":false,"error":"must be string [invalid-params]","errorType":"invalid-params"}"#
    )
    static let noSuchRoom = Answer(400, #"{"success":false,"error":"error-invalid-room"}"#)
    static let roomClosed = Answer(400, #"{"success":false,"error":"room-closed"}"#)
    static let lacksPermission = Answer(
        403,
        #"{"success":false,"error":"User does not have the permissions required for this action [error-unauthorized]"}"#
    )
    static let unavailable = Answer(503, #"{"success":false,"error":"Service Unavailable"}"#)

    /// The codes of the tests need no escaping.
    static func rule(_ code: String) -> Answer { Answer(400, #"{"success":false,"error":"\#(code)"}"#) }
}

/// A profile as the contract's table gives it (C9).
struct ProfileUnderTest: Sendable, CustomStringConvertible {
    enum Step: String, CaseIterable, Sendable {
        case authenticate
        case limit
        case validate
        case authorize
        case find
        case open
        case rules
        case access
        case join
    }

    let name: String
    let order: [Step]
    let notLoggedIn: Answer
    let noAccess: Answer

    var description: String { name }

    static let documented = ProfileUnderTest(
        name: "documented",
        order: [.authenticate, .limit, .validate, .authorize, .find, .open, .rules, .access, .join],
        notLoggedIn: Answer(401, #"{"status":"error","message":"You must be logged in to do this."}"#),
        noAccess: Answer(403, #"{"success":false,"error":"unauthorized"}"#)
    )
    static let rocketChat7 = ProfileUnderTest(
        name: "rocket-chat-7",
        order: [.authenticate, .limit, .validate, .authorize, .find, .open, .rules, .access, .join],
        notLoggedIn: observedNotLoggedIn,
        noAccess: Answer(400, #"{"success":false,"error":"error-not-allowed"}"#)
    )
    static let rocketChat8 = ProfileUnderTest(
        name: "rocket-chat-8",
        order: [.authenticate, .authorize, .limit, .validate, .find, .open, .rules, .access, .join],
        notLoggedIn: observedNotLoggedIn,
        noAccess: Answer(400, #"{"success":false,"error":"error-not-allowed"}"#)
    )
    static let all = [documented, rocketChat7, rocketChat8]

    private static let observedNotLoggedIn = Answer(
        401,
        #"{"success":false,"error":"You must be logged in to do this.","status":"error","message":"You must be logged in to do this."}"#
    )
}
