-- A room's member count is the number of its memberships: rooms are small, and a stored count is one more page to write
-- for every join and one more thing that can be wrong.
ALTER TABLE room DROP COLUMN members_count;

-- Drawn anew by the triggers below whenever a login that was good may not be good any more: what a process remembers of
-- logins is valid for exactly the stamp that its snapshot shows. A login that is added makes no other one bad, and only
-- users who have one are remembered, so logging in and adding users leave the stamp alone.
ALTER TABLE setting ADD COLUMN logins_stamp INTEGER NOT NULL DEFAULT 0;
UPDATE setting SET logins_stamp = random();

-- REPLACE removes rows without telling the triggers that fire after a removal; it is seen here.
CREATE TRIGGER login_token_replaced BEFORE INSERT ON login_token
WHEN EXISTS (SELECT 1 FROM login_token WHERE user = NEW.user AND digest = NEW.digest) BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER login_token_updated AFTER UPDATE ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER login_token_deleted AFTER DELETE ON login_token BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_replaced BEFORE INSERT ON user
WHEN EXISTS (SELECT 1 FROM user WHERE key = NEW.key) OR EXISTS (SELECT 1 FROM user WHERE id = NEW.id) BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_updated AFTER UPDATE OF key, id, active ON user BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_deleted AFTER DELETE ON user BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_role_inserted AFTER INSERT ON user_role
WHEN EXISTS (SELECT 1 FROM login_token WHERE user = NEW.user) BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_role_updated AFTER UPDATE ON user_role BEGIN
    UPDATE setting SET logins_stamp = random();
END;
CREATE TRIGGER user_role_deleted AFTER DELETE ON user_role BEGIN
    UPDATE setting SET logins_stamp = random();
END;
