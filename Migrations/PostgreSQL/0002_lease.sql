-- Nothing stale after a failover. A server of ours answers for at most one second after a proof that its PostgreSQL
-- server was the primary: a commit that the synchronous standby confirmed. So the first change on a new timeline waits
-- until every such second has passed, and a deposed primary that is still running answers nobody who could know better.

-- The timeline of the newest change.
CREATE TABLE livechat_timeline (
    key bigint PRIMARY KEY CHECK (key = 1),
    id bigint NOT NULL
);

-- The first eight digits of a WAL file's name are its timeline, from the promotion on.
CREATE FUNCTION livechat_current_timeline() RETURNS bigint LANGUAGE sql VOLATILE
RETURN ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint;

INSERT INTO livechat_timeline (key, id) VALUES (1, livechat_current_timeline());

CREATE FUNCTION livechat_await_leases() RETURNS trigger LANGUAGE plpgsql SET search_path = livechat, pg_temp AS $$
DECLARE
    timeline bigint := livechat_current_timeline();
BEGIN
    IF EXISTS (SELECT FROM livechat_timeline WHERE id <> timeline) THEN
        -- Clocks need not agree, but run at nearly the same speed.
        PERFORM pg_sleep(1.5);
        UPDATE livechat_timeline SET id = timeline WHERE id <> timeline;
    END IF;
    RETURN NULL;
END $$;

-- Everything that a decision reads, but for memberships that come: they turn no answer into a refusal.
CREATE TRIGGER livechat_membership_awaits BEFORE DELETE OR TRUNCATE ON livechat_membership
    EXECUTE FUNCTION livechat_await_leases();
DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY ARRAY[
        'setting', 'role', 'permission', 'grant', 'restriction', 'user', 'user_role', 'login_token', 'department',
        'department_agent', 'room', 'inquiry', 'membership_role'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER livechat_%1$s_awaits BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON livechat_%1$s '
            'EXECUTE FUNCTION livechat_await_leases()',
            kind
        );
    END LOOP;
END $$;
