internal import LivechatPermissions
internal import LivechatRooms
internal import LivechatTokens
internal import LivechatValues

extension Explainer {
    // MARK: Steps

    func step(
        _ step: JoinStep,
        _ result: StepResult,
        isBehind: Bool,
        _ situation: Situation
    ) -> JoinExplanation.Step {
        func said(_ verdict: JoinExplanation.Verdict) -> JoinExplanation.Step {
            JoinExplanation.Step(
                step: step,
                verdict: verdict,
                reason: verdict == .notReached ? "" : reason(step, result, situation)
            )
        }
        if isBehind, step == .join || step == .rules { return said(.notReached) }
        // There is nobody to ask about.
        if situation.person == nil, step == .authorize || step == .access { return said(.notReached) }
        return switch result {
        case .passed: said(isBehind ? .wouldPass : .passed)
        case .refused: said(isBehind ? .wouldRefuse : .refused)
        case .pending, .notAsked: said(.notReached)
        }
    }

    private func reason(_ step: JoinStep, _ result: StepResult, _ situation: Situation) -> String {
        switch step {
        case .authenticate: return authentication(situation)
        case .limit: return "asking why is not limited"
        case .validate: return "roomId is one string"
        case .authorize: return why(.viewLivechatRoom, in: nil, situation)
        case .find:
            guard let place = situation.place else { return "there is no room \(room)" }
            if place.kind == LivechatRoom.livechatKind { return "it is a livechat room" }
            return "its kind is \(place.kind), and only kind \(LivechatRoom.livechatKind) is a livechat room"
        case .open: return situation.place?.isOpen == true ? "it is open" : "it is closed"
        case .rules:
            if case .refused(.rule(let refusal)) = result {
                return refusal.code + (refusal.reason.isEmpty ? "" : ": \(refusal.reason)")
            }
            return hasRules ? "no rule refuses" : "no rules here; a host's own rules run only in the host"
        case .access:
            if case .passed(.access(let access)) = result { return "\(access)" }
            return "none of the rules below holds"
        case .join: return situation.person?.memberRoles == nil ? "would join now" : "is a member already"
        }
    }

    private func authentication(_ situation: Situation) -> String {
        guard let person = situation.person else { return "there is no user \(user)" }
        var said = person.isActive ? "active" : "not active"
        if isVerified { return said }
        if let digest {
            guard let token = person.tokens[digest] else { return said + "; the token is none of this user's" }
            if let expiry = expiry(token, situation) {
                said += expiry > now ? "; the token is valid until " : "; the token has expired at "
                return said + expiry.rfc3339
            }
            return said + "; the token does not expire"
        }
        let expiries = person.tokens.values.map { expiry($0, situation) }
        let valid = expiries.count { $0 == nil || $0.map { $0 > now } == true }
        if person.tokens.isEmpty { return said + "; has no token" }
        said += "; \(valid) of \(person.tokens.count) tokens \(valid == 1 ? "is" : "are") valid"
        if valid == 0, let last = expiries.compactMap({ $0 }).max() { said += ", the last expired at \(last.rfc3339)" }
        return said
    }

    // MARK: Permissions

    func permission(_ situation: Situation) -> JoinExplanation.Permission {
        let name = LivechatPermissionID.viewLivechatRoom
        let (table, roles) = (situation.grants.table, situation.person?.roles.sorted() ?? [])
        return JoinExplanation.Permission(
            name: name,
            isHeld: situation.permissions(of: user, in: nil).holds(name),
            roles: roles,
            grantedBy: roles.filter { table.roles[name]?.contains($0) == true },
            restrictedBy: roles.filter { table.restrictions[$0]?.contains(name) == false }
        )
    }

