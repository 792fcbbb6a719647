package import LivechatPermissions
internal import LivechatRooms
package import LivechatTokens
package import LivechatValues

/// Explains one request on the facts of one snapshot: the decision's own fold, carried on past the step that decides.
package struct Explainer: Sendable {
    package let user: LivechatUserID
    package let room: LivechatRoomID
    /// The token of the request; nil asks whether the user could be logged in at all.
    let digest: LivechatTokenDigest?
    /// Whether the host has logged the user in, so that no token is asked about.
    let isVerified: Bool
    let profile: JoinProfile
    let now: LivechatTimestamp
    /// Whether the host has rules.
    let hasRules: Bool
    /// What the host's rules have said, where they refuse.
    let ruleRefusal: JoinRule.Refusal?

    package init(
        user: LivechatUserID,
        room: LivechatRoomID,
        digest: LivechatTokenDigest? = nil,
        isVerified: Bool = false,
        profile: JoinProfile = .documented,
        at now: LivechatTimestamp,
        hasRules: Bool = true,
        ruleRefusal: JoinRule.Refusal? = nil
    ) {
        self.user = user
        self.room = room
        self.digest = digest
        self.isVerified = isVerified
        self.profile = profile
        self.now = now
        self.hasRules = hasRules
        self.ruleRefusal = ruleRefusal
    }

    /// Explains the request, and searches for what would let the user in.
    ///
    /// - Parameters:
    ///   - situation: The facts of one snapshot.
    ///   - forEachOther: Calls its argument with every other user of the same snapshot, until it returns false.
    /// - Returns: Every step with its reason, and the smallest sets of changes after which the answer is 200.
    /// - Throws: What `forEachOther` throws.
    package func explain(
        _ situation: Situation,
        forEachOther: ((Situation.Person) throws -> Bool) throws -> Void
    ) throws -> JoinExplanation {
        let trace = try trace(situation)
        let deciding = trace.firstIndex { if case .refused = $0.result { true } else { false } }
        var outcome = situation.person?.memberRoles == nil ? JoinOutcome.joined(.serving) : .alreadyMember
        if let deciding, case .refused(let refusal) = trace[deciding].result { outcome = .refused(refusal) }
        let cures = deciding == nil || ruleRefusal != nil ? [] : try cures(situation)
        return JoinExplanation(
            user: user,
            room: room,
            profile: profile.name,
            at: now,
            decidedBy: outcome.step,
            response: profile.response(to: outcome),
            steps: trace.enumerated().map { index, entry in
                step(entry.step, entry.result, isBehind: deciding.map { index > $0 } ?? false, situation)
            },
            permission: permission(situation),
            access: try access(situation),
            admits: try remedies(cures, situation, forEachOther)
        )
    }

    // MARK: The decision

    private var evaluation: Evaluation { Evaluation(order: profile.order, clock: LivechatClock { [now] in now }) }

    private func request(of user: LivechatUserID, _ situation: Situation) -> JoinRequest {
        let token = JoinCredentials.token(.value(LivechatToken(token(situation))), of: .value(user))
        return JoinRequest(isVerified ? .verified(user) : token, roomID: .value(room))
    }

    private func trace(_ situation: Situation) throws -> [(step: JoinStep, result: StepResult)] {
        let request = request(of: user, situation)
        return try evaluation.trace(request, request.query, situation).map { step, result in
            if step == .rules, case .passed = result, let ruleRefusal { return (step, .refused(.rule(ruleRefusal))) }
            return (step, result)
        }
    }

    func admission(of user: LivechatUserID, _ situation: Situation) throws -> RoomAccess? {
        let request = request(of: user, situation)
        let verdict = try evaluation.decide(request, request.query, situation, asksRules: false)
        if case .allowed(let admission) = verdict { return admission.reason }
        return nil
    }

    /// The token of the request; where none was given, the user's that lives longest.
    private func token(_ situation: Situation) -> LivechatTokenDigest {
        let tokens = situation.person?.tokens ?? [:]
        if tokens[Cure.issuedToken] != nil { return Cure.issuedToken }
        let best = tokens.max { one, other in
            guard let first = expiry(one.value, situation) else { return false }
            return expiry(other.value, situation).map { first < $0 } ?? true
        }
        return digest ?? best?.key ?? Cure.issuedToken
    }

    func expiry(_ token: LivechatTokenRecord, _ situation: Situation) -> LivechatTimestamp? {
        token.expiry(loginExpirationDays: situation.loginExpirationDays)
    }

    // MARK: Cures

    /// The most cures of one remedy, the most remedies, and the most sets of cures that are tried.
    private static let (mostCures, mostRemedies, mostTried) = (3, 10, 2_000)
    /// The most other users that are counted.
    private static let mostAffected = 1_000

    /// The minimal sets of cures after which the join is answered 200, smallest first.
    func cures(_ situation: Situation) throws -> [[Cure]] {
        guard let person = situation.person, situation.place?.kind == LivechatRoom.livechatKind else { return [] }
        let candidates = Cure.candidates(for: person, in: situation)
        var found: [[Cure]] = []
        var tried = 0
        for size in 1...Self.mostCures {
            for cures in candidates.subsets(of: size) {
                if found.contains(where: { $0.allSatisfy(cures.contains) }) { continue }
                tried += 1
                if tried > Self.mostTried { return found }
                guard try admission(of: user, apply(cures, to: situation)) != nil else { continue }
                found.append(cures)
                if found.count == Self.mostRemedies { return found }
            }
        }
        return found
    }

    func apply(_ cures: [Cure], to situation: Situation) -> Situation {
        var situation = situation
        for cure in cures { cure.apply(to: &situation, for: user, at: now) }
        return situation
    }

    private func remedies(
        _ found: [[Cure]],
        _ situation: Situation,
        _ forEachOther: ((Situation.Person) throws -> Bool) throws -> Void
    ) throws -> [JoinExplanation.Remedy] {
        let cured = found.map { apply($0, to: situation) }
        var affected = Array(repeating: 0, count: found.count)
        var open = found.indices.filter { !found[$0].allSatisfy(\.isOnlyAboutUser) }
        if !open.isEmpty {
            try forEachOther { other in
                func couldJoin(_ situation: Situation) throws -> Bool {
                    var situation = situation
                    situation.person = other
                    return try evaluation.access(of: other.id, to: room, situation) != nil
                }
                if try couldJoin(situation) { return true }
                for index in open where try couldJoin(cured[index]) { affected[index] += 1 }
                open.removeAll { affected[$0] == Self.mostAffected }
                return !open.isEmpty
            }
        }
        let agent = situation.place?.servedBy
        return found.indices.map { index in
            JoinExplanation.Remedy(
                commands: found[index].map { $0.command(user: user, room: room) },
                text: found[index].map { $0.text(user: user, room: room, servedBy: agent) }.joined(separator: "; "),
                alsoAffects: affected[index]
            )
        }
    }
}

extension Array {
    /// The parts of this size, in the order of the elements.
    fileprivate func subsets(of size: Int) -> [[Element]] {
        if size == 0 { return [[]] }
        return indices.flatMap { first in
            Array(self[(first + 1)...]).subsets(of: size - 1).map { [self[first]] + $0 }
        }
    }
}
