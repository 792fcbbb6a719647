import Foundation
import Generated
import LivechatPostgreSQL

extension Suite {
    /// B12: decisions and durable joins on a PostgreSQL server, against pgbench on the same one.
    func postgreSQL() throws {
        let cluster = try PostgreSQLCluster(in: folder)
        defer { cluster.stop() }
        // A first connection makes the schema.
        _ = try Child.run(["postgresql", "make", cluster.address])
        try cluster.sql(Self.numberedWorld(size))
        try cluster.sql("VACUUM ANALYZE")
        let seconds = isLong ? 8 : 3
        var drawn = 0
        for (question, callers, rateGoal, tailGoal) in [
            ("decide", 1, Goal.atLeast(0.8), Goal?.none), ("decide", 64, .atLeast(3), .atMost(1)),
            ("join", 1, nil, nil), ("join", 64, .atLeast(1.2), .atMost(1)),
        ] as [(String, Int, Goal?, Goal?)] {
            let what = "\(question == "join" ? "joins" : "decisions"), \(callers) caller\(callers == 1 ? "" : "s")"
            let peer = question == "join" ? "pgbench, bare insert" : "pgbench, same search"
            var rate = Comparison("B12", what, .perSecond, peer: peer, goal: rateGoal)
            var middle = Comparison("B12", "  p50", .milliseconds, peer: peer)
            var tail = Comparison("B12", "  p99", .milliseconds, peer: peer, goal: tailGoal)
            var (ourWaiting, theirWaiting) = (Histogram(), Histogram())
            try alternate(
                ours: { _ in
                    let answer = try Child.run(
                        ["postgresql", question, cluster.address]
                            + [size, drawn, callers, seconds * 1_000].map { "\($0)" }
                    )
                    // More than any round can ask.
                    drawn += 1_000_000
                    guard answer.count > 3, let waiting = Histogram(counts: answer.dropFirst(3)) else {
                        throw NotMeasured("ours says \(answer)")
                    }
                    rate.ours.append(answer[0])
                    middle.ours.append(answer[1] * 1_000)
                    tail.ours.append(answer[2] * 1_000)
                    ourWaiting += waiting
                },
                peer: { _ in
                    let script = question == "join" ? Self.bareInsert : Self.sameSearch
                    let (perSecond, waits) = try cluster.bench(script(size), callers: callers, seconds: seconds)
                    rate.peers.append(perSecond)
                    middle.peers.append(waits[waits.count / 2] * 1_000)
                    tail.peers.append(waits[waits.count * 99 / 100] * 1_000)
                    theirWaiting += Histogram(waits)
                }
            )
            rate.waiting = (ourWaiting, theirWaiting)
            finish(rate)
            finish(middle)
            finish(tail)
        }
    }

    /// Users, rooms and tokens whose ids and keys are numbers, so that a script can draw one: everybody may enter every
    /// room, and each room has two members.
    private static func numberedWorld(_ size: Int) -> String {
        """
        SET search_path = livechat;
        INSERT INTO livechat_user (id, username)
            SELECT 'user' || lpad(n::text, 13, '0'), 'user' || n FROM generate_series(1, \(size)) AS n;
        INSERT INTO livechat_user_role ("user", role)
            SELECT person.key, role.key FROM livechat_user AS person, livechat_role AS role
            WHERE role.id = 'livechat-manager';
        INSERT INTO livechat_login_token ("user", digest, created_at)
            SELECT person.key, sha256(('token' || lpad(right(person.id, 13), 38, '0'))::bytea),
                extract(epoch FROM now())::bigint * 1000
            FROM livechat_user AS person;
        INSERT INTO livechat_room (id) SELECT 'room' || lpad(n::text, 13, '0') FROM generate_series(1, \(size)) AS n;
        INSERT INTO livechat_membership (room, "user", joined_at)
            SELECT room, person, 0
            FROM generate_series(1, \(size)) AS room, LATERAL (VALUES (room), (room % \(size) + 1)) AS member (person);
        CREATE SCHEMA bare;
        CREATE TABLE bare.membership (room bigint, "user" bigint, joined_at bigint, PRIMARY KEY (room, "user"));
        INSERT INTO bare.membership SELECT room, "user", joined_at FROM livechat_membership;
        CREATE INDEX ON bare.membership ("user");
        CREATE TABLE bare.event (
            sequence bigserial PRIMARY KEY, kind text, at bigint, room bigint, "user" bigint
        );
        """
    }

    private static func sameSearch(_ size: Int) -> String {
        """
        \\set n random(1, \(size))
        SELECT * FROM livechat.livechat_facts(
            ARRAY['user' || lpad((:n)::text, 13, '0')],
            ARRAY[sha256(('token' || lpad((:n)::text, 38, '0'))::bytea)],
            ARRAY['room' || lpad((:n)::text, 13, '0')], ARRAY[0::bigint]);
        """
    }

    private static func bareInsert(_ size: Int) -> String {
        """
        \\set user random(1, \(size))
        \\set room random(1, \(size))
        WITH joined AS (
            INSERT INTO bare.membership VALUES (:room, :user, 1) ON CONFLICT DO NOTHING RETURNING room, "user"
        )
        INSERT INTO bare.event (kind, at, room, "user") SELECT 'joined', 1, room, "user" FROM joined;
        """
    }
}
