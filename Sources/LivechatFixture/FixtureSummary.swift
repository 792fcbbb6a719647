public import LivechatJoin

/// What a load has changed, or would have changed.
public struct FixtureSummary: Hashable, Sendable {
    /// How many of one kind were written.
    public struct Change: Hashable, Sendable {
        /// Where it stands in a fixture: "users", or "rooms.members" for what belongs to a room.
        public let kind: String
        /// How many are new.
        public package(set) var added = 0
        /// How many were there with other values.
        public package(set) var changed = 0
        /// How many are gone.
        ///
        /// What went with them, such as a member's roles, is not counted.
        public package(set) var removed = 0

        package init(_ kind: String) { self.kind = kind }

        /// Whether nothing was written.
        package var isEmpty: Bool { added + changed + removed == 0 }
    }

    /// A permission that gained or lost roles.
    public struct Permission: Hashable, Sendable {
        /// The permission.
        public let id: LivechatPermissionID
        /// The roles that are granted it now.
        public let gained: [LivechatRoleID]
        /// The roles that are not granted it any more.
        public let lost: [LivechatRoleID]

        /// Compares the roles of a permission; nil when they are the same.
        package init?(_ id: LivechatPermissionID, before: [LivechatRoleID], after: [LivechatRoleID]) {
            self.id = id
            gained = Set(after).subtracting(before).sorted()
            lost = Set(before).subtracting(after).sorted()
            if gained.isEmpty, lost.isEmpty { return nil }
        }
    }

    /// What was written, in the order of a fixture's keys; kinds without a change are left out.
    public let changes: [Change]
    /// The permissions that gained or lost roles, in the order of the document.
    public let permissions: [Permission]

    /// The departments that were to be removed and stay, since a room or an inquiry names them.
    public let keptDepartments: [LivechatDepartmentID]

    /// The users who may join rooms now and could not before, where an export was loaded: they are active and hold
    /// `view-l-room`.
    public private(set) var gainedUsers: [LivechatUserID] = []
    /// The users who could join rooms before and may not any more, where an export was loaded.
    public private(set) var lostUsers: [LivechatUserID] = []

    package mutating func compareUsers(_ before: Set<LivechatUserID>, _ after: Set<LivechatUserID>) {
        gainedUsers = after.subtracting(before).sorted()
        lostUsers = before.subtracting(after).sorted()
    }

    package init(changes: [Change], permissions: [Permission], keptDepartments: [LivechatDepartmentID] = []) {
        self.changes = changes.filter { !$0.isEmpty }
        self.permissions = permissions
        self.keptDepartments = keptDepartments
    }
}

extension FixtureSummary {
    /// What the event log says of the load; nil when nothing was written.
    package var deed: JoinDeed? {
        if changes.isEmpty { return nil }
        let counts = changes.flatMap { change in
            change.counts.map { ("\(change.kind).\($0.what)", JoinEvent.Value.number(Double($0.count))) }
        }
        return JoinDeed(.loaded, Dictionary(uniqueKeysWithValues: counts))
    }
}

extension FixtureSummary: CustomStringConvertible {
    /// A line for each kind and then for each permission, or "nothing differs".
    ///
    /// ```text
    /// users: 2 added, 1 changed
    /// rooms.members: 3 removed
    /// permission "view-l-room": gained "night", lost "livechat-agent"
    /// ```
    public var description: String {
        let kept = keptDepartments.map { department in
            "department \(FixtureError.quoted(department.string)): kept, a room or an inquiry names it"
        }
        let users = [("may join rooms now", gainedUsers), ("may join no room any more", lostUsers)].compactMap {
            $1.isEmpty ? nil : "\($1.count == 1 ? "1 user" : "\($1.count) users") \($0): \(Self.first($1))"
        }
        let lines = changes.map(\.description) + permissions.map(\.description) + kept + users
        return lines.isEmpty ? "nothing differs" : lines.joined(separator: "\n")
    }

    private static func first(_ users: [LivechatUserID]) -> String {
        users.prefix(10).map { FixtureError.quoted($0.string) }.joined(separator: ", ")
            + (users.count > 10 ? ", …" : "")
    }
}

extension FixtureSummary.Change: CustomStringConvertible {
    /// The kind and what was written of it, in one line.
    public var description: String {
        "\(kind): " + counts.map { "\($0.count) \($0.what)" }.joined(separator: ", ")
    }

    fileprivate var counts: [(count: Int, what: String)] {
        [(added, "added"), (changed, "changed"), (removed, "removed")].filter { $0.0 > 0 }
    }
}

extension FixtureSummary.Permission: CustomStringConvertible {
    /// The permission and the roles, in one line.
    public var description: String {
        let roles = gained.map { ("gained", $0) } + lost.map { ("lost", $0) }
        let words = roles.map { "\($0.0) \(FixtureError.quoted($0.1.string))" }
        return "permission \(FixtureError.quoted(id.string)): " + words.joined(separator: ", ")
    }
}
