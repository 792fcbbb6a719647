internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStore {
    /// Puts a document into the database, inside the transaction of the caller (contract C12).
    ///
    /// It removes no user, room, role, permission or department, and writes no row that stays as it is (contract C17).
    ///
    /// Every entity is made or updated and, as long as all that was referred to stood before or was in the database
    /// already, connected with others at once. From the first reference on to something that follows later, references
    /// are left, and all of them are followed when the document is read for the second time; so its order does not
    /// matter.
    ///
    /// - Throws: `FixtureError` for the first mistake, or SQLite's error; the caller's transaction must not be kept.
    func load(_ reader: FixtureReader) throws {
        try reader.read(enter)
        guard references.leadAhead else { return }
        references.isSecondReading = true
        try reader.read(enter)
    }

    private func enter(_ element: FixtureElement, _ place: FixturePlace) throws {
        switch element {
        case .settings(let settings): try self.settings.change(settings, of: [1]) { place }
        case .role(let role):
            let owner = try enter(role, .role, role.id, roles, place)
            let permissions = role.restrictedTo.isGiven ? role.restrictedTo.value ?? [] : nil
            try replace(permissions, of: owner, restrictions, by: \.self) { place.key("restrictedTo").index($0) }
        case .permission(let permission):
            let owner = try enter(permission, .permission, permission.id, permissions, place)
            try replace(permission.roles, of: owner, grants, by: \.self) { place.key("roles").index($0) }
        case .user(let user):
            let owner = try enter(user, .user, user.id, users, place)
            try replace(user.tokens, of: owner, tokens, by: \.digest) { place.key("tokens").index($0) }
            try replace(user.roles, of: owner, rolesOfUser, by: \.self) { place.key("roles").index($0) }
        case .department(let department):
            let owner = try enter(department, .department, department.id, departments, place)
            try replace(department.agents, of: owner, agents, by: \.self) { place.key("agents").index($0) }
        case .room(let room):
            let owner = try enter(room, .room, room.id, rooms, place)
            let inquiry = room.inquiry.isGiven ? room.inquiry.value.map { [$0] } ?? [] : nil
            try replace(inquiry, of: owner, inquiries, by: { _ in 0 }, at: { _ in place.key("inquiry") })
            let place = place.key("members")
            try replace(room.members, of: owner, members, by: \.userID) {
                place.index($0)
            } then: { member, user, index in
                let owner = Owner(key: owner.key + [user], isNew: owner.isNew)
                try replace(member.roles, of: owner, rolesOfMember, by: \.self) {
                    place.index(index).key("roles").index($0)
                }
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
        _ rows: FixtureRows<Object>,
        _ place: FixturePlace
    ) throws -> Owner {
        let inserted = try rows.enter(object) { place }.inserted
        guard let key = try inserted ?? references.key(of: kind, id.string) else { throw SQLiteError.ignoredInsert }
        let isNew = inserted != nil
        guard references.isSecondReading || references.isFirst(kind, key, isNew: isNew) else {
            throw FixtureError(place.key("id"), "duplicate id \(FixtureError.quoted(id.string))")
        }
        return Owner(key: [key], isNew: isNew)
    }

    /// Makes these, and no others, the parts of an entity. One that stays keeps what its object leaves out.
    ///
    /// - Parameter connect: Takes each part that refers to something, with the key of that and its index.
    private func replace<Part, Identity: Hashable>(
        _ parts: [Part]?,
        of owner: Owner,
        _ rows: FixtureRows<Part>,
        by identity: (Part) -> Identity,
        at place: (Int) -> FixturePlace,
        then connect: (Part, Int64, Int) throws -> Void = { _, _, _ in }
    ) throws {
        guard let parts, !references.areLeft else { return }
        if !owner.isNew {
            let kept = Set(parts.map(identity))
            for part in try rows.all(of: owner.key, isWhole: false) where !kept.contains(identity(part)) {
                try rows.remove(part, of: owner.key)
            }
        }
        for (index, part) in parts.enumerated() {
            let other = try rows.enter(part, of: owner.key) { place(index) }.identity
            if let other { try connect(part, other, index) }
        }
    }
}

extension SQLiteError {
    /// Nothing of ours ignores an insert, but a trigger of the host's can.
    static let ignoredInsert = SQLiteError(code: 19, message: "a trigger kept a row from being inserted")
}
