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
        static let userByID: StaticString = "SELECT key FROM livechat_user WHERE id = ?1"
        static let loginStamp: StaticString = "SELECT login_stamp FROM livechat_user WHERE key = ?1"
        /// The digest is searched for first, whoever is named, so that an unknown user costs what a known one does
        /// (contract C4).
        static let tokenByDigest: StaticString = """
            SELECT user.key, user.active, user.login_stamp, token.created_at, token.expires_at, token.personal_access
            FROM livechat_login_token AS token CROSS JOIN livechat_user AS user ON user.key = token.user
            WHERE token.digest = ?1 AND user.id = ?2
            """
        static let rolesOfUser: StaticString = "SELECT role FROM livechat_user_role WHERE user = ?1"
        static let rolesOfMember: StaticString = """
            SELECT role FROM livechat_membership_role WHERE room = ?1 AND user = ?2
            """
        /// The queued inquiry of a room, whose key follows, as user ?2 stands to it (`Standing`).
        private static let inquiry: StaticString = """
            SELECT (default_agent IS ?2) * 8 + CASE
                WHEN inquiry.department IS NULL THEN 2
                WHEN EXISTS (SELECT 1 FROM livechat_department AS department
                        WHERE department.key = inquiry.department AND enabled)
                    AND EXISTS (
                        SELECT 1 FROM livechat_department_agent AS agent
                        WHERE agent.department = inquiry.department AND agent.user = ?2
                    )
                    THEN 3
                ELSE 4
                END
            FROM livechat_inquiry AS inquiry WHERE status = 'queued' AND inquiry.room =
            """
        /// How the user stands to the room is looked up only where the decision comes that far, and to its inquiry only
        /// where the user is no member: each statement more takes longer than what it looks up.
        static let roomByID: [StaticString] = [
            """
            SELECT key, kind, open, served_by, department,
                iif(open AND kind = 'l' AND ?2 IS NOT NULL,
                    iif(EXISTS (SELECT 1 FROM livechat_membership AS member
                            WHERE member.room = room.key AND member.user = ?2), 1,
                        coalesce((
            """, inquiry,
            """
             room.key), 0)), NULL)
            FROM livechat_room AS room WHERE id = ?1
            """,
        ]
        /// For a room that is closed or a user of whom `roomByID` has not told.
        static let inquiryOfRoom: [StaticString] = [inquiry, " ?1"]
        /// The same for an embedder's rules: in place of how the user, whose key is ?2, stands to the room what they
        /// are told of it. SQLite takes memory for each table that it looks at, so none is for what is not there; who
        /// asks is known by id.
        static let roomWhole: StaticString = """
            SELECT key, kind, open, served_by, department,
                iif(kind = 'l',
                    (SELECT count(*) FROM livechat_membership AS member WHERE member.room = room.key), NULL),
                iif(kind = 'l', visitor_token, NULL),
                iif(kind = 'l' AND served_by IS NOT NULL AND served_by IS NOT ?2,
                    (SELECT user.id FROM livechat_user AS user WHERE user.key = room.served_by), NULL),
                iif(kind = 'l' AND department IS NOT NULL,
                    (SELECT department.id FROM livechat_department AS department
                        WHERE department.key = room.department), NULL)
            FROM livechat_room AS room WHERE id = ?1
            """
        static let membership: StaticString = "SELECT 1 FROM livechat_membership WHERE room = ?1 AND user = ?2"
        static let agentOfDepartment: StaticString = """
            SELECT 1 FROM livechat_department_agent WHERE department = ?1 AND user = ?2
            """

        /// What `roomByID` and `inquiryOfRoom` say of a user.
        struct Standing {
            let code: Int64

            var isMember: Bool { code == 1 }

            /// Of the room, if that is queued.
            var inquiry: QueuedInquiry? {
                let department: QueuedInquiry.Department
                switch code & 7 {
                case 2: department = .none
                case 3: department = .ofUser
                case 4: department = .other
                default: return nil
                }
                return QueuedInquiry(isForUser: code & 8 != 0, department: department)
            }
        }

        static let all: [[StaticString]] = [
            [setting], [userByID], [loginStamp], [tokenByDigest], [rolesOfUser], [rolesOfMember],
            roomByID, [roomWhole], [membership], inquiryOfRoom, [agentOfDepartment],
        ]
    }
}

extension SQLiteError {
    static func newerSchema(_ version: Int64) -> SQLiteError {
        SQLiteError(
            code: 17,
            message: "has been brought to schema \(version) while it was open, this program knows "
                + "\(Migration.all.count): start a newer livechat-join"
        )
    }

    static let missingSettings = SQLiteError(code: 11, message: "the row of settings is missing")
}
