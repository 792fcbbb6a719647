public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a department.
    ///
    /// - Parameters:
    ///   - department: Its id.
    ///   - isEnabled: Whether its queue is open to its agents.
    ///   - agents: Its agents.
    /// - Throws: ``DatabaseError`` with the code `alreadyExists` when there is such a department, or `notFound` when
    ///   there is no such user.
    public func addDepartment(
        _ department: LivechatDepartmentID,
        isEnabled: Bool = true,
        agents: [LivechatUserID] = []
    ) async throws {
        try await writer.write { session in
            try session.add(
                "department",
                department,
                "INSERT INTO livechat_department (id, enabled) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
            ) {
                try $0.bind(2, isEnabled)
            }
            for agent in agents { try session.addAgent(agent, to: department) }
        }
    }

    /// Enables or disables a department.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such department.
    public func setDepartment(_ department: LivechatDepartmentID, isEnabled: Bool) async throws {
        try await writer.write { session in
            try session.change(
                "UPDATE livechat_department SET enabled = ?2 WHERE key = ?1 AND enabled <> ?2",
                session.department(department),
                isEnabled ? 1 : 0
            )
        }
    }

    /// Makes a user an agent of a department; nothing happens when the user is one already.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user or department.
    public func addAgent(_ user: LivechatUserID, to department: LivechatDepartmentID) async throws {
        try await writer.write { session in try session.addAgent(user, to: department) }
    }

    /// Takes a user out of a department; nothing happens when the user is not one of its agents.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user or department.
    public func removeAgent(_ user: LivechatUserID, from department: LivechatDepartmentID) async throws {
        try await writer.write { session in
            try session.change(
                "DELETE FROM livechat_department_agent WHERE department = ?1 AND user = ?2",
                session.department(department),
                session.user(user)
            )
        }
    }
}

extension WriterSession {
    fileprivate func addAgent(_ user: LivechatUserID, to department: LivechatDepartmentID) throws {
        try change(
            "INSERT INTO livechat_department_agent (department, user) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            self.department(department),
            self.user(user)
        )
    }
}
