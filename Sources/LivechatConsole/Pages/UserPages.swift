#if Console
internal import LivechatJoin
internal import LivechatTokens

/// One user: what the store holds of them, and which rooms they could join.
struct UserView {
    let id: String
    let username: String
    let isActive: Bool
    let roles: [Reference]
    let roomRoles: [RoomRoles]
    let hasRoomRoles: Bool
    let departments: String
    let permissions: [Permission]
    let tokens: [TokenView]
    let hasTokens: Bool
    let validTokens: String
    let moreTokens: String?
    let events: String
    let rooms: [Admitting]
    let isEmpty: Bool
    let paging: Paging
    /// The user as a question has it.
    let question: String

    struct RoomRoles {
        let room: Reference
        let roles: String
    }

    struct Permission {
        let permission: Reference
        let isHeld: Bool
        let through: String
    }

    struct Admitting {
        let room: Reference
        let access: String
        let why: String
    }
}

/// A token as kind, age and expiry: never its digest.
struct TokenView {
    let kind: String
    let created: String
    let age: String
    let expires: String
    let left: String
    let isExpired: Bool

    init(_ token: LivechatTokenRecord, loginExpirationDays: Double?, at now: LivechatTimestamp) {
        kind = token.kind == .login ? "login" : "personal access"
        created = Shown.time(token.createdAt)
        let age = now.milliseconds - token.createdAt.milliseconds
        self.age = age < 0 ? "in \(Shown.length(milliseconds: age))" : "\(Shown.length(milliseconds: age)) ago"
        let expiry = token.expiry(loginExpirationDays: loginExpirationDays)
        let isExpired = expiry.map { $0 <= now } ?? false
        self.isExpired = isExpired
        expires = expiry.map(Shown.time) ?? "never"
        let length = expiry.map { Shown.length(milliseconds: $0.milliseconds - now.milliseconds) }
        left = length.map { isExpired ? "expired \($0) ago" : "in \($0)" } ?? ""
    }
}

/// Users, in the order of their ids.
struct UsersView {
    let rows: [Row]
    let isEmpty: Bool
    let paging: Paging

    struct Row {
        let user: Reference
        let username: String
        let isActive: Bool
        let roles: [Reference]
        let departments: String
        let tokens: String
    }
}

extension ConsolePages {
    func users(_ query: ConsoleQuery) async throws -> Page {
        let after = query["after"].flatMap(LivechatUserID.init(requested:))
        let users = try await store.users(.after(after, limit: Self.mostRows + 1))
        let rows = users.prefix(Self.mostRows).map { stored in
            UsersView.Row(
                user: Reference(stored.id),
                username: Shown.text(stored.user.username ?? ""),
                isActive: stored.user.isActive,
                roles: stored.roles.map(Reference.init),
                departments: Self.list(stored.departments),
                tokens: Shown.count(stored.tokensCount)
            )
        }
        let last = users.count > rows.count ? users[rows.count - 1].id.string : nil
        let view = UsersView(
            rows: rows,
            isEmpty: rows.isEmpty,
            paging: Paging(
                next: last.map { Link.path("/users", [("after", $0)]) },
                first: after == nil ? nil : "/users"
            )
        )
        return Page(tab: .users, title: "Users", template: "users", content: view)
    }

    func user(_ query: ConsoleQuery) async throws -> Page {
        guard let id = query["id"].flatMap(LivechatUserID.init(requested:)),
            let stored = try await store.users(.only(id)).first
        else {
            throw Page.Missing(text: "There is no user \(query["id"] ?? "without an id").")
        }
        let after = query["after"].flatMap(LivechatRoomID.init(requested:))
        let service = service()
        let rooms = try await service.where(user: id, .after(after, limit: Self.mostRows + 1))
        let held = try await service.permissions(of: id)
        let days = try await store.settings().loginExpirationDays
        let now = options.clock.now
        let tokens = try await store.tokens(of: id)
            .sorted { $0.record.createdAt > $1.record.createdAt }
            .map { TokenView($0.record, loginExpirationDays: days, at: now) }
        let last = rooms.count > Self.mostRows ? rooms[Self.mostRows - 1].id.string : nil
        let view = UserView(
            id: Shown.text(id.string),
            username: Shown.text(stored.user.username ?? ""),
            isActive: stored.user.isActive,
            roles: stored.roles.map(Reference.init),
            roomRoles: stored.roomRoles.sorted { $0.key < $1.key }.prefix(Self.mostRows).map { room, roles in
                UserView.RoomRoles(room: Reference(room), roles: Self.list(roles))
            },
            hasRoomRoles: !stored.roomRoles.isEmpty,
            departments: Self.list(stored.departments),
            permissions: [LivechatPermissionID.viewLivechatRoom, LivechatPermissionID.viewLivechatRooms].map {
                permission in
                let roles = held.roles(holding: permission)
                return UserView.Permission(
                    permission: Reference(permission),
                    isHeld: !roles.isEmpty,
                    through: Self.list(roles)
                )
            },
            tokens: Array(tokens.prefix(Self.mostRows)),
            hasTokens: !tokens.isEmpty,
            validTokens: "\(Shown.count(tokens.count { !$0.isExpired })) of \(Shown.count(tokens.count))",
            moreTokens: tokens.count > Self.mostRows ? Shown.count(tokens.count - Self.mostRows) : nil,
            events: Link.now(user: id.string),
            rooms: rooms.prefix(Self.mostRows).map { room in
                UserView.Admitting(
                    room: Reference(room.id),
                    access: room.access.rawValue,
                    why: Link.why(id.string, room.id.string)
                )
            },
            isEmpty: rooms.isEmpty,
            paging: Paging(
                next: last.map { Link.user(id, after: $0) },
                first: after == nil ? nil : Link.user(id)
            ),
            question: id.string
        )
        return Page(tab: .users, title: "User \(Shown.text(id.string))", template: "user", content: view)
    }

    private static func list(_ ids: [LivechatID<some Any>]) -> String {
        ids.map { Shown.text($0.string) }.joined(separator: ", ")
    }
}
#endif
