-- Everything the store holds (contract C8). Ids are text at the edge and integer keys inside; text compares by bytes.

CREATE TABLE setting (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    preview_room INTEGER CHECK (preview_room IN (0, 1)),
    login_expiration_days REAL,
    -- Drawn anew by the triggers below whenever a grant, a restriction or a role changes: what a process has resolved
    -- in memory is valid for exactly the stamp that its snapshot shows, whoever made the change and however.
    grants_stamp INTEGER NOT NULL
) STRICT;
INSERT INTO setting (key, grants_stamp) VALUES (1, random());

CREATE TABLE user (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    username TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE login_token (
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    personal_access INTEGER NOT NULL CHECK (personal_access IN (0, 1)),
    PRIMARY KEY (user, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE role (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    scope TEXT NOT NULL DEFAULT 'Users' CHECK (scope IN ('Users', 'Subscriptions')),
    description TEXT
) STRICT;

CREATE TABLE permission (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256)
) STRICT;

CREATE TABLE permission_grant (
    permission INTEGER NOT NULL REFERENCES permission ON DELETE CASCADE,
    role INTEGER NOT NULL REFERENCES role ON DELETE CASCADE,
    PRIMARY KEY (permission, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_restriction (
    role INTEGER NOT NULL REFERENCES role ON DELETE CASCADE,
    permission INTEGER NOT NULL REFERENCES permission,
    PRIMARY KEY (role, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_role (
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    role INTEGER NOT NULL REFERENCES role,
    PRIMARY KEY (user, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE department (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1))
) STRICT;

CREATE TABLE department_agent (
    department INTEGER NOT NULL REFERENCES department ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    PRIMARY KEY (department, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE room (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(CAST(id AS BLOB)) BETWEEN 1 AND 256),
    kind TEXT NOT NULL DEFAULT 'l',
    open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
    served_by INTEGER REFERENCES user,
    department INTEGER REFERENCES department,
    visitor_token TEXT,
    members_count INTEGER NOT NULL DEFAULT 0 CHECK (members_count >= 0)
) STRICT;

CREATE TABLE inquiry (
    room INTEGER PRIMARY KEY REFERENCES room ON DELETE CASCADE,
    status TEXT,
    department INTEGER REFERENCES department,
    default_agent INTEGER REFERENCES user
) STRICT;

-- `open` is the member's own view of the room; a join does not write it (contract C7).
CREATE TABLE membership (
    room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES user,
    joined_at INTEGER NOT NULL,
    open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
    alert INTEGER NOT NULL DEFAULT 0 CHECK (alert IN (0, 1)),
    unread INTEGER NOT NULL DEFAULT 0 CHECK (unread >= 0),
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE membership_role (
    room INTEGER NOT NULL,
    user INTEGER NOT NULL,
    role INTEGER NOT NULL REFERENCES role,
    PRIMARY KEY (room, user, role),
    FOREIGN KEY (room, user) REFERENCES membership ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The ids stand here as text, so that an event outlives its room and its user. AUTOINCREMENT: a number is never used
-- twice, not even when the newest events have been removed.
CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('joined')),
    at INTEGER NOT NULL,
    room TEXT NOT NULL,
    user TEXT NOT NULL
) STRICT;

CREATE TRIGGER role_inserted AFTER INSERT ON role BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER role_updated AFTER UPDATE ON role BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER role_deleted AFTER DELETE ON role BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER permission_inserted AFTER INSERT ON permission BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER permission_updated AFTER UPDATE ON permission BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER permission_deleted AFTER DELETE ON permission BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER permission_grant_inserted AFTER INSERT ON permission_grant BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER permission_grant_updated AFTER UPDATE ON permission_grant BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER permission_grant_deleted AFTER DELETE ON permission_grant BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER role_restriction_inserted AFTER INSERT ON role_restriction BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER role_restriction_updated AFTER UPDATE ON role_restriction BEGIN
    UPDATE setting SET grants_stamp = random();
END;
CREATE TRIGGER role_restriction_deleted AFTER DELETE ON role_restriction BEGIN
    UPDATE setting SET grants_stamp = random();
END;
