internal import LivechatJoin

extension FixtureSettings {
    private enum Key: String, CaseIterable { case previewRoom, loginExpirationDays }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var settings = FixtureSettings()
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .previewRoom: settings.previewRoom = try reader.given { try $0.bool() }
            case .loginExpirationDays: settings.loginExpirationDays = try reader.given { try $0.number() }
            }
        }
        self = settings
    }
}

extension FixtureRole {
    private enum Key: String, CaseIterable { case id, scope, description, restrictedTo }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var id: LivechatRoleID?
        var scope: LivechatRole.Scope?
        var description = Given<String>.leftOut
        var restrictedTo = Given<[LivechatPermissionID]>.leftOut
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .id: id = try reader.id()
            case .scope: scope = try reader.choice()
            case .description: description = try reader.given { try $0.string() }
            case .restrictedTo: restrictedTo = try reader.given { try $0.ids() }
            }
        }
        self.init(
            id: try reader.required(id, "id"),
            scope: scope,
            description: description,
            restrictedTo: restrictedTo
        )
    }
}

extension FixturePermission {
    private enum Key: String, CaseIterable { case id, roles }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var id: LivechatPermissionID?
        var roles: [LivechatRoleID]?
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .id: id = try reader.id()
            case .roles: roles = try reader.ids()
            }
        }
        self.init(id: try reader.required(id, "id"), roles: roles)
    }
}

extension FixtureUser {
    private enum Key: String, CaseIterable { case id, username, active, roles, tokens }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var id: LivechatUserID?
        var username = Given<String>.leftOut
        var active: Bool?
        var roles: [LivechatRoleID]?
        var tokens: [FixtureToken]?
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .id: id = try reader.id()
            case .username: username = try reader.given { try $0.string() }
            case .active: active = try reader.bool()
            case .roles: roles = try reader.ids()
            case .tokens:
                tokens = try reader.list(
                    by: \.digest,
                    { reader, _ in FixtureError(reader.place, "the token is in the list already") },
                    { try FixtureToken(from: &$0) }
                )
            }
        }
        self.init(
            id: try reader.required(id, "id"),
            username: username,
            active: active,
            roles: roles,
            tokens: tokens
        )
    }
}

extension FixtureToken {
    private enum Key: String, CaseIterable { case token, hashedToken, createdAt, expiresAt, kind }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var raw: LivechatTokenDigest?
        var hashed: LivechatTokenDigest?
        var createdAt: LivechatTimestamp?
        var expiresAt = Given<LivechatTimestamp>.leftOut
        var kind: LivechatTokenRecord.Kind?
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .token: raw = LivechatToken(try reader.string()).digest
            case .hashedToken:
                hashed = LivechatTokenDigest(base64: try reader.string())
                if hashed == nil { throw FixtureError(reader.place, "is not the base64 of 32 bytes") }
            case .createdAt: createdAt = try reader.time()
            case .expiresAt: expiresAt = try reader.given { try $0.time() }
            case .kind: kind = try reader.choice()
            }
        }
        if raw != nil, hashed != nil {
            throw FixtureError(reader.place, #"has both "token" and "hashedToken", give one of them"#)
        }
        guard let digest = raw ?? hashed else {
            throw FixtureError(reader.place, #""token" or "hashedToken" is missing"#)
        }
        self.init(digest: digest, createdAt: createdAt, expiresAt: expiresAt, kind: kind)
    }
}

extension FixtureDepartment {
    private enum Key: String, CaseIterable { case id, enabled, agents }
    private static let keys = JSONKeys<Key>()

    init(from reader: inout JSONReader) throws {
        var id: LivechatDepartmentID?
        var enabled: Bool?
        var agents: [LivechatUserID]?
        try reader.object(Self.keys) { reader, key in
            switch key {
            case .id: id = try reader.id()
            case .enabled: enabled = try reader.bool()
            case .agents: agents = try reader.ids()
            }
        }
        self.init(id: try reader.required(id, "id"), enabled: enabled, agents: agents)
    }
}
