#if Import
internal import LivechatFixture
internal import LivechatJoin

/// Reads an export once, for what refers to what and for the report.
final class ExportReading {
    let files: [Collection: ExportFile]
    let options: RocketChatExport.Options
    let findings: Findings
    let mapping: ExportMapping
    private let progress: (Int) -> Void
    var plan = ImportPlan()

    init(
        _ files: [Collection: ExportFile],
        options: RocketChatExport.Options,
        now: LivechatTimestamp,
        progress: @escaping (Int) -> Void
    ) {
        self.files = files
        self.options = options
        self.progress = progress
        findings = Findings(isStrict: options.isStrict)
        mapping = ExportMapping(options: options, now: now, findings: findings)
    }

    func read() throws -> (ImportPlan, ImportReport) {
        try each(.migrations, migration)
        try each(.settings, setting)
        if files[.settings] != nil, !plan.settings.previewRoom.isGiven { plan.settings.previewRoom = .value(false) }
        try each(.roles, role)
        try each(.permissions, permission)
        notePermissions()
        if options.restrictsGuests { restrictGuests() }
        try each(.users, user)
        try each(.departments, department)
        try each(.agents, agent)
        try each(.rooms, room)
        try each(.inquiries, inquiry)
        try each(.subscriptions, subscription)
        sortMembers()
        try each(.trash, removed)
        return (plan, findings.finish(files.mapValues(\.name)))
    }

    private func each(_ collection: Collection, _ visit: (BSONDocument, inout Source) throws -> Void) throws {
        guard let file = files[collection] else { return }
        try file.read(progress: progress) { document, offset in
            findings.countRead(collection)
            var source = Source(collection: collection, file: file.name, offset: offset)
            source.id = document["_id"]?.reference
            try visit(document, &source)
        }
    }

    /// A role that somebody names.
    func require(_ role: LivechatRoleID, _ source: Source) {
        guard plan.roles[role] == nil else { return }
        if files[.roles] != nil {
            findings.note("names the role \(FixtureError.quoted(role.string)), made for it", source)
        }
        plan.roles[role] = FixtureRole { $0.id = role }
    }

    // MARK: The server

    private func migration(_ document: BSONDocument, _ source: inout Source) throws {
        guard document["_id"]?.text == "control" else { return }
        if document["locked"]?.bool == true {
            throw ImportError(
                source.file,
                offset: source.offset,
                id: source.id,
                "the server was in the middle of a migration: let it end, and export again"
            )
        }
        if let version = document["version"]?.number.flatMap({ Int(exactly: $0) }) {
            findings.note("the server's schema has the version \(version)", source, showsID: false)
        }
    }

    private func setting(_ document: BSONDocument, _ source: inout Source) {
        let value = document["value"]
        switch document["_id"]?.text {
        case "Livechat_Routing_Method":
            plan.settings.previewRoom = .value(value?.text == "Manual_Selection")
            findings.countImported(.settings)
        case "Accounts_LoginExpiration":
            let days = value?.number ?? value?.text.flatMap { Double($0) }
            plan.settings.loginExpirationDays = .value(days.flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? 90)
            findings.countImported(.settings)
        case "API_Enable_Rate_Limiter_Limit_Calls_Default":
            if let calls = value?.number.flatMap({ Int(exactly: $0) }) {
                findings.note("requests of one client there: \(calls), see serve --rate-limit N/SECONDS", source)
            }
        default: break
        }
    }

    // MARK: Roles and permissions

    private func role(_ document: BSONDocument, _ source: inout Source) {
        guard let id: LivechatRoleID = mapping.id(of: document, &source) else { return }
        guard plan.roles[id] == nil else { return findings.skip("there twice", source) }
        let scope = document["scope"]?.text
        let known = scope.flatMap { LivechatRole.Scope(rawValue: $0) }
        if scope != nil, known == nil { findings.note("its scope is another word: Users", source) }
        // The id of a role that was added there is drawn by lot; its name is what people know.
        let name = document["name"]?.text.flatMap { $0 == id.string || $0.isEmpty ? nil : $0 }
        let description = document["description"]?.text ?? ""
        plan.roles[id] = FixtureRole { role in
            role.id = id
            role.scope = known ?? .users
            role.description = .value(
                [name, description.isEmpty ? nil : description].compactMap(\.self).joined(separator: ": ")
            )
        }
        findings.countImported(.roles)
    }

    private func permission(_ document: BSONDocument, _ source: inout Source) {
        if document["level"]?.text == "settings", !options.takesSettingsPermissions {
            return findings.skip("the permission of one setting (--settings-permissions takes it)", source)
        }
        guard let id: LivechatPermissionID = mapping.id(of: document, &source) else { return }
        guard !plan.permissions.contains(where: { $0.id == id }) else { return findings.skip("there twice", source) }
        let roles: [LivechatRoleID] = mapping.ids(document["roles"], "a role", source)
        for role in roles { require(role, source) }
        plan.permissions.append(
            FixturePermission { permission in
                permission.id = id
                permission.roles = roles
            }
        )
        findings.countImported(.permissions)
    }

    /// The grants of a permission that the export does not have stay as they are in the database.
    private func notePermissions() {
        guard let file = files[.permissions] else { return }
        for permission in Self.deciding where !plan.permissions.contains(where: { $0.id == permission }) {
            let source = Source(collection: .permissions, file: file.name, offset: 0, id: permission.string)
            findings.note("not in the export: its grants in the database stay", source)
        }
    }

    private static let deciding = [
        LivechatPermissionID.viewLivechatRoom, LivechatPermissionID.viewLivechatRooms,
        LivechatPermissionID.viewRoomClosedByAnotherAgent, LivechatPermissionID.viewRoomClosedInSameDepartment,
        LivechatPermissionID.bypassRateLimit,
    ]

    private func restrictGuests() {
        let names = ["start-discussion", "view-d-room", "view-joined-room", "view-p-room"]
        let permissions = names.map { LivechatPermissionID(stored: $0) }
        let guest = LivechatRoleID.guest
        var role = plan.roles[guest] ?? FixtureRole { $0.id = guest }
        role.restrictedTo = .value(permissions)
        plan.roles[guest] = role
        for permission in permissions where !plan.permissions.contains(where: { $0.id == permission }) {
            plan.permissions.append(FixturePermission { $0.id = permission })
        }
    }
}
#endif
