-- A room's member count is the number of its memberships: rooms are small, and a stored count is one more page to write
-- for every join and one more thing that can be wrong.
ALTER TABLE room DROP COLUMN members_count;

-- Drawn anew by the triggers below whenever a token, a user or a user's roles change: what a process remembers of logins is
-- valid for exactly the stamp that its snapshot shows. Adding one draws it too, so that a stamp never stands for two
-- states: not after a rollback, and not after a backup has been put back.
ALTER TABLE setting ADD COLUMN logins_stamp INTEGER NOT NULL DEFAULT 0;
UPDATE setting SET logins_stamp = random();

CREATE TRIGGER login_token_inserted AFTER INSERT ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER login_token_updated AFTER UPDATE ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER login_token_deleted AFTER DELETE ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_inserted AFTER INSERT ON user BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_updated AFTER UPDATE ON user BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_deleted AFTER DELETE ON user BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_role_inserted AFTER INSERT ON user_role BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_role_updated AFTER UPDATE ON user_role BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_role_deleted AFTER DELETE ON user_role BEGIN
    UPDATE setting SET logins_stamp = random();
END;

-- Whoever puts a row of settings back must not put its stamps back.
CREATE TRIGGER setting_inserted AFTER INSERT ON setting BEGIN
    UPDATE setting SET grants_stamp = random(), logins_stamp = random();
END;
