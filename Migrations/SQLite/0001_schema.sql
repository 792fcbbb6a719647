-- Everything the store holds (contract C8). Ids are text at the edge and integer keys inside; text compares by bytes.
-- Other programs write to this file too, mostly with foreign keys off (contract C17). So what belongs to a row is taken
-- along by triggers as well as by foreign keys, and AUTOINCREMENT never gives a key twice: a new user cannot inherit the
-- tokens and roles of a removed one.

CREATE TABLE livechat_setting (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    preview_room INTEGER CHECK (preview_room IN (0, 1)),
    login_expiration_days REAL,
    -- Renewed by triggers whenever a role, a grant or a restriction changes: grants that were read under a stamp hold for
    -- every snapshot that shows the same stamp.
    grants_stamp INTEGER NOT NULL DEFAULT (random()),
    -- Which event log this is; `restore` draws another.
    log_id TEXT NOT NULL DEFAULT (lower(hex(randomblob(4)))),
    -- The highest sequence of an event that has been removed. AUTOINCREMENT would write one more page with every join.
    events_removed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE livechat_user (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    username TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    -- Renewed by triggers whenever the user, one of their tokens or one of their roles changes: a login that was
    -- remembered under a stamp holds for every snapshot that shows the same stamp.
    login_stamp INTEGER NOT NULL DEFAULT (random())
) STRICT;

CREATE TABLE livechat_login_token (
    user INTEGER NOT NULL REFERENCES livechat_user ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    personal_access INTEGER NOT NULL CHECK (personal_access IN (0, 1)),
    -- By digest first: an unknown user costs one search, as a known one does.
    PRIMARY KEY (digest, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX livechat_login_token_of_user ON livechat_login_token (user);

CREATE TABLE livechat_role (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    scope TEXT NOT NULL DEFAULT 'Users' CHECK (scope IN ('Users', 'Subscriptions')),
    description TEXT
) STRICT;

CREATE TABLE livechat_permission (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256)
) STRICT;

CREATE TABLE livechat_grant (
    permission INTEGER NOT NULL REFERENCES livechat_permission ON DELETE CASCADE,
    role INTEGER NOT NULL REFERENCES livechat_role ON DELETE CASCADE,
    PRIMARY KEY (permission, role)
) STRICT, WITHOUT ROWID;

-- The permissions that a restricted role is restricted to.
CREATE TABLE livechat_restriction (
    role INTEGER NOT NULL REFERENCES livechat_role ON DELETE CASCADE,
    permission INTEGER NOT NULL REFERENCES livechat_permission,
    PRIMARY KEY (role, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE livechat_user_role (
    user INTEGER NOT NULL REFERENCES livechat_user ON DELETE CASCADE,
    role INTEGER NOT NULL REFERENCES livechat_role ON DELETE CASCADE,
    PRIMARY KEY (user, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE livechat_department (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1))
) STRICT;

CREATE TABLE livechat_department_agent (
    department INTEGER NOT NULL REFERENCES livechat_department ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES livechat_user ON DELETE CASCADE,
    PRIMARY KEY (department, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE livechat_room (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    kind TEXT NOT NULL DEFAULT 'l',
    open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
    served_by INTEGER REFERENCES livechat_user ON DELETE SET NULL,
    department INTEGER REFERENCES livechat_department,
    visitor_token TEXT
) STRICT;
-- What every decision asks of a room stands beside its id: one search in one tree instead of two.
CREATE INDEX livechat_room_by_id ON livechat_room (id, kind, open, served_by, department);

CREATE TABLE livechat_inquiry (
    room INTEGER PRIMARY KEY REFERENCES livechat_room ON DELETE CASCADE,
    status TEXT,
    department INTEGER REFERENCES livechat_department,
    default_agent INTEGER REFERENCES livechat_user ON DELETE SET NULL
) STRICT;

-- A room's member count is the number of its memberships. `open` is the member's own view of the room; a join does not
-- write it (contract C7).
CREATE TABLE livechat_membership (
    room INTEGER NOT NULL REFERENCES livechat_room ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES livechat_user ON DELETE CASCADE,
    joined_at INTEGER NOT NULL,
    open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
    alert INTEGER NOT NULL DEFAULT 0 CHECK (alert IN (0, 1)),
    unread INTEGER NOT NULL DEFAULT 0 CHECK (unread >= 0),
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE livechat_membership_role (
    room INTEGER NOT NULL,
    user INTEGER NOT NULL,
    role INTEGER NOT NULL REFERENCES livechat_role ON DELETE CASCADE,
    PRIMARY KEY (room, user, role),
    FOREIGN KEY (room, user) REFERENCES livechat_membership ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What has happened, and who did it (contract C15). The ids stand here as text, so that an event outlives its room and
-- its user; `detail` is a JSON object with what else is said.
CREATE TABLE livechat_event (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind <> ''),
    at INTEGER NOT NULL,
    room TEXT,
    user TEXT,
    actor TEXT,
    detail TEXT
) STRICT;

-- A sequence is never used twice, not even when the newest events have been removed.
CREATE TRIGGER livechat_event_deleted AFTER DELETE ON livechat_event BEGIN
    UPDATE livechat_setting SET events_removed = old.sequence WHERE events_removed < old.sequence;
END;
CREATE TRIGGER livechat_event_inserted AFTER INSERT ON livechat_event
WHEN new.sequence <= (SELECT events_removed FROM livechat_setting) BEGIN
    UPDATE livechat_event SET sequence = (SELECT events_removed FROM livechat_setting) + 1
    WHERE sequence = new.sequence;
END;

-- Stamps.
-- A program that puts the row of settings back must not put its stamp back.
CREATE TRIGGER livechat_setting_inserted AFTER INSERT ON livechat_setting BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_setting_updated AFTER UPDATE OF preview_room, login_expiration_days ON livechat_setting BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_role_inserted AFTER INSERT ON livechat_role BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_role_updated AFTER UPDATE ON livechat_role BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_role_deleted AFTER DELETE ON livechat_role BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_permission_inserted AFTER INSERT ON livechat_permission BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_permission_updated AFTER UPDATE ON livechat_permission BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_permission_deleted AFTER DELETE ON livechat_permission BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_grant_inserted AFTER INSERT ON livechat_grant BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_grant_updated AFTER UPDATE ON livechat_grant BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_grant_deleted AFTER DELETE ON livechat_grant BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_restriction_inserted AFTER INSERT ON livechat_restriction BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_restriction_updated AFTER UPDATE ON livechat_restriction BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_restriction_deleted AFTER DELETE ON livechat_restriction BEGIN
    UPDATE livechat_setting SET grants_stamp = random();
END;
CREATE TRIGGER livechat_user_inserted AFTER INSERT ON livechat_user BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = new.key;
END;
-- Whatever the values: a program that saves a whole row puts an old stamp back with it.
CREATE TRIGGER livechat_user_updated AFTER UPDATE OF id, username, active ON livechat_user BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = new.key;
END;
CREATE TRIGGER livechat_user_key_updated AFTER UPDATE ON livechat_user WHEN new.key IS NOT old.key BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = new.key;
END;
CREATE TRIGGER livechat_login_token_inserted AFTER INSERT ON livechat_login_token BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = new.user;
END;
CREATE TRIGGER livechat_login_token_updated AFTER UPDATE ON livechat_login_token BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key IN (old.user, new.user);
END;
CREATE TRIGGER livechat_login_token_deleted AFTER DELETE ON livechat_login_token BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = old.user;
END;
CREATE TRIGGER livechat_user_role_inserted AFTER INSERT ON livechat_user_role BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = new.user;
END;
CREATE TRIGGER livechat_user_role_updated AFTER UPDATE ON livechat_user_role BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key IN (old.user, new.user);
END;
CREATE TRIGGER livechat_user_role_deleted AFTER DELETE ON livechat_user_role BEGIN
    UPDATE livechat_user SET login_stamp = random() WHERE key = old.user;
END;

-- Removal. Nothing that is removed lets anybody in who was not (contract C15).
CREATE TRIGGER livechat_role_removal BEFORE DELETE ON livechat_role
WHEN EXISTS (SELECT 1 FROM livechat_restriction WHERE role = old.key)
    AND (EXISTS (SELECT 1 FROM livechat_user_role WHERE role = old.key)
        OR EXISTS (SELECT 1 FROM livechat_membership_role WHERE role = old.key)) BEGIN
    SELECT RAISE(ABORT, 'the role is restricted and users hold it: withdraw it from them first');
END;
CREATE TRIGGER livechat_permission_removal BEFORE DELETE ON livechat_permission
WHEN EXISTS (SELECT 1 FROM livechat_restriction WHERE permission = old.key) BEGIN
    SELECT RAISE(ABORT, 'a role is restricted to the permission: change the restriction first');
END;
CREATE TRIGGER livechat_department_removal BEFORE DELETE ON livechat_department
WHEN EXISTS (SELECT 1 FROM livechat_room WHERE department = old.key)
    OR EXISTS (SELECT 1 FROM livechat_inquiry WHERE department = old.key) BEGIN
    SELECT RAISE(ABORT, 'rooms or inquiries belong to the department: move them first');
END;
CREATE TRIGGER livechat_user_removed AFTER DELETE ON livechat_user BEGIN
    DELETE FROM livechat_login_token WHERE user = old.key;
    DELETE FROM livechat_user_role WHERE user = old.key;
    DELETE FROM livechat_department_agent WHERE user = old.key;
    DELETE FROM livechat_membership WHERE user = old.key;
    UPDATE livechat_room SET served_by = NULL WHERE served_by = old.key;
    UPDATE livechat_inquiry SET default_agent = NULL WHERE default_agent = old.key;
END;
CREATE TRIGGER livechat_role_removed AFTER DELETE ON livechat_role BEGIN
    DELETE FROM livechat_grant WHERE role = old.key;
    DELETE FROM livechat_restriction WHERE role = old.key;
    DELETE FROM livechat_user_role WHERE role = old.key;
    DELETE FROM livechat_membership_role WHERE role = old.key;
END;
CREATE TRIGGER livechat_permission_removed AFTER DELETE ON livechat_permission BEGIN
    DELETE FROM livechat_grant WHERE permission = old.key;
END;
CREATE TRIGGER livechat_department_removed AFTER DELETE ON livechat_department BEGIN
    DELETE FROM livechat_department_agent WHERE department = old.key;
END;
CREATE TRIGGER livechat_room_removed AFTER DELETE ON livechat_room BEGIN
    DELETE FROM livechat_inquiry WHERE room = old.key;
    DELETE FROM livechat_membership WHERE room = old.key;
END;
CREATE TRIGGER livechat_membership_removed AFTER DELETE ON livechat_membership BEGIN
    DELETE FROM livechat_membership_role WHERE room = old.room AND user = old.user;
END;

INSERT INTO livechat_setting (key) VALUES (1);
