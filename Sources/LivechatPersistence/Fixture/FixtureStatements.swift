internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// The writes of a fixture, each a statement that is prepared once per load.
///
/// Most rows of a large load are new, so what may be there already is inserted first and updated where that did
/// nothing: an upsert that could change a reference keeps a journal of its own, in which it copies every page that it
/// changes. A row that stays as it is is not written: a host's triggers would see a change that was none (contract
/// C17).
///
/// In the statements a pair such as `?2, ?3` is whether a key was given and what for; a single one is NULL when the
/// key was left out.
final class FixtureStatements {
    let roleKey: Statement
    let permissionKey: Statement
    let userKey: Statement
    let departmentKey: Statement
    let roomKey: Statement
    let setSettings: Statement
    let insertRole: Statement
    let updateRole: Statement
    let insertPermission: Statement
    let insertUser: Statement
    let updateUser: Statement
    let insertDepartment: Statement
    let updateDepartment: Statement
    let insertRoom: Statement
    let updateRoom: Statement
    let tokensOfUser: Statement
    let removeTokenOfUser: Statement
    let insertToken: Statement
    let updateToken: Statement
    let connectRoom: Statement
    let removeInquiryOfRoom: Statement
    let insertInquiryOfRoom: Statement
    let updateInquiryOfRoom: Statement
    let insertMemberOfRoom: Statement
    let updateMemberOfRoom: Statement
    let membersOfRoom: Statement
    let removeMemberOfRoom: Statement
    let restriction: Relation
    let grants: Relation
    let rolesOfUser: Relation
    let agents: Relation
    let rolesOfMember: Relation

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        roleKey = try connection.prepare("SELECT key FROM livechat_role WHERE id = ?1")
        permissionKey = try connection.prepare("SELECT key FROM livechat_permission WHERE id = ?1")
        userKey = try connection.prepare("SELECT key FROM livechat_user WHERE id = ?1")
        departmentKey = try connection.prepare("SELECT key FROM livechat_department WHERE id = ?1")
        roomKey = try connection.prepare("SELECT key FROM livechat_room WHERE id = ?1")
        setSettings = try connection.prepare(
            """
            UPDATE livechat_setting SET preview_room = iif(?1, ?2, preview_room),
                login_expiration_days = iif(?3, ?4, login_expiration_days)
            WHERE preview_room IS NOT iif(?1, ?2, preview_room)
                OR login_expiration_days IS NOT iif(?3, ?4, login_expiration_days)
            """
        )
        insertRole = try connection.prepare(
            """
            INSERT INTO livechat_role (id, scope, description) VALUES (?1, coalesce(?2, 'Users'), ?4)
            ON CONFLICT (id) DO NOTHING
            """
        )
        updateRole = try connection.prepare(
            """
            UPDATE livechat_role SET scope = coalesce(?2, scope), description = iif(?3, ?4, description)
            WHERE id = ?1 AND (scope IS NOT coalesce(?2, scope) OR description IS NOT iif(?3, ?4, description))
            """
        )
        insertPermission = try connection.prepare(
            "INSERT INTO livechat_permission (id) VALUES (?1) ON CONFLICT (id) DO NOTHING"
        )
        insertUser = try connection.prepare(
            """
            INSERT INTO livechat_user (id, username, active) VALUES (?1, ?3, coalesce(?4, 1))
            ON CONFLICT (id) DO NOTHING
            """
        )
        updateUser = try connection.prepare(
            """
            UPDATE livechat_user SET username = iif(?2, ?3, username), active = coalesce(?4, active)
            WHERE id = ?1 AND (username IS NOT iif(?2, ?3, username) OR active IS NOT coalesce(?4, active))
            """
        )
        insertDepartment = try connection.prepare(
            "INSERT INTO livechat_department (id, enabled) VALUES (?1, coalesce(?2, 1)) ON CONFLICT (id) DO NOTHING"
        )
        updateDepartment = try connection.prepare(
            "UPDATE livechat_department SET enabled = ?2 WHERE id = ?1 AND enabled IS NOT coalesce(?2, enabled)"
        )
        insertRoom = try connection.prepare(
            """
            INSERT INTO livechat_room (id, kind, open, visitor_token, served_by, department)
            VALUES (?1, coalesce(?2, 'l'), coalesce(?3, 1), ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING
            """
        )
        updateRoom = try connection.prepare(
            """
            UPDATE livechat_room SET kind = coalesce(?2, kind), open = coalesce(?3, open),
                visitor_token = iif(?4, ?5, visitor_token)
            WHERE id = ?1 AND (kind IS NOT coalesce(?2, kind) OR open IS NOT coalesce(?3, open)
                OR visitor_token IS NOT iif(?4, ?5, visitor_token))
            """
        )
        tokensOfUser = try connection.prepare("SELECT digest FROM livechat_login_token WHERE user = ?1")
        removeTokenOfUser = try connection.prepare("DELETE FROM livechat_login_token WHERE user = ?1 AND digest = ?2")
        insertToken = try connection.prepare(
            """
            INSERT INTO livechat_login_token (user, digest, created_at, expires_at, personal_access)
            VALUES (?1, ?2, coalesce(?3, ?4), ?6, coalesce(?7, 0)) ON CONFLICT (digest, user) DO NOTHING
            """
        )
        updateToken = try connection.prepare(
            """
            UPDATE livechat_login_token SET created_at = coalesce(?3, created_at), expires_at = iif(?5, ?6, expires_at),
                personal_access = coalesce(?7, personal_access)
            WHERE user = ?1 AND digest = ?2 AND (created_at IS NOT coalesce(?3, created_at)
                OR expires_at IS NOT iif(?5, ?6, expires_at) OR personal_access IS NOT coalesce(?7, personal_access))
            """
        )
        connectRoom = try connection.prepare(
            """
            UPDATE livechat_room SET served_by = iif(?2, ?3, served_by), department = iif(?4, ?5, department)
            WHERE key = ?1 AND (served_by IS NOT iif(?2, ?3, served_by) OR department IS NOT iif(?4, ?5, department))
            """
        )
        removeInquiryOfRoom = try connection.prepare("DELETE FROM livechat_inquiry WHERE room = ?1")
        insertInquiryOfRoom = try connection.prepare(
            """
            INSERT INTO livechat_inquiry (room, status, department, default_agent) VALUES (?1, ?3, ?5, ?7)
            ON CONFLICT (room) DO NOTHING
            """
        )
        updateInquiryOfRoom = try connection.prepare(
            """
            UPDATE livechat_inquiry SET status = iif(?2, ?3, status), department = iif(?4, ?5, department),
                default_agent = iif(?6, ?7, default_agent)
            WHERE room = ?1 AND (status IS NOT iif(?2, ?3, status) OR department IS NOT iif(?4, ?5, department)
                OR default_agent IS NOT iif(?6, ?7, default_agent))
            """
        )
        insertMemberOfRoom = try connection.prepare(
            """
            INSERT INTO livechat_membership (room, user, joined_at) VALUES (?1, ?2, coalesce(?3, ?4))
            ON CONFLICT (room, user) DO NOTHING
            """
        )
        updateMemberOfRoom = try connection.prepare(
            "UPDATE livechat_membership SET joined_at = ?3 WHERE room = ?1 AND user = ?2 AND joined_at <> ?3"
        )
        membersOfRoom = try connection.prepare("SELECT user FROM livechat_membership WHERE room = ?1")
        removeMemberOfRoom = try connection.prepare("DELETE FROM livechat_membership WHERE room = ?1 AND user = ?2")
        restriction = try Relation(connection, "livechat_restriction", of: ["role"], with: "permission")
        grants = try Relation(connection, "livechat_grant", of: ["permission"], with: "role")
        rolesOfUser = try Relation(connection, "livechat_user_role", of: ["user"], with: "role")
        agents = try Relation(connection, "livechat_department_agent", of: ["department"], with: "user")
        rolesOfMember = try Relation(connection, "livechat_membership_role", of: ["room", "user"], with: "role")
    }
}
