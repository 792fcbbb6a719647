#if Import
internal import Foundation
public import LivechatFixture
public import LivechatJoin

/// What `mongodump` or `mongoexport` has written of a Rocket.Chat server's collections (contract C19).
///
/// ```swift
/// let export = try RocketChatExport(folder: "dump/rocketchat")
/// print(export.report)
/// try await database.load(export.fixture())
/// ```
public struct RocketChatExport: Sendable {
    /// What is imported.
    ///
    /// ```swift
    /// var options = RocketChatExport.Options()
    /// options.onlyOpen = true
    /// do {
    ///     let export = try RocketChatExport(folder: "dump/rocketchat", options: options)
    ///     try await database.load(export.fixture(), dryRun: true)
    /// } catch let error as ImportError {
    ///     print(error.file, error.offset ?? 0, error.message)
    /// }
    /// ```
    public struct Options: Hashable, Sendable {
        /// Whether to leave closed livechat rooms out.
        public var onlyOpen = false
        /// Whether to import channels, private groups and direct messages too, which can never be joined here.
        public var allRooms = false
        /// Whether to restrict the role `guest` as the server's licence does.
        public var restrictsGuests = false
        /// Whether a reference to nothing is an error; otherwise it is left out and counted.
        public var isStrict = false
        /// Whether to import the permissions of single settings too.
        public var takesSettingsPermissions = false
        /// Whether the export is of everything, so that what it does not have is removed: users, livechat rooms,
        /// departments, agents, members, inquiries and grants, each where there is a file for it.
        public var isWhole = false

        /// The defaults.
        public init() {}
    }

    /// Told what is done, and how many bytes of how many.
    public typealias Progress = @Sendable (_ what: String, _ done: Int, _ total: Int) -> Void

    /// What the export holds, what comes of it, and what is left out.
    public let report: ImportReport

    private let options: Options
    private let files: [Collection: ExportFile]
    private let plan: ImportPlan
    private let now: LivechatTimestamp

    /// Reads all of an export, and changes nothing.
    ///
    /// Ids, inquiries and memberships are kept in memory; users and rooms are read again as they are needed.
    ///
    /// - Parameters:
    ///   - folder: The folder with the files, such as `users.bson` or `rocketchat_room.json`.
    ///   - options: What is imported.
    ///   - clock: What tells the time of the import.
    ///   - progress: Told how far it is.
    /// - Throws: ``ImportError`` when a file is missing, packed, damaged or cannot be read, the server was in the middle
    ///   of a migration, or a reference to nothing is an error.
    public init(
        folder: String,
        options: Options = Options(),
        clock: LivechatClock = .system,
        progress: @escaping Progress = { _, _, _ in }
    ) throws {
        let now = clock.now
        files = try ExportFolder.files(in: folder)
        self.options = options
        self.now = now
        let total = files.values.reduce(0) { $0 + $1.size }
        var done = 0
        let reading = ExportReading(files, options: options, now: now) { count in
            done += count
            progress("reading", done, total)
        }
        (plan, report) = try reading.read()
    }

    /// What is to be loaded: users and rooms are read again each time that it is asked for its elements.
    ///
    /// - Parameter progress: Told how far it is.
    /// - Returns: The fixture's elements.
    public func fixture(progress: @escaping Progress = { _, _, _ in }) -> FixtureSource {
        let export = self
        return FixtureSource(isWhole: options.isWhole, removal: removal) { visit in
            try export.eachElement(progress, visit)
        }
    }

