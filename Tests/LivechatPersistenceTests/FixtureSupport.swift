import LivechatJoin
import Testing

@testable import LivechatPersistence

/// What reading a fixture gives: its elements with their places, or the mistake.
func elements(of text: String) throws -> [(element: FixtureElement, place: String)] {
    try elements(of: Array(text.utf8))
}

func elements(of bytes: [UInt8]) throws -> [(element: FixtureElement, place: String)] {
    try elements(of: FixtureReader(bytes))
}

func elements(of reader: FixtureReader) throws -> [(element: FixtureElement, place: String)] {
    var found: [(element: FixtureElement, place: String)] = []
    try reader.read { found.append(($0, $1.description)) }
    return found
}

/// A document that comes in pieces of a few bytes.
func reader(of bytes: [UInt8], inPiecesOf size: Int) -> FixtureReader {
    FixtureReader { offset in Array(bytes[offset..<min(offset + size, bytes.count)]) }
}

/// The message of the mistake that reading must end with; nil when there is none.
func mistake(in bytes: [UInt8]) -> String? {
    let message = mistake(in: FixtureReader(bytes))
    for size in bytes.count < 10_000 ? [1, 2, 3, 7] : [1_000] {
        let other = mistake(in: reader(of: bytes, inPiecesOf: size))
        if other != message { return "\(message ?? "none") at once, \(other ?? "none") in pieces of \(size)" }
    }
    return message
}

func mistake(in reader: FixtureReader) -> String? {
    do {
        _ = try elements(of: reader)
        return nil
    } catch {
        return (error as? FixtureError)?.description ?? "not a FixtureError: \(error)"
    }
}

func mistake(in text: String) -> String? { mistake(in: Array(text.utf8)) }

func written(_ elements: [FixtureElement]) throws -> String {
    let pieces = Pieces()
    var writer = FixtureWriter { pieces.all.append($0) }
    for element in elements { try writer.write(element) }
    try writer.finish()
    return try #require(String(validating: pieces.all.joined(), as: UTF8.self))
}

/// Collects what a writer hands out.
final class Pieces {
    var all: [[UInt8]] = []
}

/// A document that has every key of contract C12.
let completeFixture = #"""
    {
      "settings": {"previewRoom": true, "loginExpirationDays": 90},
      "roles": [
        {"id": "livechat-agent", "scope": "Users", "description": "", "restrictedTo": null},
        {"id": "guest", "scope": "Subscriptions", "description": null, "restrictedTo": ["view-joined-room", "x"]}
      ],
      "permissions": [
        {"id": "view-l-room", "roles": ["admin", "livechat-agent"]}
      ],
      "users": [
        {"id": "u1", "username": "ann", "active": true, "roles": ["livechat-agent"], "tokens": [{"hashedToken": "\#(hashOfRaw)", "createdAt": "2026-01-01T00:00:00.000Z", "expiresAt": "2026-04-01T00:00:00.123Z", "kind": "login"}, {"hashedToken": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "createdAt": "1969-12-31T23:59:59.999Z", "expiresAt": null, "kind": "personalAccess"}]},
        {"id": "u2", "username": null, "active": false, "roles": [], "tokens": []}
      ],
      "departments": [
        {"id": "d1", "enabled": false, "agents": ["u1", "u2"]}
      ],
      "rooms": [
        {"id": "r1", "kind": "l", "open": true, "servedBy": "u1", "departmentId": "d1", "visitorToken": "v1", "inquiry": {"status": "queued", "departmentId": "d1", "defaultAgent": "u1"}, "members": [{"userId": "u1", "joinedAt": "2026-01-02T00:00:00.000Z", "roles": ["owner"], "open": false, "alert": true, "unread": 7}, {"userId": "u2", "joinedAt": "2026-01-02T00:00:00.000Z", "roles": [], "open": true, "alert": false, "unread": 0}]},
        {"id": "r2", "kind": "c", "open": false, "servedBy": null, "departmentId": null, "visitorToken": null, "inquiry": null, "members": []},
        {"id": "r3", "kind": "l", "open": false, "servedBy": null, "departmentId": null, "visitorToken": null, "inquiry": {"status": null, "departmentId": null, "defaultAgent": null}, "members": []}
      ]
    }

    """#

/// base64(SHA-256("raw")), from `printf raw | openssl dgst -sha256 -binary | base64`.
let hashOfRaw = "10Ob7iR3O8v6LQqXlH7jYiexDRAisaVYR+kollu2v94="
