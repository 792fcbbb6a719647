#if Import
internal import LivechatFixture
internal import LivechatJoin

extension ExportReading {
    /// Takes a document that the server has removed and keeps for a while.
    ///
    /// What the export has is not removed, so a membership or an agent that is there again stays.
    func removed(_ document: BSONDocument, _ source: inout Source) {
        switch document["__collection__"]?.text {
        case "users":
            guard let id: LivechatUserID = mapping.id(of: document, &source), plan.userIndices[id] == nil else {
                return
            }
            plan.removed.users.insert(id)
        case "livechat_department":
            guard let id: LivechatDepartmentID = mapping.id(of: document, &source), plan.departments[id] == nil else {
                return
            }
            plan.removed.departments.insert(id)
        case "room":
            guard options.allRooms || document["t"]?.text == LivechatRoom.livechatKind,
                let id: LivechatRoomID = mapping.id(of: document, &source), plan.roomIndices[id] == nil
            else { return }
            plan.removed.rooms.insert(id)
        case "livechat_department_agents":
            guard let department = document["departmentId"]?.reference.flatMap({ try? LivechatDepartmentID($0) }),
                let user = document["agentId"]?.reference.flatMap({ try? LivechatUserID($0) }),
                plan.departments[department]?.agents?.contains(user) != true
            else { return }
            plan.removed.agents.append((department, user))
        case "subscription":
            guard let room = document["rid"]?.reference.flatMap({ try? LivechatRoomID($0) }),
                let user = document["u"]?.document?["_id"]?.reference.flatMap({ try? LivechatUserID($0) }),
                !isMember(user, of: room)
            else { return }
            plan.removed.members.append((room, user))
        default: return
        }
        findings.countImported(.trash)
    }

    /// Whether the export has a membership; members are in the order of rooms and users by now.
    private func isMember(_ user: LivechatUserID, of room: LivechatRoomID) -> Bool {
        guard let room = plan.roomIndices[room], let user = plan.userIndices[user] else { return false }
        var range = plan.members.startIndex..<plan.members.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let member = plan.members[middle]
            if (member.room, member.user) == (room, user) { return true }
            let isBefore = (member.room, member.user) < (room, user)
            range = isBefore ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }
}
#endif
