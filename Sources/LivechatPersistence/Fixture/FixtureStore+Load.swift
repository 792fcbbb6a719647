internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStore {
    /// Puts a document that was checked into the database, inside the transaction of the caller (contract C12).
    ///
    /// It removes no user, room, role, permission or department, and writes no row that stays as it is (contract C17).
    ///
    /// What is referred to and follows later gets its row with the reference, so the order of a document does not
    /// matter.
    ///
    /// - Parameters:
    ///   - reader: The document.
    ///   - prune: Removes what is to go once all is there; it returns the departments that stay.
    /// - Returns: What was written.
    /// - Throws: `FixtureError`, or SQLite's error; the caller's transaction must not be kept.
    func load(
        _ reader: FixtureReader,
        thenPrune prune: () throws -> [LivechatDepartmentID] = { [] }
    ) throws -> FixtureSummary {
        try reader.read { element, _ in try enter(element) }
        try references.requireNamed()
        let keptDepartments = try prune()
        return FixtureSummary(
            changes: [
                settings.change, roles.change, restrictions.change, permissions.change, grants.change, users.change,
                rolesOfUser.change, tokens.change, departments.change, agents.change, rooms.change, inquiries.change,
                members.change, rolesOfMember.change,
            ],
            permissions: changedPermissions,
            keptDepartments: keptDepartments
        )
    }

    private func enter(_ element: FixtureElement) throws {
        switch element {
        case .settings(let settings):
            if try self.settings.update(settings, of: [1]) { self.settings.change.changed += 1 }
        case .role(let role):
            let owner = try enter(role, .role, role.id, roles)
            let permissions = role.restrictedTo.isGiven ? role.restrictedTo.value ?? [] : nil
            try replace(permissions, of: owner, restrictions, by: \.self)
        case .permission(let permission):
            let owner = try enter(permission, .permission, permission.id, permissions)
            // A permission without a list keeps its roles.
            guard permission.roles != nil else { return }
            let before = try grants.all(of: owner.key)
            try replace(permission.roles, of: owner, grants, by: \.self)
            let after = try grants.all(of: owner.key)
            if let change = FixtureSummary.Permission(permission.id, before: before, after: after) {
                changedPermissions.append(change)
            }
        case .user(let user):
            let owner = try enter(user, .user, user.id, users)
            try replace(user.tokens, of: owner, tokens, by: \.digest)
            try replace(user.roles, of: owner, rolesOfUser, by: \.self)
        case .department(let department):
            let owner = try enter(department, .department, department.id, departments)
            try replace(department.agents, of: owner, agents, by: \.self, merges: merging != .nothing)
        case .room(let room):
            let owner = try enter(room, .room, room.id, rooms)
            let inquiry = room.inquiry.isGiven ? room.inquiry.value.map { [$0] } ?? [] : nil
            try replace(inquiry, of: owner, inquiries, by: { _ in 0 })
            try replace(room.members, of: owner, members, by: \.userID, merges: merging != .nothing) { member, user in
                let owner = Owner(key: owner.key + [user], isNew: owner.isNew)
                try replace(member.roles, of: owner, rolesOfMember, by: \.self)
            }
        }
    }

    /// The key of what parts belong to, and whether the load has made it.
    private struct Owner {
        let key: [Int64]
        let isNew: Bool
    }

    private func enter<Object, Entity>(
        _ object: Object,
        _ kind: FixtureKind,
        _ id: LivechatID<Entity>,
        _ rows: FixtureRows<Object>
    ) throws -> Owner {
        if let key = try rows.insert(object).inserted { return Owner(key: [key], isNew: true) }
        guard let key = try references.key(of: kind, id.string) else { throw SQLiteError.ignoredInsert }
        let isNew = references.name(kind, key)
        let differs = try rows.update(object)
        if isNew { rows.change.added += 1 } else if differs { rows.change.changed += 1 }
        return Owner(key: [key], isNew: isNew)
    }

    /// Makes these the parts of an entity, and no others unless they are merged.
    ///
    /// One that stays keeps what its object leaves out. `connect` takes each part that refers to something, with the
    /// key of that.
    private func replace<Part, Identity: Hashable>(
        _ parts: [Part]?,
        of owner: Owner,
        _ rows: FixtureRows<Part>,
        by identity: (Part) -> Identity,
        merges: Bool? = nil,
        then connect: (Part, Int64) throws -> Void = { _, _ in }
    ) throws {
        guard let parts else { return }
        if !owner.isNew, !(merges ?? (merging == .everything)) {
            let kept = Set(parts.map(identity))
            for part in try rows.all(of: owner.key, isWhole: false) where !kept.contains(identity(part)) {
                try rows.remove(part, of: owner.key)
            }
        }
        for part in parts {
            if let other = try rows.enter(part, of: owner.key) { try connect(part, other) }
        }
    }
}

extension SQLiteError {
    /// Nothing of ours ignores an insert, but a trigger of the host's can.
    static let ignoredInsert = SQLiteError(code: 19, message: "a trigger kept a row from being inserted")
}
