public import LivechatJoin

/// In tests an id is a string literal.
extension LivechatID: ExpressibleByStringLiteral {
    /// Takes an id that is written into a test; a literal that is no id ends the test with what is wrong with it.
    public init(stringLiteral literal: String) {
        do {
            try self.init(literal)
        } catch {
            preconditionFailure("the id \"\(literal)\" \(error)")
        }
    }
}

/// In tests a token is a string literal.
extension LivechatToken: ExpressibleByStringLiteral {
    /// Hashes a token that is written into a test.
    public init(stringLiteral literal: String) { self.init(literal) }
}

/// In tests a user of whom nothing but the id matters is a string literal.
extension LivechatUser: ExpressibleByStringLiteral {
    /// Describes an active user.
    public init(stringLiteral literal: String) { self.init(id: LivechatUserID(stringLiteral: literal)) }
}

/// In tests a role can be a string literal where only its id matters.
extension LivechatRole: ExpressibleByStringLiteral {
    /// Describes a role that restricts nothing.
    public init(stringLiteral literal: String) { self.init(id: LivechatRoleID(stringLiteral: literal)) }
}

/// In tests a room can be a string literal where only its id matters.
extension LivechatRoom: ExpressibleByStringLiteral {
    /// Describes an open room that nobody serves.
    public init(stringLiteral literal: String) { self.init(id: LivechatRoomID(stringLiteral: literal)) }
}
