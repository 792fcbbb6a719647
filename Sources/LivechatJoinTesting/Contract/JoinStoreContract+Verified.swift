internal import LivechatJoin

extension JoinStoreContract {
    private static func request(verified user: LivechatUserID, _ room: LivechatRoomID) -> JoinRequest {
        JoinRequest(.verified(user), roomID: .value(room))
    }

    /// Users whom the host has logged in itself: no token is asked for, everything else is.
    static let verified = [
        Case("C4: a user whom the host has logged in joins without a token") { stage in
            let outcome = try await stage.service().join(request(verified: "new", "served-by-new"))
            stage.expect("the answer", outcome, .joined(.serving))
            try await stage.expectMembers(["new"], of: "served-by-new")
            try await stage.expectEvents([("new", "served-by-new")])
        },
        Case("C4: a user whom the host has logged in is refused all the same") { stage in
            let rows: [(LivechatUserID, LivechatRoomID, JoinRefusal)] = [
                ("nobody", "served", .notLoggedIn(.noSuchUser)),
                ("away", "served-by-away", .notLoggedIn(.inactive)),
                ("trainee", "served-by-trainee", .lacksPermission(.notGranted)),
                ("new", "served", .noAccess()),
                ("agent", "closed", .roomClosed),
            ]
            for (user, room, refusal) in rows {
                let outcome = try await stage.service().join(request(verified: user, room))
                stage.expect("the answer to \(user) for \(room)", outcome, .refused(refusal))
            }
            try await stage.expectNothingWritten()
        },
        Case("C7: a user whom the host has logged in is deactivated between the two evaluations") { stage in
            let store = InterposedJoinStore(stage.seam) { _ in
                try await stage.store.setUser("agent", isActive: false)
            }
            let outcome = try await stage.service(store).join(request(verified: "agent", "served"))
            stage.expect("the answer", outcome, .refused(.notLoggedIn(.inactive)))
            try await stage.expectNothingWritten()
        },
        Case("C4, C5: the host's other endpoints ask who a client is, and for a permission") { stage in
            let service = stage.service()
            let agent = JoinCredentials(userID: "agent", token: "raw-agent")
            let rows: [(JoinCredentials, LivechatPermissionID?, LivechatRoomID?, LoginOutcome)] = [
                (agent, nil, nil, .loggedIn("agent")),
                (.verified("new"), nil, nil, .loggedIn("new")),
                (.verified("nobody"), nil, nil, .refused(.notLoggedIn(.noSuchUser))),
                (.verified("away"), nil, nil, .refused(.notLoggedIn(.inactive))),
                (JoinCredentials(userID: "agent", token: "wrong"), nil, nil, .refused(.notLoggedIn(.unknown))),
                (JoinCredentials(userID: "agent", token: " "), nil, nil, .refused(.notLoggedIn(.missing))),
                (agent, "view-l-room", nil, .loggedIn("agent")),
                (agent, "idle-talk", nil, .refused(.lacksPermission(.notGranted, of: "idle-talk"))),
                (agent, "no-such", nil, .refused(.lacksPermission(.notGranted, of: "no-such"))),
                (.verified("nobody"), "view-l-room", nil, .refused(.notLoggedIn(.noSuchUser))),
                // Roles in a room count in a check that names it.
                (agent, "sing", nil, .refused(.lacksPermission(.notGranted, of: "sing"))),
                (agent, "sing", "joined", .loggedIn("agent")),
                (agent, "sing", "served", .refused(.lacksPermission(.notGranted, of: "sing"))),
            ]
            try await stage.store.grant("sing", to: ["owner"])
            for (credentials, permission, room, expected) in rows {
                let outcome =
                    if let permission {
                        try await service.require(permission, of: credentials, in: room)
                    } else {
                        try await service.authenticate(credentials)
                    }
                stage.expect("\(permission?.string ?? "login") in \(room?.string ?? "none")", outcome, expected)
            }
            let held = try await service.permissions(of: "agent").held
            stage.expect("what the agent holds", held, ["view-l-room"])
        },
    ]
}
