internal import LivechatMigrations
internal import LivechatRooms
internal import LivechatSQLite

extension Lookups {
    /// The statements of the decision; a test asserts that each is a search by key.
    enum SQL {
        /// With the schema, if it is a newer one than the program knows: another process may have brought it up to
        /// date.
        static let setting: StaticString = """
            SELECT preview_room, login_expiration_days, grants_stamp,
                (SELECT max(version) FROM livechat_migration WHERE version > ?1)
            FROM livechat_setting WHERE key = 1
            """
        static let userByID: StaticString = "SELECT key, active FROM livechat_user WHERE id = ?1"
        static let loginStamp: StaticString = "SELECT login_stamp FROM livechat_user WHERE key = ?1"
        /// The digest is searched for first, so that an unknown user costs what a known one does (contract C4).
        static let tokenByDigest: StaticString = """
            SELECT user.key, user.active, user.login_stamp, token.created_at, token.expires_at, token.personal_access
            FROM livechat_login_token AS token CROSS JOIN livechat_user AS user ON user.key = token.user
            WHERE token.digest = ?1 AND user.id = ?2
            """
        static let rolesOfUser: StaticString = "SELECT role FROM livechat_user_role WHERE user = ?1"
        static let rolesOfMember: StaticString = """
            SELECT role FROM livechat_membership_role WHERE room = ?1 AND user = ?2
            """
        /// A room and how user ?2 stands to it; NULL where there is nothing to stand to.
        ///
        /// Left to itself, SQLite takes the unique index, which does not cover the query, and reads the table as well.
        static let room: StaticString = """
            SELECT kind, open, served_by = ?2,
                EXISTS (SELECT 1 FROM livechat_membership AS member WHERE member.room = room.key AND member.user = ?2)
            FROM livechat_room AS room INDEXED BY livechat_room_by_id WHERE id = ?1
            """
        /// The department and the inquiry of a room, and how user ?2 stands to them.
        ///
        /// A department that is gone is disabled, and no public queue.
        static let queue: StaticString = """
            SELECT
                EXISTS (SELECT 1 FROM livechat_department_agent AS agent
                    WHERE agent.department = room.department AND agent.user = ?2),
                inquiry.room, inquiry.status, inquiry.default_agent = ?2, inquiry.department, department.enabled,
                EXISTS (SELECT 1 FROM livechat_department_agent AS agent
                    WHERE agent.department = inquiry.department AND agent.user = ?2)
            FROM livechat_room AS room
            LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
            LEFT JOIN livechat_department AS department ON department.key = inquiry.department
            WHERE room.id = ?1
            """
        /// A room as an embedder's rules see it.
        static let wholeRoom: StaticString = """
            SELECT room.kind, room.open, agent.id, department.id, room.visitor_token,
                (SELECT count(*) FROM livechat_membership AS member WHERE member.room = room.key)
            FROM livechat_room AS room
            LEFT JOIN livechat_user AS agent ON agent.key = room.served_by
            LEFT JOIN livechat_department AS department ON department.key = room.department
            WHERE room.id = ?1
            """
        /// The department that a room's inquiry waits in, for people.
        static let department: StaticString = """
            SELECT department.id FROM livechat_room AS room
            JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
            JOIN livechat_department AS department ON department.key = inquiry.department
            WHERE room.id = ?1
            """
        static let roomByID: StaticString = "SELECT key FROM livechat_room WHERE id = ?1"

        static let all = [
            setting, userByID, loginStamp, tokenByDigest, rolesOfUser, rolesOfMember, room, queue, wholeRoom,
            department, roomByID,
        ]
    }
}

extension SQLiteError {
    static func newerSchema(_ version: Int64) -> SQLiteError {
        SQLiteError(
            code: 17,
            message: "has been brought to schema \(version) while it was open, this program knows "
                + "\(Migration.all.count): start a program built with a newer livechat-join"
        )
    }

    static let missingSettings = SQLiteError(code: 11, message: "the row of settings is missing")
}
