-- Joins are written on versions of rows, not on facts that are read again. Every change that can turn "allowed" into
-- "refused" makes a new version of the row of settings, the user's row or the room's row. `xmin` is a version's name:
-- the transaction that made it.

-- A department that is changed renews the stamp.
DROP TRIGGER livechat_department_changed ON livechat_department;
DROP FUNCTION livechat_lock_setting();
CREATE TRIGGER livechat_department_changed AFTER UPDATE OR DELETE ON livechat_department
    FOR EACH ROW EXECUTE FUNCTION livechat_renew_stamp();

-- A user's tokens and departments make a new version of the user's row when they are changed or removed, once in a
-- transaction; one that comes turns no answer into a refusal. So do the inquiries of a room with its row.
DROP TRIGGER livechat_login_token_changed ON livechat_login_token;
DROP TRIGGER livechat_department_agent_changed ON livechat_department_agent;
DROP FUNCTION livechat_lock_user();
CREATE FUNCTION livechat_renew_user() RETURNS trigger LANGUAGE plpgsql SET search_path = livechat, pg_temp AS $$
BEGIN
    UPDATE livechat_user SET active = active
    WHERE key = OLD."user" AND xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$;
CREATE TRIGGER livechat_login_token_changed AFTER UPDATE OR DELETE ON livechat_login_token
    FOR EACH ROW EXECUTE FUNCTION livechat_renew_user();
CREATE TRIGGER livechat_department_agent_changed AFTER UPDATE OR DELETE ON livechat_department_agent
    FOR EACH ROW EXECUTE FUNCTION livechat_renew_user();

DROP TRIGGER livechat_inquiry_changed ON livechat_inquiry;
DROP FUNCTION livechat_lock_room();
CREATE FUNCTION livechat_renew_room() RETURNS trigger LANGUAGE plpgsql SET search_path = livechat, pg_temp AS $$
BEGIN
    UPDATE livechat_room SET open = open
    WHERE key = OLD.room AND xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$;
CREATE TRIGGER livechat_inquiry_changed AFTER UPDATE OR DELETE ON livechat_inquiry
    FOR EACH ROW EXECUTE FUNCTION livechat_renew_room();

-- A join does not touch these tables, so a TRUNCATE does not wait for it.
CREATE TRIGGER livechat_login_token_truncated AFTER TRUNCATE ON livechat_login_token
    FOR EACH STATEMENT EXECUTE FUNCTION livechat_renew_stamp();
CREATE TRIGGER livechat_department_agent_truncated AFTER TRUNCATE ON livechat_department_agent
    FOR EACH STATEMENT EXECUTE FUNCTION livechat_renew_stamp();
CREATE TRIGGER livechat_inquiry_truncated AFTER TRUNCATE ON livechat_inquiry
    FOR EACH STATEMENT EXECUTE FUNCTION livechat_renew_stamp();