    private func why(_ permission: LivechatPermissionID, in room: LivechatRoomID?, _ situation: Situation) -> String {
        let permissions = situation.permissions(of: user, in: room)
        switch permissions.decide(permission) {
        case .granted(let role): return "\(permission) is granted to \(role)"
        case .restricted(let role): return "\(permission) is outside of what \(role) is restricted to"
        case .notGranted:
            if permissions.roles.isEmpty { return "\(permission) is not held: no roles" }
            let roles = permissions.roles.map(\.string).joined(separator: ", ")
            return "\(permission) is granted to none of \(roles)"
        }
    }

    // MARK: Access

    func access(_ situation: Situation) throws -> [JoinExplanation.Rule] {
        guard let person = situation.person, let place = situation.place, let fact = situation.room(room, for: user)
        else { return [] }
        let facts = AccessFacts(
            room: fact,
            permissions: { situation.permissions(of: user, in: fact.isMember ? room : nil) },
            queue: { situation.queue(of: room, for: user) }
        )
        return try AccessRule.all.filter { !place.isOpen || !$0.access.isForClosedRooms }.map { rule in
            JoinExplanation.Rule(
                access: rule.access,
                holds: try rule.holds(facts),
                reason: reason(rule.access, person, place, situation)
            )
        }
    }

    private func reason(
        _ access: RoomAccess,
        _ person: Situation.Person,
        _ place: Situation.Place,
        _ situation: Situation
    ) -> String {
        let scope = person.memberRoles == nil ? nil : room
        switch access {
        case .member: return person.memberRoles == nil ? "not a member" : "a member"
        case .permission: return why(.viewLivechatRooms, in: scope, situation)
        case .serving:
            guard let server = place.servedBy else { return "served by nobody" }
            return server == user ? "serves the room" : "served by \(server)"
        case .queuedForUser:
            return preview(place, situation) { inquiry in
                guard let agent = inquiry.defaultAgent else { return "has no default agent" }
                return agent == user ? "is meant for the user" : "is meant for \(agent)"
            }
        case .queuedInDepartment:
            return preview(place, situation) { inquiry in
                guard let department = inquiry.department else { return "waits in no department" }
                let agent = person.departments.contains(department.id) ? "an agent" : "not an agent"
                return "waits in \(department.id), which is \(department.isEnabled ? "enabled" : "disabled"); "
                    + "the user is \(agent) of it"
            }
        case .queuedInPublic:
            return preview(place, situation) { inquiry in
                inquiry.department.map { "waits in \($0.id)" } ?? "waits in the public queue"
            }
        case .queuedForManager:
            let roles = situation.permissions(of: user, in: scope).roles
            let has = roles.contains(AccessRule.manager) ? "has" : "does not have"
            return preview(place, situation) { _ in "waits" } + "; the user \(has) the role \(AccessRule.manager)"
        case .closedByAnotherAgent: return why(.viewRoomClosedByAnotherAgent, in: scope, situation)
        case .closedInSameDepartment:
            let department = place.department.map(\.id)
            let agent = department.map(person.departments.contains) == true ? "an agent" : "not an agent"
            return (department.map { "the user is \(agent) of \($0)" } ?? "the room belongs to no department") + "; "
                + why(.viewRoomClosedInSameDepartment, in: scope, situation)
        }
    }

    /// What a queue rule finds: the inquiry and how it waits, and whether agents may look into queued rooms at all.
    private func preview(
        _ place: Situation.Place,
        _ situation: Situation,
        _ waits: (Situation.Inquiry) -> String
    ) -> String {
        guard let inquiry = place.inquiry else { return "the room has no inquiry" }
        guard inquiry.status == QueueFact.Inquiry.queued else {
            return "its inquiry is \(inquiry.status ?? "without a status"), not queued"
        }
        return "its inquiry \(waits(inquiry))" + (situation.previewsQueue ? "" : "; previewRoom is off")
    }
}

extension RoomAccess {
    /// Whether the rule can only hold for a closed room.
    fileprivate var isForClosedRooms: Bool { self == .closedByAnotherAgent || self == .closedInSameDepartment }
}
