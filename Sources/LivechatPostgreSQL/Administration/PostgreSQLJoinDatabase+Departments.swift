#if PostgreSQL
public import LivechatJoin

extension PostgreSQLJoinDatabase {
    /// Adds a department.
    public func addDepartment(
        _ department: LivechatDepartmentID,
        isEnabled: Bool,
        agents: [LivechatUserID]
    ) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(
                "department",
                department,
                "INSERT INTO livechat_department (id, enabled) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                .flag(isEnabled)
            )
            session.record(.departmentAdded(department, isEnabled: isEnabled))
            try session.addAgents(agents, to: department)
        }
    }

    /// Removes a department.
    public func removeDepartment(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try await change { session in
            try session.lockSettings()
            let key = try session.department(department)
            let rooms = try session.count(
                """
                SELECT count(*) FROM (
                    SELECT key FROM livechat_room WHERE department = $1
                    UNION SELECT room FROM livechat_inquiry WHERE department = $1
                ) AS named
                """,
                key
            )
            guard rooms == 0 else { throw LivechatStoreError.named(department, by: rooms) }
            if try session.change("DELETE FROM livechat_department WHERE key = $1", .integer(key)) {
                session.record(.departmentRemoved(department))
            }
        }
    }

    /// Opens a department's queue to its agents.
    public func enable(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try await set(department, isEnabled: true)
    }

    /// Closes a department's queue to its agents.
    public func disable(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try await set(department, isEnabled: false)
    }

    private func set(_ department: LivechatDepartmentID, isEnabled: Bool) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_department SET enabled = $2 WHERE key = $1 AND enabled <> $2",
                .integer(session.department(department)),
                .flag(isEnabled)
            )
            if isChanged { session.record(.departmentSet(department, isEnabled: isEnabled)) }
        }
    }

    /// Makes users agents of a department.
    public func addAgents(
        _ users: [LivechatUserID],
        to department: LivechatDepartmentID
    ) async throws(LivechatStoreError) {
        try await change { session in try session.addAgents(users, to: department) }
    }

    /// Takes users out of a department.
    public func removeAgents(
        _ users: [LivechatUserID],
        from department: LivechatDepartmentID
    ) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.department(department)
            for user in users {
                let isRemoved = try session.change(
                    #"DELETE FROM livechat_department_agent WHERE department = $1 AND "user" = $2"#,
                    .integer(key),
                    .integer(session.user(user))
                )
                if isRemoved { session.record(.agentRemoved(user, from: department)) }
            }
        }
    }
}

extension ChangeSession {
    fileprivate func addAgents(_ users: [LivechatUserID], to department: LivechatDepartmentID) throws {
        let key = try self.department(department)
        for user in users {
            let isNew = try change(
                """
                INSERT INTO livechat_department_agent (department, "user") VALUES ($1, $2) ON CONFLICT DO NOTHING
                """,
                .integer(key),
                .integer(self.user(user))
            )
            if isNew { record(.agentAdded(user, to: department)) }
        }
    }
}
#endif
