#if Import
internal import LivechatFixture
internal import LivechatJoin

extension ExportReading {
    func user(_ document: BSONDocument, _ source: inout Source) throws {
        guard mapping.isUser(document, source) else { return }
        guard let id: LivechatUserID = mapping.id(of: document, &source) else { return }
        guard plan.userIndices[id] == nil else { return findings.skip("there twice", source) }
        let days = plan.settings.loginExpirationDays.value
        let user = mapping.user(id, document, source, expirationDays: days)
        for role in user.roles ?? [] { require(role, source) }
        plan.userIndices[id] = Int32(plan.users.count)
        plan.users.append(id)
        findings.countImported(.users)
    }

    // MARK: Departments

    func department(_ document: BSONDocument, _ source: inout Source) {
        guard let id: LivechatDepartmentID = mapping.id(of: document, &source) else { return }
        if document["type"]?.text == "u" {
            plan.units.insert(id)
            return findings.skip("a unit, and no department", source)
        }
        guard plan.departments[id] == nil else { return findings.skip("there twice", source) }
        if document["archived"]?.bool == true { findings.note("archived: disabled", source) }
        plan.departments[id] = FixtureDepartment { department in
            department.id = id
            department.enabled = document["enabled"]?.bool == true && document["archived"]?.bool != true
            if files[.agents] != nil { department.agents = [] }
        }
        findings.countImported(.departments)
    }

    func agent(_ document: BSONDocument, _ source: inout Source) throws {
        guard let text = document["departmentId"]?.reference, let department = try? LivechatDepartmentID(text),
            plan.departments[department] != nil
        else { return try findings.dangling("of a department that is not imported", source) }
        guard let agent = try mapping.user(document["agentId"], "an agent who is not imported", source, plan) else {
            if document["agentId"]?.reference == nil { findings.skip("without an agent", source) }
            return
        }
        if plan.departments[department]?.agents?.contains(agent) == true {
            return findings.skip("there twice", source)
        }
        plan.departments[department]?.agents?.append(agent)
        findings.countImported(.agents)
    }

    // MARK: Rooms

    func room(_ document: BSONDocument, _ source: inout Source) throws {
        guard let id: LivechatRoomID = mapping.id(of: document, &source) else { return }
        if let reason = mapping.reasonToLeaveOut(document) {
            plan.otherRooms[id] = reason
            return findings.skip(reason, source)
        }
        guard plan.roomIndices[id] == nil else { return findings.skip("there twice", source) }
        mapping.noteOddities(ofRoom: document, source)
        let room = try mapping.room(id, document, source, plan)
        plan.roomIndices[id] = Int32(plan.rooms.count)
        plan.rooms.append(
            ImportPlan.Room(
                isOpen: room.open == true,
                isLivechat: room.kind == LivechatRoom.livechatKind,
                madeAt: document["ts"]?.time
            )
        )
        findings.countImported(.rooms)
    }

    /// The number of the room that a document is of; nil, and counted, where it is not imported.
    private func room(of document: BSONDocument, _ source: Source) throws -> Int32? {
        guard let text = document["rid"]?.reference, let id = try? LivechatRoomID(text) else {
            findings.skip("without a room", source)
            return nil
        }
        if let index = plan.roomIndices[id] { return index }
        if let reason = plan.otherRooms[id] {
            findings.skip("of a room that is left out: \(reason)", source)
        } else {
            try findings.dangling("of a room that is missing", source)
        }
        return nil
    }

    func inquiry(_ document: BSONDocument, _ source: inout Source) throws {
        guard let room = try room(of: document, source) else { return }
        guard plan.rooms[Int(room)].isOpen, plan.rooms[Int(room)].isLivechat else {
            return findings.skip("of a room that is closed", source)
        }
        var inquiry = FixtureInquiry()
        inquiry.status = Given(document["status"]?.text)
        inquiry.departmentID = .null
        if let text = document["department"]?.reference {
            guard let id = try? LivechatDepartmentID(text), plan.departments[id] != nil else {
                // Without its department it would be the public queue.
                return try findings.dangling("its department is not imported", source)
            }
            inquiry.departmentID = .value(id)
        }
        let agent = document["defaultAgent"]?.document?["agentId"]
        inquiry.defaultAgent = Given(
            try mapping.user(agent, "its default agent is not imported: none", source, plan)
        )
        let updatedAt = document["_updatedAt"]?.time
        if let other = plan.inquiries[room] {
            findings.skip("of a room that has another", source)
            guard Self.isPreferred((inquiry, updatedAt), to: other) else { return }
        } else {
            findings.countImported(.inquiries)
        }
        plan.inquiries[room] = (inquiry, updatedAt)
    }

    /// Queued wins, then the newest.
    private static func isPreferred(
        _ one: (inquiry: FixtureInquiry, updatedAt: LivechatTimestamp?),
        to other: (inquiry: FixtureInquiry, updatedAt: LivechatTimestamp?)
    ) -> Bool {
        let queued = QueueFact.Inquiry.queued
        let (isQueued, otherIsQueued) = (one.inquiry.status.value == queued, other.inquiry.status.value == queued)
        if isQueued != otherIsQueued { return isQueued }
        guard let time = one.updatedAt else { return false }
        return other.updatedAt.map { time > $0 } ?? true
    }

    // MARK: Members

    func subscription(_ document: BSONDocument, _ source: inout Source) throws {
        if document["status"]?.text == "INVITED" { return findings.skip("an invitation, and no membership", source) }
        guard let room = try room(of: document, source) else { return }
        let value = document["u"]?.document?["_id"]
        guard let user = try mapping.user(value, "of a user who is not imported", source, plan),
            let index = plan.userIndices[user]
        else {
            if value?.reference == nil { findings.skip("without a user", source) }
            return
        }
        let roles: [LivechatRoleID] = mapping.ids(document["roles"], "a role", source)
        for role in roles { require(role, source) }
        let time = document["ts"]?.time ?? document["_updatedAt"]?.time ?? plan.rooms[Int(room)].madeAt
        if !roles.isEmpty { plan.memberRoles.append(roles) }
        plan.members.append(
            ImportPlan.Member(
                room: room,
                user: index,
                joinedAt: mapping.past(time ?? mapping.now, source),
                open: document["open"]?.bool ?? true,
                alert: document["alert"]?.bool ?? false,
                unread: Int32(exactly: (document["unread"]?.number ?? 0).rounded()).map { max(0, $0) } ?? 0,
                roles: roles.isEmpty ? -1 : Int32(plan.memberRoles.count - 1)
            )
        )
    }

    /// Brings members into the order of the rooms; of two for one pair the older one stays.
    func sortMembers() {
        plan.members.sort { one, other in
            (one.room, one.user, one.joinedAt) < (other.room, other.user, other.joinedAt)
        }
        var kept = 0
        for index in plan.members.indices {
            let member = plan.members[index]
            if kept > 0, plan.members[kept - 1].room == member.room, plan.members[kept - 1].user == member.user {
                let id = "\(plan.users[Int(member.user)])"
                let source = Source(collection: .subscriptions, file: "", offset: nil, id: id)
                findings.skip("of a user and a room that have another, which is older", source)
                continue
            }
            plan.members[kept] = member
            kept += 1
        }
        plan.members.removeLast(plan.members.count - kept)
        findings.setImported(.subscriptions, kept)
    }
}
#endif