    /// What the server has removed, or no longer has where the export is of everything.
    private var removal: FixtureSource.Removal? {
        guard options.isWhole || files[.trash] != nil else { return nil }
        let (plan, options) = (plan, options)
        let isWhole = options.isWhole
        let hasAll = (rooms: isWhole && files[.rooms] != nil, departments: isWhole && files[.departments] != nil)
        let permissions = isWhole ? files[.permissions].map { _ in Set(plan.permissions.map(\.id)) } : nil
        let removed = plan.removed
        return FixtureSource.Removal(
            keeps: { kind, id in
                switch kind {
                case .user:
                    let user = LivechatUserID(stored: id)
                    return isWhole ? plan.userIndices[user] != nil : !removed.users.contains(user)
                case .department:
                    let department = LivechatDepartmentID(stored: id)
                    if hasAll.departments { return plan.departments[department] != nil }
                    return !removed.departments.contains(department)
                case .permission: return permissions?.contains(LivechatPermissionID(stored: id)) ?? true
                case .role, .room: return true
                }
            },
            keepsRoom: { id, kind in
                // A room of a kind that is not imported may be the host's own.
                if kind != LivechatRoom.livechatKind && !options.allRooms { return true }
                let room = LivechatRoomID(stored: id)
                return hasAll.rooms ? plan.roomIndices[room] != nil : !removed.rooms.contains(room)
            },
            agents: removed.agents,
            members: removed.members
        )
    }

    private func eachElement(_ progress: Progress, _ visit: (FixtureElement) throws -> Void) throws {
        if plan.settings != FixtureSettings() { try visit(.settings(plan.settings)) }
        for role in plan.roles.values.sorted(by: { $0.id < $1.id }) { try visit(.role(role)) }
        for permission in plan.permissions { try visit(.permission(permission)) }
        let total = (files[.users]?.size ?? 0) + (files[.rooms]?.size ?? 0)
        var done = 0
        func advance(_ count: Int) {
            done += count
            progress("importing", done, total)
        }
        let mapping = ExportMapping(options: options, now: now, findings: Findings(isStrict: false))
        try eachUser(mapping, advance, visit)
        for department in plan.departments.values.sorted(by: { $0.id < $1.id }) { try visit(.department(department)) }
        try eachRoom(mapping, advance, visit)
    }

    private func eachUser(
        _ mapping: ExportMapping,
        _ advance: (Int) -> Void,
        _ visit: (FixtureElement) throws -> Void
    ) throws {
        guard let file = files[.users] else { return }
        var next: Int32 = 0
        try file.read(progress: advance) { document, offset in
            // The documents were read before: one with another number is one that was left out.
            guard let id = (document["_id"]?.reference).flatMap({ try? LivechatUserID($0) }),
                plan.userIndices[id] == next
            else { return }
            next += 1
            let source = Source(collection: .users, file: file.name, offset: offset)
            try visit(.user(mapping.user(id, document, source, expirationDays: nil)))
        }
        guard next == plan.users.count else { throw ImportError.changed(file) }
    }

    private func eachRoom(
        _ mapping: ExportMapping,
        _ advance: (Int) -> Void,
        _ visit: (FixtureElement) throws -> Void
    ) throws {
        guard let file = files[.rooms] else { return }
        var next: Int32 = 0
        var member = 0
        try file.read(progress: advance) { document, offset in
            guard let id = (document["_id"]?.reference).flatMap({ try? LivechatRoomID($0) }),
                plan.roomIndices[id] == next
            else { return }
            let source = Source(collection: .rooms, file: file.name, offset: offset)
            var room = try mapping.room(id, document, source, plan)
            if let found = plan.inquiries[next] {
                room.inquiry = .value(found.inquiry)
            } else if options.isWhole, files[.inquiries] != nil {
                room.inquiry = .null
            }
            if files[.subscriptions] != nil {
                var members: [FixtureMember] = []
                while member < plan.members.count, plan.members[member].room == next {
                    members.append(self.member(plan.members[member]))
                    member += 1
                }
                room.members = members
            }
            next += 1
            try visit(.room(room))
        }
        guard next == plan.rooms.count else { throw ImportError.changed(file) }
    }

    private func member(_ kept: ImportPlan.Member) -> FixtureMember {
        FixtureMember { member in
            member.userID = plan.users[Int(kept.user)]
            member.joinedAt = kept.joinedAt
            member.roles = kept.roles < 0 ? [] : plan.memberRoles[Int(kept.roles)]
            member.open = kept.open
            member.alert = kept.alert
            member.unread = Int(kept.unread)
        }
    }
}

extension ImportError {
    static func changed(_ file: ExportFile) -> ImportError {
        ImportError(file.name, "has changed while it was read: import again when the export has ended")
    }
}
#endif
