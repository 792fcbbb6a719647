-- Tokens are looked up by their digest alone: one that is not stored is known not to be after one search in one tree,
-- without a look at the user, so that an unknown user costs the same as a known one.
ALTER TABLE login_token RENAME TO login_token_by_user;

CREATE TABLE login_token (
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    personal_access INTEGER NOT NULL CHECK (personal_access IN (0, 1)),
    PRIMARY KEY (digest, user)
) STRICT, WITHOUT ROWID;
INSERT INTO login_token (user, digest, created_at, expires_at, personal_access)
SELECT user, digest, created_at, expires_at, personal_access FROM login_token_by_user ORDER BY digest, user;
-- Its triggers go with it.
DROP TABLE login_token_by_user;

-- For everything that asks about all tokens of a user: revoking them, removing the user, load and dump.
CREATE INDEX login_token_of_user ON login_token (user);

-- As before (0003).
CREATE TRIGGER login_token_inserted AFTER INSERT ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER login_token_updated AFTER UPDATE ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER login_token_deleted AFTER DELETE ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
