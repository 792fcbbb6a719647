internal import LivechatJoin

/// The text of one entity, in the order of keys that the contract's example has.
struct JSONLine {
    var bytes: [UInt8] = []
    private var needsComma = false

    mutating func raw(_ text: String) { bytes += text.utf8 }
    mutating func string(_ text: String) { JSONString.append(text, to: &bytes) }

    mutating func object(_ members: (inout JSONLine) throws -> Void) rethrows {
        raw("{")
        needsComma = false
        try members(&self)
        needsComma = true
        raw("}")
    }

    mutating func key(_ name: String) {
        if needsComma { raw(", ") }
        needsComma = true
        raw("\"")
        raw(name)
        raw("\": ")
    }

    mutating func member<Value>(
        _ name: String,
        _ value: Value?,
        _ write: (inout JSONLine, Value) throws -> Void
    ) rethrows {
        guard let value else { return }
        key(name)
        try write(&self, value)
    }

    mutating func member<Value>(
        _ name: String,
        _ value: Given<Value>,
        _ write: (inout JSONLine, Value) throws -> Void
    ) rethrows {
        switch value {
        case .leftOut: return
        case .null:
            key(name)
            raw("null")
        case .value(let value):
            key(name)
            try write(&self, value)
        }
    }

    mutating func list<Value>(_ values: [Value], _ write: (inout JSONLine, Value) -> Void) {
        raw("[")
        for (index, value) in values.enumerated() {
            if index > 0 { raw(", ") }
            write(&self, value)
        }
        raw("]")
    }

    mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }
    mutating func id<Entity>(_ id: LivechatID<Entity>) { string(id.string) }
    mutating func ids<Entity>(_ ids: [LivechatID<Entity>]) { list(ids) { $0.id($1) } }

    mutating func time(_ time: LivechatTimestamp) {
        raw("\"")
        time.appendRFC3339(to: &bytes)
        raw("\"")
    }

    mutating func digest(_ digest: LivechatTokenDigest) {
        raw("\"")
        digest.appendBase64(to: &bytes)
        raw("\"")
    }

    mutating func number(_ value: Double, at place: FixturePlace) throws(FixtureError) {
        guard value.isFinite else { throw FixtureError(place, "\(value) cannot be written in JSON") }
        let text = value.description
        raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
}

extension JSONLine {
    mutating func append(_ settings: FixtureSettings) throws {
        try object { line in
            line.member("previewRoom", settings.previewRoom) { $0.bool($1) }
            try line.member("loginExpirationDays", settings.loginExpirationDays) {
                try $0.number($1, at: FixturePlace().key("settings").key("loginExpirationDays"))
            }
        }
    }

    mutating func append(_ role: FixtureRole) {
        object { line in
            line.member("id", role.id) { $0.id($1) }
            line.member("scope", role.scope) { $0.string($1.rawValue) }
            line.member("description", role.description) { $0.string($1) }
            line.member("restrictedTo", role.restrictedTo) { $0.ids($1) }
        }
    }

    mutating func append(_ permission: FixturePermission) {
        object { line in
            line.member("id", permission.id) { $0.id($1) }
            line.member("roles", permission.roles) { $0.ids($1) }
        }
    }

    mutating func append(_ user: FixtureUser) {
        object { line in
            line.member("id", user.id) { $0.id($1) }
            line.member("username", user.username) { $0.string($1) }
            line.member("active", user.active) { $0.bool($1) }
            line.member("roles", user.roles) { $0.ids($1) }
            line.member("tokens", user.tokens) { line, tokens in line.list(tokens) { $0.append($1) } }
        }
    }

    mutating func append(_ token: FixtureToken) {
        object { line in
            line.member("hashedToken", token.digest) { $0.digest($1) }
            line.member("createdAt", token.createdAt) { $0.time($1) }
            line.member("expiresAt", token.expiresAt) { $0.time($1) }
            line.member("kind", token.kind) { $0.string($1.rawValue) }
        }
    }

    mutating func append(_ department: FixtureDepartment) {
        object { line in
            line.member("id", department.id) { $0.id($1) }
            line.member("enabled", department.enabled) { $0.bool($1) }
            line.member("agents", department.agents) { $0.ids($1) }
        }
    }

    mutating func append(_ room: FixtureRoom) {
        object { line in
            line.member("id", room.id) { $0.id($1) }
            line.member("kind", room.kind) { $0.string($1) }
            line.member("open", room.open) { $0.bool($1) }
            line.member("servedBy", room.servedBy) { $0.id($1) }
            line.member("departmentId", room.departmentID) { $0.id($1) }
            line.member("visitorToken", room.visitorToken) { $0.string($1.value) }
            line.member("inquiry", room.inquiry) { $0.append($1) }
            line.member("members", room.members) { line, members in line.list(members) { $0.append($1) } }
        }
    }

    mutating func append(_ inquiry: FixtureInquiry) {
        object { line in
            line.member("status", inquiry.status) { $0.string($1) }
            line.member("departmentId", inquiry.departmentID) { $0.id($1) }
            line.member("defaultAgent", inquiry.defaultAgent) { $0.id($1) }
        }
    }

    mutating func append(_ member: FixtureMember) {
        object { line in
            line.member("userId", member.userID) { $0.id($1) }
            line.member("joinedAt", member.joinedAt) { $0.time($1) }
            line.member("roles", member.roles) { $0.ids($1) }
        }
    }
}
