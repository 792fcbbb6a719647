#if CommandLine
/// The people and rooms of the demo.
enum DemoData {
    static let ruledRoom = "vault"
    static let ruleCode = "error-outside-business-hours"

    static let fixture = """
        {
          "users": [
            { "id": "ann", "username": "Ann, an agent", "roles": ["livechat-agent"], "tokens": [
              { "token": "anns-token" },
              { "token": "anns-old-token", "createdAt": "2020-01-01T00:00:00Z", "expiresAt": "2020-03-31T00:00:00Z" }
            ] },
            { "id": "ben", "username": "Ben, no agent", "roles": ["user"], "tokens": [{ "token": "bens-token" }] },
            { "id": "ina", "username": "Ina, who has left", "active": false, "roles": ["livechat-agent"],
              "tokens": [{ "token": "inas-token" }] }
          ],
          "rooms": [
            { "id": "orders", "servedBy": "ann" },
            { "id": "returns", "servedBy": "ann", "open": false },
            { "id": "\(ruledRoom)", "servedBy": "ann" },
            { "id": "complaints" }
          ]
        }
        """
}

/// One request and the answer that the contract gives it (contract C2).
struct DemoRow {
    let name: String
    var user: String?
    var token: String?
    let query: String
    let status: Int
    let body: String
    let step: String

    var headers: [(String, String)] {
        [("X-User-Id", user), ("X-Auth-Token", token)].compactMap { name, value in value.map { (name, $0) } }
    }

    private init(
        _ name: String,
        as user: String? = "ann",
        with token: String? = "anns-token",
        _ query: String,
        _ status: Int,
        _ body: String,
        by step: String
    ) {
        self.name = name
        self.user = user
        self.token = token
        self.query = query
        self.status = status
        self.body = body
        self.step = step
    }

    // The bytes are written out, not taken from the engine: the demo checks the engine against them.
    private static let joined = #"{"success":true}"#
    private static let notLoggedIn = #"{"status":"error","message":"You must be logged in to do this."}"#

    /// The second of two requests where each client has one.
    static let tooMany = DemoRow(
        "asks too often: once a minute is allowed",
        "?roomId=orders",
        429,
        #"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 60 seconds before "#
            + #"trying this endpoint again. [error-too-many-requests]"}"#,
        by: "limit"
    )

    static let all = [
        DemoRow("joins the room she serves", "?roomId=orders", 200, joined, by: "join"),
        DemoRow("joins again, a member already", "?roomId=orders", 200, joined, by: "join"),
        DemoRow(
            "roomId is missing",
            "",
            400,
            #"{"success":false,"error":"must have required property 'roomId' [invalid-params]","#
                + #""errorType":"invalid-params"}"#,
            by: "validate"
        ),
        DemoRow(
            "another parameter is present",
            "?roomId=orders&extra=1",
            400,
            #"{"success":false,"error":"must NOT have additional properties [invalid-params]","#
                + #""errorType":"invalid-params"}"#,
            by: "validate"
        ),
        DemoRow(
            "roomId is repeated",
            "?roomId=orders&roomId=x",
            400,
            #"{"success":false,"error":"must be string [invalid-params]","errorType":"invalid-params"}"#,
            by: "validate"
        ),
        DemoRow(
            "no such room",
            "?roomId=nowhere",
            400,
            #"{"success":false,"error":"error-invalid-room"}"#,
            by: "find"
        ),
        DemoRow(
            "the room is closed",
            "?roomId=returns",
            400,
            #"{"success":false,"error":"room-closed"}"#,
            by: "open"
        ),
        DemoRow("a wrong token", with: "wrong", "?roomId=orders", 401, notLoggedIn, by: "authenticate"),
        DemoRow("no headers", as: nil, with: nil, "?roomId=orders", 401, notLoggedIn, by: "authenticate"),
        DemoRow("an expired token", with: "anns-old-token", "?roomId=orders", 401, notLoggedIn, by: "authenticate"),
        DemoRow(
            "a user who is not active",
            as: "ina",
            with: "inas-token",
            "?roomId=orders",
            401,
            notLoggedIn,
            by: "authenticate"
        ),
        DemoRow(
            "a user without view-l-room",
            as: "ben",
            with: "bens-token",
            "?roomId=orders",
            403,
            #"{"success":false,"error":"User does not have the permissions required for this action "#
                + #"[error-unauthorized]"}"#,
            by: "authorize"
        ),
        DemoRow(
            "may not enter this room",
            "?roomId=complaints",
            403,
            #"{"success":false,"error":"unauthorized"}"#,
            by: "access"
        ),
        DemoRow(
            "the embedder's own rule refuses",
            "?roomId=vault",
            400,
            #"{"success":false,"error":"error-outside-business-hours"}"#,
            by: "rules"
        ),
    ]
}
#endif
