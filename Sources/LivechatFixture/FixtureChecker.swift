internal import LivechatJoin

/// Finds every mistake of a document while others may write: what the reader finds, ids that stand twice, and
/// references to what neither the document nor the store has (contract C12).
package final class FixtureChecker {
    /// The ids of one kind that the document has named or referred to.
    private final class IDs<Entity> {
        enum Standing {
            /// In the document.
            case named
            /// In the store.
            case stored
            /// In neither, as far as the document has been read.
            case missing
        }

        let kind: FixtureKind
        var standings: [LivechatID<Entity>: Standing] = [:]

        init(_ kind: FixtureKind) { self.kind = kind }
    }

    private let roles = IDs<LivechatRole>(.role)
    private let permissions = IDs<LivechatPermission>(.permission)
    private let users = IDs<LivechatUser>(.user)
    private let departments = IDs<LivechatDepartment>(.department)
    private let rooms = IDs<LivechatRoomEntity>(.room)
    private let isStored: (FixtureKind, String) throws -> Bool
    /// How many ids are missing.
    private var missing = 0
    private var isSecondReading = false

    /// - Parameter isStored: Whether the store has an id; asked for ids that the document refers to before it names
    ///   them, each once.
    package init(isStored: @escaping (FixtureKind, String) throws -> Bool) { self.isStored = isStored }

    /// Reads the document; one that refers to something that does not exist is read again, for the place.
    ///
    /// - Throws: `FixtureError` for the first mistake, or the error of the store or the document.
    package func check(_ reader: FixtureReader) throws {
        try reader.read(visit)
        if missing == 0 { return }
        isSecondReading = true
        try reader.read(visit)
    }

    private func visit(_ element: FixtureElement, _ place: FixturePlace) throws {
        switch element {
        case .settings: break
        case .role(let role):
            try name(role.id, roles, place)
            try refer(to: role.restrictedTo.value, permissions) { place.key("restrictedTo").index($0) }
        case .permission(let permission):
            try name(permission.id, permissions, place)
            try refer(to: permission.roles, roles) { place.key("roles").index($0) }
        case .user(let user):
            try name(user.id, users, place)
            try refer(to: user.roles, roles) { place.key("roles").index($0) }
        case .department(let department):
            try name(department.id, departments, place)
            try refer(to: department.agents, users) { place.key("agents").index($0) }
        case .room(let room):
            try name(room.id, rooms, place)
            try refer(to: room.servedBy.value, users) { place.key("servedBy") }
            try refer(to: room.departmentID.value, departments) { place.key("departmentId") }
            let inquiry = room.inquiry.value
            try refer(to: inquiry?.departmentID.value, departments) { place.key("inquiry").key("departmentId") }
            try refer(to: inquiry?.defaultAgent.value, users) { place.key("inquiry").key("defaultAgent") }
            for (index, member) in (room.members ?? []).enumerated() {
                let place = { place.key("members").index(index) }
                try refer(to: member.userID, users) { place().key("userId") }
                try refer(to: member.roles, roles) { place().key("roles").index($0) }
            }
        }
    }

    private func name<Entity>(_ id: LivechatID<Entity>, _ ids: IDs<Entity>, _ place: FixturePlace) throws {
        if isSecondReading { return }
        let standing = ids.standings.updateValue(.named, forKey: id)
        if standing == .named {
            throw FixtureError(place.key("id"), "duplicate id \(FixtureError.quoted(id.string))")
        }
        if standing == .missing { missing -= 1 }
    }

    private func refer<Entity>(
        to list: [LivechatID<Entity>]?,
        _ ids: IDs<Entity>,
        _ place: (Int) -> FixturePlace
    ) throws {
        for (index, id) in (list ?? []).enumerated() { try refer(to: id, ids) { place(index) } }
    }

    private func refer<Entity>(
        to id: LivechatID<Entity>?,
        _ ids: IDs<Entity>,
        _ place: () -> FixturePlace
    ) throws {
        guard let id else { return }
        if let standing = ids.standings[id] {
            guard isSecondReading, standing == .missing else { return }
            throw FixtureError(place(), "no \(ids.kind.word) \(FixtureError.quoted(id.string))")
        }
        let isStored = try isStored(ids.kind, id.string)
        ids.standings[id] = isStored ? .stored : .missing
        if !isStored { missing += 1 }
    }
}
