import Testing

@testable import Specification
@testable import WorldTesting

/// One request and what it is answered as documented, in every entrance that can carry it.
struct EntranceRow: Sendable, CustomTestStringConvertible {
    let name: String
    var userIDs = ["u1"]
    var tokens = ["t1"]
    let query: String?
    let expected: Answer
    /// The room's id where the command line can say the same; nil where it cannot.
    var commandRoom: String?
    /// Whether a request on the wire can carry it.
    var onTheWire = true

    var testDescription: String { name }
    var request: RawRequest { RawRequest(userIDs: userIDs, tokens: tokens, query: query) }

    /// A request with good credentials.
    init(_ name: String, _ query: String?, _ expected: Answer, command: String? = nil) {
        self.name = name
        self.query = query
        self.expected = expected
        commandRoom = command
    }

    /// A request that names a room as it should.
    init(_ name: String, user: [String] = ["u1"], token: [String] = ["t1"], _ expected: Answer, onTheWire: Bool = true)
    {
        self.name = name
        userIDs = user
        tokens = token
        query = "roomId=r1"
        self.expected = expected
        self.onTheWire = onTheWire
        // The command takes one of each, and takes `-` for standard input.
        commandRoom = user.count == 1 && token.count == 1 && !(user + token).joined().contains("\0") ? "r1" : nil
    }
}

