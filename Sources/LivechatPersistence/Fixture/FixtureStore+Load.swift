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
        case .settings(let settings): try self.settings.change(settings, of: 1) { place }
        case .role(let role): _ = try enter(role, .role, role.id, roles, place)
        case .permission(let permission): _ = try enter(permission, .permission, permission.id, permissions, place)
        case .user(let user):
            let row = try enter(user, .user, user.id, users, place)
            try replace(user.tokens, of: row, tokens, by: \.digest) { place.key("tokens").index($0) }
        case .department(let department): _ = try enter(department, .department, department.id, departments, place)
        case .room(let room):
            let row = try enter(room, .room, room.id, rooms, place)
            let inquiry = room.inquiry.isGiven ? room.inquiry.value.map { [$0] } ?? [] : nil
            try replace(inquiry, of: row, inquiries, by: { _ in 0 }, at: { _ in place.key("inquiry") })
            try replace(room.members, of: row, members, by: \.userID) { place.key("members").index($0) }
        }
    }

    private func enter<Object, Entity>(
        _ object: Object,
        _ kind: FixtureKind,
        _ id: LivechatID<Entity>,
        _ rows: FixtureRows<Object>,
        _ place: FixturePlace
    ) throws -> FixtureRow {
        let inserted = try rows.enter(object) { place }.inserted
        guard let key = try inserted ?? references.key(of: kind, id.string) else { throw SQLiteError.ignoredInsert }
        let row = FixtureRow(key: key, isNew: inserted != nil)
        guard references.isSecondReading || references.isFirst(kind, row) else {
            throw FixtureError(place.key("id"), "duplicate id \(FixtureError.quoted(id.string))")
        }
        try rows.replaceLists(of: object, [key], isNew: row.isNew) { place }
        return row
    }

    /// Makes these, and no others, the parts of an entity. One that stays keeps what its object leaves out.
    private func replace<Part, Identity: Hashable>(
        _ parts: [Part]?,
        of owner: FixtureRow,
        _ rows: FixtureRows<Part>,
        by identity: (Part) -> Identity,
        at place: (Int) -> FixturePlace
    ) throws {
        guard let parts, !references.areLeft else { return }
        if !owner.isNew {
            let kept = Set(parts.map(identity))
            for part in try rows.all(of: owner.key, isWhole: false) where !kept.contains(identity(part)) {
                try rows.remove(part, of: owner.key)
            }
        }
        for (index, part) in parts.enumerated() {
            guard let key = try rows.enter(part, of: owner.key, { place(index) }).identity else { continue }
            try rows.replaceLists(of: part, [owner.key, key], isNew: owner.isNew) { place(index) }
        }
    }
}

extension SQLiteError {
    /// Nothing of ours ignores an insert, but a trigger of the host's can.
    static let ignoredInsert = SQLiteError(code: 19, message: "a trigger kept a row from being inserted")
}
