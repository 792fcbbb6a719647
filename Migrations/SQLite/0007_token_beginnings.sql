-- A token that is not stored is known not to be after one search in a small tree of numbers, the first four bytes of every
-- stored digest: digests come in no order, so a search among them reads lines of memory that nobody has read lately, and a
-- tree of a fifth of the size has more of them at hand. Two digests may begin alike; whether one is stored only the table of
-- tokens tells.
ALTER TABLE login_token ADD COLUMN beginning INTEGER GENERATED ALWAYS AS (
    (instr('123456789ABCDEF', substr(hex(digest), 1, 1)) << 28) |
    (instr('123456789ABCDEF', substr(hex(digest), 2, 1)) << 24) |
    (instr('123456789ABCDEF', substr(hex(digest), 3, 1)) << 20) |
    (instr('123456789ABCDEF', substr(hex(digest), 4, 1)) << 16) |
    (instr('123456789ABCDEF', substr(hex(digest), 5, 1)) << 12) |
    (instr('123456789ABCDEF', substr(hex(digest), 6, 1)) << 8) |
    (instr('123456789ABCDEF', substr(hex(digest), 7, 1)) << 4) |
    instr('123456789ABCDEF', substr(hex(digest), 8, 1))
) VIRTUAL;

CREATE TABLE login_token_beginning (beginning INTEGER PRIMARY KEY) STRICT;
INSERT INTO login_token_beginning (beginning) SELECT beginning FROM login_token GROUP BY beginning;

-- Neither conflict clauses nor upserts: those of the statement that has fired a trigger are used in their place.
CREATE TRIGGER login_token_beginning_inserted AFTER INSERT ON login_token
WHEN NOT EXISTS (SELECT 1 FROM login_token_beginning WHERE beginning = new.beginning) BEGIN
    INSERT INTO login_token_beginning (beginning) VALUES (new.beginning);
END;
-- It goes with the last digest that begins so: the next one in their order begins otherwise, or there is none.
CREATE TRIGGER login_token_beginning_deleted AFTER DELETE ON login_token
WHEN old.beginning IS NOT (
    SELECT beginning FROM login_token WHERE digest >= substr(old.digest, 1, 4) ORDER BY digest LIMIT 1
) BEGIN
    DELETE FROM login_token_beginning WHERE beginning = old.beginning;
END;
CREATE TRIGGER login_token_beginning_updated AFTER UPDATE OF digest ON login_token BEGIN
    INSERT INTO login_token_beginning (beginning) SELECT new.beginning
    WHERE NOT EXISTS (SELECT 1 FROM login_token_beginning WHERE beginning = new.beginning);
    DELETE FROM login_token_beginning WHERE beginning = old.beginning AND old.beginning IS NOT (
        SELECT beginning FROM login_token WHERE digest >= substr(old.digest, 1, 4) ORDER BY digest LIMIT 1
    );
END;