extension EntranceRow {
    private static let unauthorized = Answer(401, #"{"status":"error","message":"You must be logged in to do this."}"#)
    private static let noAccess = Answer(403, #"{"success":false,"error":"unauthorized"}"#)
    private static let lacks = Answer(
        403,
        #"{"success":false,"error":"User does not have the permissions required for this action [error-unauthorized]"}"#
    )
    private static let missing = Answer(
        400,
        #"{"success":false,"error":"must have required property 'roomId' [invalid-params]","errorType":"invalid-params"}"#
    )
    private static let additional = Answer(
        400,
        #"{"success":false,"error":"must NOT have additional properties [invalid-params]","errorType":"invalid-params"}"#
    )
    private static let notAString = Answer(
        400,
        #"{"success":false,"error":"must be string [invalid-params]","errorType":"invalid-params"}"#
    )
    private static let noRoom = Answer(400, #"{"success":false,"error":"error-invalid-room"}"#)
    private static let closed = Answer(400, #"{"success":false,"error":"room-closed"}"#)
    private static let joined = Answer(200, #"{"success":true}"#)

    static let longest = String(repeating: "x", count: 256)
    static let composed = "caf\u{e9}"
    static let decomposed = "cafe\u{301}"

    static let all: [EntranceRow] = outcomes + headers + decoding + faults

    private static let outcomes: [EntranceRow] = [
        EntranceRow("joined", "roomId=r1", joined, command: "r1"),
        EntranceRow("already a member", "roomId=mine", joined, command: "mine"),
        EntranceRow("roomId missing", "", missing),
        EntranceRow("no query at all", nil, missing),
        EntranceRow("another parameter", "roomId=r1&other=1", additional),
        EntranceRow("roomId repeated", "roomId=r1&roomId=r1", notAString),
        EntranceRow("roomId as a list", "roomId[]=r1", notAString),
        EntranceRow("roomId as an object", "roomId[x]=r1", notAString),
        EntranceRow("no such room", "roomId=nowhere", noRoom, command: "nowhere"),
        EntranceRow("not a livechat room", "roomId=channel", noRoom, command: "channel"),
        EntranceRow("the room is closed", "roomId=closed", closed, command: "closed"),
        EntranceRow("a closed room of a member", "roomId=closed-mine", closed, command: "closed-mine"),
        EntranceRow("may not enter", "roomId=foreign", noAccess, command: "foreign"),
        EntranceRow("lacks view-l-room", user: ["stranger"], token: ["ts"], lacks),
        EntranceRow("not logged in", token: ["wrong"], unauthorized),
    ]

    private static let headers: [EntranceRow] = [
        EntranceRow("no headers", user: [], token: [], unauthorized),
        EntranceRow("no user id", user: [], unauthorized),
        EntranceRow("no token", token: [], unauthorized),
        EntranceRow("empty user id", user: [""], unauthorized),
        EntranceRow("empty token", token: [""], unauthorized),
        EntranceRow("a user id of white space", user: ["  "], unauthorized),
        EntranceRow("a token of white space", token: [" \t "], unauthorized),
        EntranceRow("the same user id twice", user: ["u1", "u1"], unauthorized),
        EntranceRow("the same token twice", token: ["t1", "t1"], unauthorized),
        EntranceRow("two tokens, the first good", token: ["t1", "wrong"], unauthorized),
        EntranceRow("two tokens, the last good", token: ["wrong", "t1"], unauthorized),
        EntranceRow("two user ids, the last good", user: ["stranger", "u1"], unauthorized),
        EntranceRow("a token and an empty one", token: ["t1", ""], unauthorized),
        EntranceRow("another user's token", token: ["ts"], unauthorized),
        EntranceRow("an unknown user", user: ["nobody"], unauthorized),
        EntranceRow("an inactive user", user: ["idle"], token: ["ti"], unauthorized),
        EntranceRow("an expired token", token: ["expired"], unauthorized),
        EntranceRow("a personal access token", token: ["personal"], joined),
        EntranceRow("a user id in upper case", user: ["U1"], unauthorized),
        EntranceRow("a token in upper case", token: ["T1"], unauthorized),
        EntranceRow("a part of a token", token: ["t"], unauthorized),
        EntranceRow("a token's digest", token: ["YotJ2W3N6XpDDdT1l3BYmeCalo95NJHktwTK4zpA3AI="], unauthorized),
        EntranceRow("white space after the user id", user: ["u1 "], unauthorized, onTheWire: false),
        EntranceRow("white space before the token", token: [" t1"], unauthorized, onTheWire: false),
        EntranceRow("a NUL in the user id", user: ["u1\0"], unauthorized, onTheWire: false),
        EntranceRow("a NUL in the token", token: ["t1\0"], unauthorized, onTheWire: false),
        EntranceRow("a percent sign in the user id", user: ["%751"], unauthorized),
        EntranceRow("a user id of 256 bytes", user: [longest], token: ["tl"], joined),
        EntranceRow("a user id of 257 bytes", user: [longest + "x"], token: ["tl"], unauthorized),
        EntranceRow("a user id as it is stored", user: [composed], token: ["tc"], joined),
        EntranceRow("a user id in the other normal form", user: [decomposed], token: ["tc"], unauthorized),
        EntranceRow("a token in the other normal form", user: [composed], token: ["tok\u{65}\u{301}n"], unauthorized),
        EntranceRow("a token as it is stored, beyond ASCII", user: [composed], token: ["tok\u{e9}n"], joined),
        EntranceRow("an emoji in the token", user: [composed], token: ["\u{1F98A}"], joined),
        EntranceRow("quotes in the user id", user: ["o'\"b"], token: ["tq"], joined),
        EntranceRow("a statement in the user id", user: ["u1' OR '1'='1"], unauthorized),
    ]

    private static let decoding: [EntranceRow] = [
        EntranceRow("roomId empty", "roomId=", noRoom, command: ""),
        EntranceRow("roomId without a value", "roomId", noRoom),
        EntranceRow("an escaped name", "%72oomId=r1", joined),
        EntranceRow("an escaped value", "roomId=%72%31", joined),
        EntranceRow("an escaped list", "roomId%5B%5D=r1", notAString),
        EntranceRow("an escaped list in lower case", "roomId%5b0%5d=r1", notAString),
        EntranceRow("a name in the wrong case", "roomid=r1", missing),
        EntranceRow("a value in the wrong case", "roomId=R1", noRoom, command: "R1"),
        EntranceRow("plus is a space", "roomId=a+b", joined, command: "a b"),
        EntranceRow("an escaped space", "roomId=a%20b", joined),
        EntranceRow("an escaped plus", "roomId=a%2Bb", joined, command: "a+b"),
        EntranceRow("an equals sign in the value", "roomId=a=b", joined, command: "a=b"),
        EntranceRow("an escaped ampersand", "roomId=a%26b", joined, command: "a&b"),
        EntranceRow("a question mark in the value", "roomId=a?b", joined, command: "a?b"),
        EntranceRow("a slash in the value", "roomId=a/b", joined, command: "a/b"),
        EntranceRow("a malformed escape stays", "roomId=%zz", joined, command: "%zz"),
        EntranceRow("a malformed escape of one digit stays", "roomId=%4", joined, command: "%4"),
        EntranceRow("a percent sign at the end stays", "roomId=100%", joined, command: "100%"),
        EntranceRow("a half malformed escape stays", "roomId=%4g", joined, command: "%4g"),
        EntranceRow("decoded once", "roomId=%2541", joined, command: "%41"),
        EntranceRow("not decoded twice", "roomId=%25zz", joined),
        EntranceRow("a NUL is not cut", "roomId=r1%00", noRoom),
        EntranceRow("a NUL alone", "roomId=%00", noRoom),
        EntranceRow("text after a NUL", "roomId=r1%00x", noRoom),
        EntranceRow("a byte that is not UTF-8", "roomId=%ff", noRoom),
        EntranceRow("a byte that is not UTF-8 after the id", "roomId=r1%ff", noRoom),
        EntranceRow("an overlong encoding", "roomId=%C1%B21", noRoom),
        EntranceRow("half a surrogate pair", "roomId=%ED%A0%80", noRoom),
        EntranceRow("the replacement character itself", "roomId=%EF%BF%BD", joined, command: "\u{FFFD}"),
        EntranceRow("an id as it is stored", "roomId=caf%C3%A9", joined, command: composed),
        EntranceRow("an id in the other normal form", "roomId=cafe%CC%81", noRoom, command: decomposed),
        EntranceRow("256 bytes", "roomId=\(longest)", joined, command: longest),
        EntranceRow("257 bytes", "roomId=\(longest)x", noRoom, command: longest + "x"),
        EntranceRow("255 bytes", "roomId=\(longest.dropLast())", noRoom, command: String(longest.dropLast())),
        EntranceRow("quotes and an emoji", "roomId=%22'%F0%9F%A6%8A", joined, command: "\"'\u{1F98A}"),
        EntranceRow("white space after the id", "roomId=r1+", noRoom, command: "r1 "),
        EntranceRow("white space before the id", "roomId=%20r1", noRoom, command: " r1"),
        EntranceRow("a statement in the id", "roomId='+OR+1=1--", noRoom, command: "' OR 1=1--"),
        EntranceRow("empty pairs are nothing", "&&roomId=r1&", joined),
    ]

    private static let faults: [EntranceRow] = [
        EntranceRow("another parameter alone", "other=1", missing),
        EntranceRow("another parameter without a value", "roomId=r1&other", additional),
        EntranceRow("a list and another parameter", "roomId[]=r1&other=1", additional),
        EntranceRow("repeated and another parameter", "roomId=r1&roomId=r1&other=1", additional),
        EntranceRow("a list of two", "roomId[]=r1&roomId[]=r1", notAString),
        EntranceRow("a string and a list", "roomId=r1&roomId[]=r1", notAString),
        EntranceRow("a string and an object", "roomId=r1&roomId[x]=r1", notAString),
        EntranceRow("repeated with an empty one", "roomId=r1&roomId=", notAString),
        EntranceRow("repeated under two spellings", "roomId=r1&%72oomId=r1", notAString),
        EntranceRow("both cases of the name", "roomId=r1&roomid=r1", additional),
        EntranceRow("another parameter that is not UTF-8", "roomId=r1&%ff=1", additional),
        EntranceRow("a longer name", "roomIds=r1", missing),
        EntranceRow("a list of a closed room", "roomId[]=closed", notAString),
    ]
}

extension EntranceRow {
    /// The world that every row is asked in.
    static let world: World = {
        var world = World()
        world.settings.previewRoom = false
        world.roles = [World.Role(id: "agents")]
        world.permissions = World.noGrants.merging(
            ["view-l-room": ["agents"], "view-livechat-rooms": ["supervisors"]]
        ) { $1 }
        world.roles.append(World.Role(id: "supervisors"))
        world.users = [
            World.User(
                id: "u1",
                roles: ["agents"],
                tokens: [
                    World.Token(raw: "t1"),
                    World.Token(raw: "expired", expiresAt: World.now - 1),
                    World.Token(raw: "personal", createdAt: World.now - 1_000 * World.day, kind: .personalAccess),
                ]
            ),
            World.User(id: "stranger", tokens: [World.Token(raw: "ts")]),
            World.User(id: "idle", active: false, roles: ["agents"], tokens: [World.Token(raw: "ti")]),
            World.User(id: longest, roles: ["agents", "supervisors"], tokens: [World.Token(raw: "tl")]),
            World.User(
                id: composed,
                roles: ["agents", "supervisors"],
                tokens: [World.Token(raw: "tc"), World.Token(raw: "tok\u{e9}n"), World.Token(raw: "\u{1F98A}")]
            ),
            World.User(id: "o'\"b", roles: ["agents", "supervisors"], tokens: [World.Token(raw: "tq")]),
        ]
        let served = [
            "r1", "a b", "a+b", "a=b", "a&b", "a?b", "a/b", "%zz", "%4", "100%", "%4g", "%41", "\u{FFFD}", composed,
            longest, "\"'\u{1F98A}",
        ]
        world.rooms = served.map { World.Room(id: $0, servedBy: "u1") }
        world.rooms += [
            World.Room(id: "mine", servedBy: "stranger", members: [World.Member(user: "u1")]),
            World.Room(id: "closed", open: false, servedBy: "u1"),
            World.Room(id: "closed-mine", open: false, members: [World.Member(user: "u1")]),
            World.Room(id: "channel", kind: "c", members: [World.Member(user: "u1")]),
            World.Room(id: "foreign", servedBy: "stranger"),
            World.Room(id: "A", open: false),
        ]
        return world
    }()

    /// The same for a process, which goes by the machine's own clock: what is good lives long, what expired is old.
    static let processWorld: World = {
        var world = Self.world
        world.settings.loginExpirationDays = 36_500
        world.users[0].tokens[1].expiresAt = 1
        return world
    }()
}
