internal import LivechatJoin

extension JoinStoreContract {
    /// The steps that can refuse.
    private static let refusing: [JoinStep] = [.authenticate, .validate, .authorize, .find, .open, .rules, .access]

    /// A request that these steps refuse, and no other does.
    private static func request(refusedBy steps: Set<JoinStep>) -> JoinRequest {
        let user = steps.contains(.authorize) ? "trainee" : "agent"
        let room =
            switch (steps.contains(.open), steps.contains(.access)) {
            case (false, false): user == "agent" ? "served" : "served-by-trainee"
            case (false, true): "unserved"
            case (true, false): user == "agent" ? "closed" : "closed-by-trainee"
            case (true, true): "closed-unserved"
            }
        return JoinRequest(
            userIDs: [user],
            tokens: [steps.contains(.authenticate) ? "wrong" : "raw-\(user)"],
            query: steps.contains(.validate) ? "" : "roomId=\(steps.contains(.find) ? "nowhere" : room)"
        )
    }

    static let order = Case("C3, C9: of several refusals the earliest in the order is answered") { stage in
        for profile in JoinProfile.all {
            for bits in 0..<1 << refusing.count {
                let steps = Set(refusing.indices.filter { bits >> $0 & 1 == 1 }.map { refusing[$0] })
                let refuses = steps.contains(.rules)
                let rule = JoinRule { _ in refuses ? JoinRule.Refusal(code: "no") : nil }
                let service = stage.service(DryRunStore(stage.seam), profile, rules: [rule])
                let outcome = try await service.join(request(refusedBy: steps))
                let expected = profile.order.steps.first(where: steps.contains) ?? .join
                stage.expect("the step that decides, of \(steps) in \(profile.name)", outcome.step, expected)
            }
        }
        try await stage.expectNothingWritten()
    }

    static let refusals = Case("C2: every refusal has its reason, and writes nothing") { stage in
        let rows: [(JoinRequest, JoinRefusal)] = [
            (JoinRequest(userID: "agent", token: "raw-second", roomID: "served"), .notLoggedIn(.unknown)),
            (JoinRequest(userID: "nobody", token: "raw-agent", roomID: "served"), .notLoggedIn(.unknown)),
            (JoinRequest(userIDs: ["agent"], tokens: [], query: "roomId=served"), .notLoggedIn(.missing)),
            (request("away", "served-by-away"), .notLoggedIn(.inactive)),
            (JoinRequest(userIDs: ["agent"], tokens: ["raw-agent"], query: nil), .invalidParameters(.missing)),
            (request("trainee", "served-by-trainee"), .lacksPermission(.notGranted)),
            (request("agent", "nowhere"), .noSuchRoom),
            (request("agent", ""), .noSuchRoom),
            (request("agent", "SERVED"), .noSuchRoom),
            (request("agent", "direct"), .noSuchRoom),
            (request("agent", "closed"), .roomClosed),
            (request("agent", "unserved"), .noAccess()),
        ]
        for (request, refusal) in rows {
            let outcome = try await stage.service().join(request)
            stage.expect("the answer to \(request)", outcome, .refused(refusal))
        }
        try await stage.expectNothingWritten()
    }
}
