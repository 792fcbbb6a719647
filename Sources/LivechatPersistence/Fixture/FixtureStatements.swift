internal import LivechatJoin
internal import LivechatSQLite

/// The writes of a fixture, each a statement that is prepared once per load.
///
/// Most rows of a large load are new, so what may be there already is inserted first and updated where that did nothing:
/// an upsert that could change a reference keeps a journal of its own, in which it copies every page that it changes.
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
    let enterRole: Statement
    let enterMissingRole: Statement
    let enterPermission: Statement
    let insertUser: Statement
    let updateUser: Statement
    let enterDepartment: Statement
    let insertRoom: Statement
    let updateRoom: Statement
    let tokensOfUser: Statement
    let removeTokenOfUser: Statement
    let insertToken: Statement
    let insertTokenBeginning: Statement
    let removeTokenBeginning: Statement
    let updateToken: Statement
    let clearRestrictionOfRole: Statement
    let restrictRole: Statement
    let clearGrantsOfPermission: Statement
    let grantPermission: Statement
    let clearRolesOfUser: Statement
    let assignRole: Statement
    let clearAgentsOfDepartment: Statement
    let addAgentToDepartment: Statement
    let connectRoom: Statement
    let removeInquiryOfRoom: Statement
    let insertInquiryOfRoom: Statement
    let updateInquiryOfRoom: Statement
    let insertMemberOfRoom: Statement
    let updateMemberOfRoom: Statement
    let membersOfRoom: Statement
    let removeMemberOfRoom: Statement
    let clearRolesOfMember: Statement
    let assignRoleToMember: Statement

    init(_ connection: borrowing Connection) throws {
        roleKey = try connection.prepare("SELECT key FROM role WHERE id = ?1")
        permissionKey = try connection.prepare("SELECT key FROM permission WHERE id = ?1")
        userKey = try connection.prepare("SELECT key FROM user WHERE id = ?1")
        departmentKey = try connection.prepare("SELECT key FROM department WHERE id = ?1")
        roomKey = try connection.prepare("SELECT key FROM room WHERE id = ?1")
        setSettings = try connection.prepare(
            """
            UPDATE setting SET preview_room = iif(?1, ?2, preview_room),
                login_expiration_days = iif(?3, ?4, login_expiration_days)
            """
        )
        enterRole = try connection.prepare(
            """
            INSERT INTO role (id, scope, description) VALUES (?1, coalesce(?2, 'Users'), ?4)
            ON CONFLICT (id) DO UPDATE SET scope = coalesce(?2, scope), description = iif(?3, ?4, description)
            RETURNING key
            """
        )
        enterMissingRole = try connection.prepare("INSERT INTO role (id) VALUES (?1) ON CONFLICT (id) DO NOTHING")
        enterPermission = try connection.prepare(
            "INSERT INTO permission (id) VALUES (?1) ON CONFLICT (id) DO UPDATE SET id = id RETURNING key"
        )
        insertUser = try connection.prepare(
            """
            INSERT INTO user (id, username, active) VALUES (?1, ?3, coalesce(?4, 1)) ON CONFLICT (id) DO NOTHING
            """
        )
        updateUser = try connection.prepare(
            """
            UPDATE user SET username = iif(?2, ?3, username), active = coalesce(?4, active) WHERE id = ?1 RETURNING key
            """
        )
        enterDepartment = try connection.prepare(
            """
            INSERT INTO department (id, enabled) VALUES (?1, coalesce(?2, 1))
            ON CONFLICT (id) DO UPDATE SET enabled = coalesce(?2, enabled)
            RETURNING key
            """
        )
        insertRoom = try connection.prepare(
            """
            INSERT INTO room (id, kind, open, visitor_token, served_by, department)
            VALUES (?1, coalesce(?2, 'l'), coalesce(?3, 1), ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING
            """
        )
        updateRoom = try connection.prepare(
            """
            UPDATE room SET kind = coalesce(?2, kind), open = coalesce(?3, open),
                visitor_token = iif(?4, ?5, visitor_token)
            WHERE id = ?1 RETURNING key
            """
        )
        tokensOfUser = try connection.prepare("SELECT digest FROM login_token WHERE user = ?1")
        removeTokenOfUser = try connection.prepare("DELETE FROM login_token WHERE user = ?1 AND digest = ?2")
        insertToken = try connection.prepare(
            """
            INSERT INTO login_token (user, digest, created_at, expires_at, personal_access)
            VALUES (?1, ?2, coalesce(?3, ?4), ?6, coalesce(?7, 0)) ON CONFLICT (digest, user) DO NOTHING
            """
        )
        // As the triggers would have it, which do not run in a load.
        insertTokenBeginning = try connection.prepare(
            "INSERT INTO login_token_beginning (beginning) VALUES (?1) ON CONFLICT (beginning) DO NOTHING"
        )
        removeTokenBeginning = try connection.prepare(
            """
            DELETE FROM login_token_beginning
            WHERE beginning = ?1
                AND ?1 IS NOT (SELECT beginning FROM login_token WHERE digest >= ?2 ORDER BY digest LIMIT 1)
            """
        )
        updateToken = try connection.prepare(
            """
            UPDATE login_token SET created_at = coalesce(?3, created_at), expires_at = iif(?5, ?6, expires_at),
                personal_access = coalesce(?7, personal_access)
            WHERE user = ?1 AND digest = ?2
            """
        )
        clearRestrictionOfRole = try connection.prepare("DELETE FROM role_restriction WHERE role = ?1")
        restrictRole = try connection.prepare("INSERT INTO role_restriction (role, permission) VALUES (?1, ?2)")
        clearGrantsOfPermission = try connection.prepare("DELETE FROM permission_grant WHERE permission = ?1")
        grantPermission = try connection.prepare("INSERT INTO permission_grant (permission, role) VALUES (?1, ?2)")
        clearRolesOfUser = try connection.prepare("DELETE FROM user_role WHERE user = ?1")
        assignRole = try connection.prepare("INSERT INTO user_role (user, role) VALUES (?1, ?2)")
        clearAgentsOfDepartment = try connection.prepare("DELETE FROM department_agent WHERE department = ?1")
        addAgentToDepartment = try connection.prepare(
            "INSERT INTO department_agent (department, user) VALUES (?1, ?2)"
        )
        connectRoom = try connection.prepare(
            "UPDATE room SET served_by = iif(?2, ?3, served_by), department = iif(?4, ?5, department) WHERE key = ?1"
        )
        removeInquiryOfRoom = try connection.prepare("DELETE FROM inquiry WHERE room = ?1")
        insertInquiryOfRoom = try connection.prepare(
            """
            INSERT INTO inquiry (room, status, department, default_agent) VALUES (?1, ?3, ?5, ?7)
            ON CONFLICT (room) DO NOTHING
            """
        )
        updateInquiryOfRoom = try connection.prepare(
            """
            UPDATE inquiry SET status = iif(?2, ?3, status), department = iif(?4, ?5, department),
                default_agent = iif(?6, ?7, default_agent)
            WHERE room = ?1
            """
        )
        insertMemberOfRoom = try connection.prepare(
            """
            INSERT INTO membership (room, user, joined_at) VALUES (?1, ?2, coalesce(?3, ?4))
            ON CONFLICT (room, user) DO NOTHING
            """
        )
        updateMemberOfRoom = try connection.prepare(
            "UPDATE membership SET joined_at = ?3 WHERE room = ?1 AND user = ?2"
        )
        membersOfRoom = try connection.prepare("SELECT user FROM membership WHERE room = ?1")
        removeMemberOfRoom = try connection.prepare("DELETE FROM membership WHERE room = ?1 AND user = ?2")
        clearRolesOfMember = try connection.prepare("DELETE FROM membership_role WHERE room = ?1 AND user = ?2")
        assignRoleToMember = try connection.prepare(
            "INSERT INTO membership_role (room, user, role) VALUES (?1, ?2, ?3)"
        )
    }
}
