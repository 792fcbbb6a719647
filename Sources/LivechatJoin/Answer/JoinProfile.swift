/// Which order is kept and which bytes are answered: the documented contract, or a server that is seen to speak it
/// (contract C9).
public struct JoinProfile: Sendable {
    /// The name by which the command line knows it.
    public let name: String
    /// The order in which a request is decided.
    public let order: DecisionOrder
    private let notLoggedIn: JoinResponse
    private let noAccess: JoinResponse

    /// Makes a profile of the host's own.
    ///
    /// - Parameters:
    ///   - name: The name by which the command line knows it.
    ///   - order: The order in which a request is decided.
    ///   - notLoggedIn: The answer to somebody who is not logged in.
    ///   - noAccess: The answer to a user who may not enter the room.
    public init(name: String, order: DecisionOrder, notLoggedIn: JoinResponse, noAccess: JoinResponse) {
        self.name = name
        self.order = order
        self.notLoggedIn = notLoggedIn
        self.noAccess = noAccess
    }

    /// The endpoint's public reference page; what is used where nothing else is said.
    public static let documented = JoinProfile(
        name: "documented",
        order: .documented,
        notLoggedIn: JoinResponse(
            status: 401,
            body: #"{"status":"error","message":"You must be logged in to do this."}"#
        ),
        noAccess: JoinResponse(status: 403, body: #"{"success":false,"error":"unauthorized"}"#)
    )

    /// What servers of Rocket.Chat 7 are seen to answer.
    public static let rocketChat7 = JoinProfile(
        name: "rocket-chat-7",
        order: .documented,
        notLoggedIn: observedNotLoggedIn,
        noAccess: observedNoAccess
    )

    /// What servers of Rocket.Chat 8 are seen to answer.
    public static let rocketChat8 = JoinProfile(
        name: "rocket-chat-8",
        order: .rocketChat8,
        notLoggedIn: observedNotLoggedIn,
        noAccess: observedNoAccess
    )

    /// Every profile, the default first.
    public static let all = [documented, rocketChat7, rocketChat8]

    private static let observedNotLoggedIn = JoinResponse(
        status: 401,
        body: #"{"success":false,"error":"You must be logged in to do this.","status":"error","#
            + #""message":"You must be logged in to do this."}"#
    )
    private static let observedNoAccess = JoinResponse(
        status: 400,
        body: #"{"success":false,"error":"error-not-allowed"}"#
    )
}

extension JoinProfile {
    /// The status and the bytes that answer an outcome.
    public func response(to outcome: JoinOutcome) -> JoinResponse {
        switch outcome {
        case .joined, .alreadyMember: Self.success
        case .refused(let refusal): response(to: refusal)
        }
    }

    /// The status and the bytes that answer a refusal, at the host's other endpoints too.
    public func response(to refusal: JoinRefusal) -> JoinResponse {
        switch refusal {
        case .notLoggedIn: notLoggedIn
        case .tooManyRequests(_, let seconds): Self.tooManyRequests(seconds)
        case .invalidParameters(.missing): Self.missing
        case .invalidParameters(.additional): Self.additional
        case .invalidParameters(.notAString): Self.notAString
        case .lacksPermission: Self.lacksPermission
        case .noSuchRoom: Self.noSuchRoom
        case .roomClosed: Self.roomClosed
        case .rule(let rule):
            JoinResponse(status: 400, body: #"{"success":false,"error":\#(JSONString.quoted(rule.code))}"#)
        case .noAccess: noAccess
        }
    }

    private static let success = JoinResponse(status: 200, body: #"{"success":true}"#)
    private static let missing = invalidParameters("must have required property 'roomId'")
    private static let additional = invalidParameters("must NOT have additional properties")
    private static let notAString = invalidParameters("must be string")
    private static let lacksPermission = JoinResponse(
        status: 403,
        body: #"{"success":false,"error":"User does not have the permissions required for this action "#
            + #"[error-unauthorized]"}"#
    )
    private static let noSuchRoom = JoinResponse(status: 400, body: #"{"success":false,"error":"error-invalid-room"}"#)
    private static let roomClosed = JoinResponse(status: 400, body: #"{"success":false,"error":"room-closed"}"#)

    private static func tooManyRequests(_ seconds: Int) -> JoinResponse {
        JoinResponse(
            status: 429,
            body: #"{"success":false,"error":"Error, too many requests. Please slow down. You must wait \#(seconds) "#
                + #"seconds before trying this endpoint again. [error-too-many-requests]"}"#
        ).retry(after: seconds)
    }

    private static func invalidParameters(_ fault: String) -> JoinResponse {
        JoinResponse(
            status: 400,
            body: #"{"success":false,"error":"\#(fault) [invalid-params]","errorType":"invalid-params"}"#
        )
    }
}