-- What a decision asks about users and rooms, as before, and as purpose 8 the versions of the user's and the room's row.
DROP FUNCTION livechat_join(text[], bytea[], text[], bigint[], text[], bigint[], bigint[], uuid[]);
DROP FUNCTION livechat_facts(text[], bytea[], text[], bigint[]);
CREATE FUNCTION livechat_facts(users text[], digests bytea[], rooms text[], purposes bigint[])
RETURNS TABLE (
    question bigint, preview_room boolean, login_expiration_days double precision, grants_stamp bigint,
    user_key bigint, active boolean, roles bigint[],
    token_created_at bigint, token_expires_at bigint, personal_access boolean,
    room_key bigint, kind text, open boolean, is_serving boolean, is_member boolean,
    inquiry_room bigint, status text, is_default_agent boolean, queue bigint, queue_enabled boolean,
    is_queue_agent boolean, is_department_agent boolean, member_roles bigint[],
    served_by text, department text, visitor_token text, members bigint, queue_id text, user_version bigint,
    room_version bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT asked.question, setting.preview_room, setting.login_expiration_days, setting.grants_stamp,
        person.key, person.active, person.roles,
        token.created_at, token.expires_at, token.personal_access,
        room.key, room.kind, room.open, room.served_by = person.key, membership.room IS NOT NULL,
        inquiry.room, inquiry.status, inquiry.default_agent = person.key, inquiry.department, queue.enabled,
        queue_agent.department IS NOT NULL,
        CASE WHEN asked.purpose & 4 <> 0 THEN EXISTS (
            SELECT 1 FROM livechat_department_agent AS agent
            WHERE agent.department = room.department AND agent."user" = person.key
        ) END,
        CASE WHEN asked.purpose & 2 <> 0 THEN ARRAY(
            SELECT given.role FROM livechat_membership_role AS given
            WHERE given.room = room.key AND given."user" = person.key ORDER BY given.role
        ) END,
        CASE WHEN asked.purpose & 1 <> 0 THEN (
            SELECT agent.id FROM livechat_user AS agent WHERE agent.key = room.served_by
        ) END,
        CASE WHEN asked.purpose & 1 <> 0 THEN (
            SELECT named.id FROM livechat_department AS named WHERE named.key = room.department
        ) END,
        CASE WHEN asked.purpose & 1 <> 0 THEN room.visitor_token END,
        CASE WHEN asked.purpose & 1 <> 0 THEN (
            SELECT count(*) FROM livechat_membership AS member WHERE member.room = room.key
        ) END,
        CASE WHEN asked.purpose & 1 <> 0 THEN queue.id END,
        CASE WHEN asked.purpose & 8 <> 0 THEN person.xmin::text::bigint END,
        CASE WHEN asked.purpose & 8 <> 0 THEN room.xmin::text::bigint END
    FROM livechat_setting AS setting
    CROSS JOIN unnest(users, digests, rooms, purposes)
        WITH ORDINALITY AS asked (user_id, digest, room_id, purpose, question)
    LEFT JOIN livechat_user AS person ON person.id = asked.user_id
    LEFT JOIN livechat_login_token AS token ON token.digest = asked.digest AND token."user" + 0 = person.key
    LEFT JOIN livechat_room AS room ON room.id = asked.room_id
    LEFT JOIN livechat_membership AS membership ON membership.room = room.key AND membership."user" = person.key
    LEFT JOIN livechat_inquiry AS inquiry
        ON inquiry.room = CASE WHEN setting.preview_room OR asked.purpose & 5 <> 0 THEN room.key END
    LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
    LEFT JOIN livechat_department_agent AS queue_agent
        ON queue_agent.department = inquiry.department AND queue_agent."user" = person.key
    WHERE setting.key = 1;
END;

-- Writes joins that were allowed, each only if the versions that it was decided on are the newest, nobody is changing
-- them, and its token still has time: `valid` is what was left of it in milliseconds when the call was sent. It gives
-- back which of them hold now; the others are to be decided again. A row that somebody has locked is skipped, so that
-- the joins of others do not wait for it.
CREATE FUNCTION livechat_join(
    users text[], rooms text[], stamps bigint[], user_keys bigint[], user_versions bigint[], room_keys bigint[],
    room_versions bigint[], moments bigint[], valid bigint[], attempts uuid[]
) RETURNS boolean[] LANGUAGE plpgsql SET search_path = livechat, pg_temp AS $$
DECLARE
    newest bigint;
    elapsed double precision;
    written bigint[];
    found bigint[];
BEGIN
    SELECT grants_stamp INTO newest FROM livechat_setting WHERE key = 1 FOR SHARE;
    elapsed := extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000;

    -- A row that has changed since the statement began is compared as it is once its lock is granted.
    WITH locked AS MATERIALIZED (
        SELECT asked.number
        FROM unnest(stamps, user_keys, user_versions, room_keys, room_versions)
            WITH ORDINALITY AS asked (stamp, user_key, user_version, room_key, room_version, number)
        JOIN livechat_user AS person ON person.key = asked.user_key
        JOIN livechat_room AS room ON room.key = asked.room_key
        WHERE asked.stamp = newest
            AND person.xmin::text::bigint = asked.user_version AND room.xmin::text::bigint = asked.room_version
        FOR SHARE OF person, room SKIP LOCKED
    ), inserted AS (
        INSERT INTO livechat_membership (room, "user", joined_at, alert, unread, attempt)
        SELECT room_keys[number], user_keys[number], moments[number], true, 1, attempts[number]
        FROM locked
        WHERE (valid[number] > elapsed) IS NOT FALSE
        -- One order for all: a pair that another server is writing is waited for.
        ORDER BY room_keys[number], user_keys[number]
        ON CONFLICT DO NOTHING
        RETURNING attempt
    )
    SELECT array_agg(array_position(attempts, attempt)) INTO written FROM inserted;

    IF coalesce(cardinality(written), 0) < cardinality(attempts) THEN
        -- Attempts whose answer was lost. The update makes this commit wait for a standby as the lost one did.
        WITH again AS (
            UPDATE livechat_membership AS membership SET attempt = membership.attempt
            FROM generate_subscripts(attempts, 1) AS number
            WHERE membership.room = room_keys[number] AND membership."user" = user_keys[number]
                AND membership.attempt = attempts[number] AND (number = ANY (written)) IS NOT TRUE
            RETURNING number
        )
        SELECT array_agg(number) INTO found FROM again;
    END IF;

    IF written IS NOT NULL THEN
        PERFORM livechat_append(
            array_agg('joined'::text), array_agg(moments[number]), array_agg(rooms[number]), array_agg(users[number]),
            array_agg(NULL::text), array_agg(NULL::text)
        )
        FROM unnest(written) AS number;
    END IF;
    RETURN ARRAY(
        SELECT coalesce(number = ANY (written || found), false)
        FROM generate_subscripts(attempts, 1) AS number ORDER BY number
    );
END $$;
