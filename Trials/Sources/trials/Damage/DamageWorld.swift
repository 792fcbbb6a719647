/// A world in which every door is shut for exactly one reason, and what is asked of it.
enum DamageWorld {
    static let expired = ["eve"]
    /// Everybody's token is their name.
    static let fixture = """
        {
          "settings": { "previewRoom": true },
          "roles": [ { "id": "kept-in", "restrictedTo": ["view-joined-room"] } ],
          "users": [
            { "id": "ann", "roles": ["livechat-agent"], "tokens": [ { "token": "ann" } ] },
            { "id": "bea", "roles": ["livechat-agent"], "tokens": [ { "token": "bea" } ] },
            { "id": "gus", "roles": ["livechat-agent", "kept-in"], "tokens": [ { "token": "gus" } ] },
            { "id": "ina", "active": false, "roles": ["livechat-agent"], "tokens": [ { "token": "ina" } ] },
            { "id": "eve", "roles": ["livechat-agent"],
              "tokens": [ { "token": "eve", "expiresAt": "2020-01-01T00:00:00Z" } ] },
            { "id": "nor", "tokens": [ { "token": "nor" } ] },
            { "id": "rev", "roles": ["livechat-agent"], "tokens": [ { "token": "rev" } ] },
            { "id": "wit", "roles": ["livechat-agent"], "tokens": [ { "token": "wit" } ] },
            { "id": "dea", "roles": ["livechat-agent"], "tokens": [ { "token": "dea" } ] }
          ],
          "departments": [ { "id": "sales", "agents": ["ann"] }, { "id": "off", "enabled": false, "agents": ["ann"] } ],
          "rooms": [
            { "id": "served", "servedBy": "ann" }, { "id": "other", "servedBy": "bea" },
            { "id": "closed", "servedBy": "ann", "open": false }, { "id": "shut", "servedBy": "ann" },
            { "id": "direct", "kind": "d", "servedBy": "ann" }, { "id": "nobodys" },
            { "id": "public", "inquiry": { "status": "queued" } },
            { "id": "taken", "inquiry": { "status": "taken" } },
            { "id": "in-sales", "inquiry": { "status": "queued", "departmentId": "sales" } },
            { "id": "in-off", "inquiry": { "status": "queued", "departmentId": "off" } },
            { "id": "guss", "servedBy": "gus" }, { "id": "inas", "servedBy": "ina" }, { "id": "eves", "servedBy": "eve" },
            { "id": "nors", "servedBy": "nor" }, { "id": "revs", "servedBy": "rev" }, { "id": "wits", "servedBy": "wit" },
            { "id": "deas", "servedBy": "dea" }
          ]
        }
        """

    private static let rooms = [
        "served", "other", "closed", "shut", "direct", "nobodys", "public", "taken", "in-sales", "in-off",
    ]

    struct Request: Sendable {
        let user: String
        let token: String
        let room: String
    }

    /// The table: who asks for what, with which token.
    static let requests: [Request] = {
        var requests: [Request] = []
        for user in ["ann", "bea"] {
            for room in rooms { requests.append(Request(user: user, token: user, room: room)) }
        }
        for user in ["gus", "ina", "eve", "nor", "rev", "wit", "dea"] {
            requests.append(Request(user: user, token: user, room: user + "s"))
            requests.append(Request(user: user, token: user, room: "public"))
        }
        requests.append(Request(user: "ann", token: "bea", room: "served"))
        requests.append(Request(user: "ann", token: "nonsense", room: "served"))
        requests.append(Request(user: "nobody", token: "ann", room: "served"))
        return requests
    }()
}
