extension JoinExplanation {
    /// The explanation as one line of JSON, without the line's end (contract C13).
    public var json: String {
        object([
            ("user", quoted(user.string)), ("room", quoted(room.string)), ("profile", quoted(profile)),
            ("at", quoted(at.rfc3339)),
            (
                "outcome",
                object([
                    ("step", quoted(decidedBy.rawValue)), ("status", "\(response.status)"),
                    ("body", String(decoding: response.body, as: UTF8.self)),
                ])
            ),
            (
                "steps",
                list(steps) { step in
                    object([
                        ("step", quoted(step.step.rawValue)), ("verdict", quoted(step.verdict.rawValue)),
                        ("reason", quoted(step.reason)),
                    ])
                }
            ),
            ("permission", json(permission)),
            (
                "access",
                list(access) { rule in
                    object([
                        ("rule", quoted(rule.access.rawValue)), ("holds", "\(rule.holds)"),
                        ("reason", quoted(rule.reason)),
                    ])
                }
            ),
            (
                "admits",
                list(admits) { remedy in
                    object([
                        ("commands", list(remedy.commands) { list($0, quoted) }), ("text", quoted(remedy.text)),
                        ("alsoAffects", "\(remedy.alsoAffects)"),
                    ])
                }
            ),
        ])
    }

    private func json(_ permission: Permission) -> String {
        object([
            ("name", quoted(permission.name.string)), ("held", "\(permission.isHeld)"),
            ("roles", list(permission.roles) { quoted($0.string) }),
            ("grantedBy", list(permission.grantedBy) { quoted($0.string) }),
            ("restrictedBy", list(permission.restrictedBy) { quoted($0.string) }),
        ])
    }

    private func quoted(_ text: String) -> String { JSONString.quoted(text) }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func list<Value>(_ values: [Value], _ json: (Value) -> String) -> String {
        "[" + values.map(json).joined(separator: ",") + "]"
    }
}
