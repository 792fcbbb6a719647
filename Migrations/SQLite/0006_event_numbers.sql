-- An event's number is one more than the newest event's, and never used twice, not even when the newest events have been
-- removed. AUTOINCREMENT saw to that before with a page of its own, which every join had to write; what is written here
-- is written when events are removed.
CREATE TABLE event_number (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    -- The highest number that is known to have been given, beside those of the events that are there.
    given INTEGER NOT NULL
) STRICT;

ALTER TABLE event RENAME TO event_before;
INSERT INTO event_number (key, given)
VALUES (1, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event_before'), 0));

-- As before (0001) otherwise.
CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('joined')),
    at INTEGER NOT NULL,
    room TEXT NOT NULL,
    user TEXT NOT NULL
) STRICT;
INSERT INTO event (sequence, kind, at, room, user)
SELECT sequence, kind, at, room, user FROM event_before ORDER BY sequence;
DROP TABLE event_before;

CREATE TRIGGER event_deleted AFTER DELETE ON event BEGIN
    UPDATE event_number SET given = old.sequence WHERE given < old.sequence;
END;
CREATE TRIGGER event_inserted AFTER INSERT ON event WHEN new.sequence <= (SELECT given FROM event_number) BEGIN
    UPDATE event SET sequence = (SELECT given FROM event_number) + 1 WHERE sequence = new.sequence;
END;
