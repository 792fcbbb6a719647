#if Console
internal import LivechatJoin
internal import LivechatPermissions

/// The grants as a matrix: a row for each permission, a column for each role.
struct GrantsView {
    let permission: String
    let role: String
    let onlyDifferent: Bool
    let roles: [Column]
    let rows: [Row]
    let isEmpty: Bool
    /// Default permissions that the store does not have.
    let missing: [String]
    let hasMissing: Bool
    let moreRoles: String
    let hasMoreRoles: Bool
    let restricted: [Restricted]
    let hasRestricted: Bool
    let paging: Paging

    struct Column {
        let id: String
        let href: String
        let scope: String
        let description: String
        let isRestricted: Bool
    }

    struct Row {
        let id: String
        let href: String
        let isDefault: Bool
        let cells: [Cell]
    }

    struct Cell {
        let role: String
        /// Whether the role is granted the permission.
        let isGranted: Bool
        /// "added" or "taken" where it differs from a new database; empty where it does not.
        let difference: String
        let isDifferent: Bool
        /// Whether the role's restriction leaves the permission out.
        let isOutside: Bool
        let mark: String
        let words: String?
    }

    /// A role whose holders can have these permissions only.
    struct Restricted {
        let role: Reference
        let permissions: [Reference]
    }
}

extension ConsolePages {
    /// The most roles that one matrix shows, and permissions that it looks at for a filter.
    private static let (mostColumns, mostScanned) = (40, 5_000)

    func grants(_ query: ConsoleQuery) async throws -> Page {
        let (wanted, wantedRole) = (query["permission"] ?? "", query["role"] ?? "")
        let onlyDifferent = query["only"] == "different"
        let roleStart = query["roles-after"].flatMap(LivechatRoleID.init(requested:))
        let after = query["after"].flatMap(LivechatPermissionID.init(requested:))
        let roles = try await entries(after: roleStart, limit: Self.mostColumns + 1, store.roles) { role in
            Self.has(role.id, wantedRole)
        }
        let columns = roles.prefix(Self.mostColumns)
        let permissions = try await entries(after: after, limit: Self.mostRows + 1, store.permissions) { permission in
            Self.has(permission.id, wanted)
                && (!onlyDifferent || columns.contains { difference(of: permission, $0.id) != nil })
        }
        let rows = permissions.prefix(Self.mostRows)
        let missing = after == nil ? try await missingDefaults() : []
        func link(after: String?, rolesAfter: String?) -> String {
            Link.path(
                "/grants",
                [
                    ("permission", query["permission"]), ("role", query["role"]), ("only", query["only"]),
                    ("roles-after", rolesAfter), ("after", after),
                ]
            )
        }
        let next = permissions.count > rows.count ? rows.last?.id.string : nil
        let nextRole = roles.count > columns.count ? columns.last?.id.string : nil
        let restricted = columns.filter { !$0.role.restrictedTo.isEmpty }
        let view = GrantsView(
            permission: wanted,
            role: wantedRole,
            onlyDifferent: onlyDifferent,
            roles: columns.map(Self.column),
            rows: rows.map { row($0, Array(columns)) },
            isEmpty: rows.isEmpty,
            missing: missing.map(\.string),
            hasMissing: !missing.isEmpty,
            moreRoles: nextRole.map { link(after: query["after"], rolesAfter: $0) } ?? "",
            hasMoreRoles: nextRole != nil,
            restricted: restricted.map { role in
                GrantsView.Restricted(
                    role: Reference(role.id),
                    permissions: role.role.restrictedTo.sorted().map(Reference.init)
                )
            },
            hasRestricted: !restricted.isEmpty,
            paging: Paging(
                next: next.map { link(after: $0, rolesAfter: query["roles-after"]) },
                first: after == nil && roleStart == nil ? nil : link(after: nil, rolesAfter: nil)
            )
        )
        return Page(tab: .grants, title: "Grants", template: "grants", content: view)
    }

    /// The first entries of a list that pass a filter, from among as many as a page looks at.
    private func entries<Entry: Identifiable & Sendable>(
        after start: Entry.ID?,
        limit: Int,
        _ read: (LivechatPage<Entry.ID>) async throws -> [Entry],
        where isWanted: (Entry) -> Bool
    ) async throws -> [Entry] where Entry.ID: Sendable {
        var (found, last, scanned) = ([Entry](), start, 0)
        while found.count < limit, scanned < Self.mostScanned {
            let page = try await read(.after(last, limit: Self.mostRows))
            found += page.filter(isWanted)
            guard page.count == Self.mostRows else { break }
            scanned += page.count
            last = page.last?.id
        }
        return Array(found.prefix(limit))
    }

    /// Default permissions that somebody has removed.
    private func missingDefaults() async throws -> [LivechatPermissionID] {
        let found = try await entries(after: nil, limit: Self.mostScanned, store.permissions) { permission in
            defaultGrants[permission.id] != nil
        }
        let there = Set(found.map(\.id))
        return defaultGrants.keys.filter { !there.contains($0) }.sorted()
    }

    private static func has(_ id: LivechatID<some Any>, _ part: String) -> Bool {
        part.isEmpty || id.string.lowercased().contains(part.lowercased())
    }

    private static func column(_ stored: LivechatStoredRole) -> GrantsView.Column {
        GrantsView.Column(
            id: Shown.text(stored.id.string),
            href: Reference(stored.id).href,
            scope: stored.role.scope.rawValue,
            description: Shown.text(stored.role.description ?? ""),
            isRestricted: !stored.role.restrictedTo.isEmpty
        )
    }

    /// How a grant differs from a new database.
    private func difference(of permission: LivechatStoredPermission, _ role: LivechatRoleID) -> String? {
        let isGranted = permission.roles.contains(role)
        let isDefault = defaultGrants[permission.id]?.contains(role) ?? false
        if isGranted == isDefault { return nil }
        return isGranted ? "added" : "taken"
    }

    private func row(_ permission: LivechatStoredPermission, _ roles: [LivechatStoredRole]) -> GrantsView.Row {
        let reference = Reference(permission.id)
        return GrantsView.Row(
            id: reference.id,
            href: reference.href,
            isDefault: defaultGrants[permission.id] != nil,
            cells: roles.map { stored in
                let isGranted = permission.roles.contains(stored.id)
                let difference = difference(of: permission, stored.id)
                let isOutside = !stored.role.restrictedTo.isEmpty && !stored.role.restrictedTo.contains(permission.id)
                let words = [
                    isGranted ? "granted" : nil,
                    difference.map { $0 == "added" ? "not so in a new database" : "granted in a new database" },
                    isOutside ? "outside of what the role is restricted to" : nil,
                ].compactMap { $0 }
                return GrantsView.Cell(
                    role: Shown.text(stored.id.string),
                    isGranted: isGranted,
                    difference: difference ?? "",
                    isDifferent: difference != nil,
                    isOutside: isOutside,
                    mark: isGranted ? "✓" : difference == nil ? "" : "✗",
                    words: words.isEmpty ? nil : words.joined(separator: "; ")
                )
            }
        )
    }
}
#endif
