#include <pthread.h>
#include <stdlib.h>

#include "floor.h"
#include "support.h"

// A permission of the user in `u`: granted to one of the roles, and no role is restricted to others. Where no role is
// restricted, as a rule, that is seen at once.
#define HOLDS(permission)                                                                                              \
    "(EXISTS (SELECT 1 FROM user_roles ur JOIN grants g ON g.permission_id = '" permission                             \
    "' AND g.role_id = ur.role_id WHERE ur.user_id = u.id)"                                                            \
    " AND (NOT EXISTS (SELECT 1 FROM restrictions) OR NOT EXISTS (SELECT 1 FROM user_roles ur"                         \
    " WHERE ur.user_id = u.id AND EXISTS (SELECT 1 FROM restrictions x WHERE x.role_id = ur.role_id)"                  \
    " AND NOT EXISTS (SELECT 1 FROM restrictions x WHERE x.role_id = ur.role_id"                                       \
    " AND x.permission_id = '" permission "'))))"

#define OF_LOGIN " FROM tokens t JOIN users u ON u.id = t.user_id" WHERE_LOGIN
#define WHERE_LOGIN                                                                                                    \
    " WHERE t.digest = ?2 AND t.user_id = ?1 AND (t.expires_at IS NULL OR t.expires_at > ?4) AND u.active"

// Each WHEN is looked at only when those before it do not hold, so a refusal does not pay for later steps.
#define UNTIL_OPEN " WHEN r.kind <> 'l' THEN 3 WHEN NOT r.open THEN 4"

const char *const floor_decision_sql =
    "SELECT CASE"
    " WHEN NOT " HOLDS("view-l-room") " THEN 2"
    " ELSE ifnull((SELECT CASE" UNTIL_OPEN
    "  WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.room_id = r.id AND m.user_id = u.id) THEN 0"
    "  WHEN r.served_by = u.id THEN 6"
    "  WHEN " HOLDS("view-livechat-rooms") " THEN 6"
    "  WHEN (SELECT value FROM settings WHERE name = 'previewRoom') AND EXISTS (SELECT 1 FROM inquiries i"
    "   WHERE i.room_id = r.id AND i.status = 'queued' AND (i.department_id IS NULL OR i.default_agent = u.id"
    "   OR EXISTS (SELECT 1 FROM department_agents a JOIN departments d ON d.id = a.department_id AND d.enabled"
    "    WHERE a.department_id = i.department_id AND a.user_id = u.id)"
    "   OR EXISTS (SELECT 1 FROM user_roles ur WHERE ur.user_id = u.id AND ur.role_id = 'livechat-manager'))) THEN 6"
    "  ELSE 5 END FROM rooms r WHERE r.id = ?3), 3)"
    " END" OF_LOGIN;

static const char *const authentication_sql = "SELECT 8" OF_LOGIN;

// Where a rule is asked: as far as it, with what it is told of the room.
static const char *const until_rule_sql =
    "SELECT CASE WHEN NOT " HOLDS("view-l-room") " THEN 2 ELSE ifnull(CASE" UNTIL_OPEN " ELSE 9 END, 3) END,"
    " r.served_by, r.department_id, r.visitor_token, r.members_count"
    " FROM tokens t JOIN users u ON u.id = t.user_id LEFT JOIN rooms r ON r.id = ?3" WHERE_LOGIN;
// The roles of the user and what they amount to, which it is told too.
static const char *const permissions_sql =
    "SELECT ur.role_id, g.permission_id FROM user_roles ur LEFT JOIN grants g ON g.role_id = ur.role_id WHERE ur.user_id = ?1";

// What a rule is told. The texts are SQLite's, until the statement is reset; NULL where there is none.
typedef struct {
    const unsigned char *served_by, *department, *visitor_token;
    int64_t members_count;
    int permissions;
} floor_question;

struct floor_reader {
    sqlite3 *database;
    sqlite3_stmt *begin, *authenticate, *decide, *until_rule, *permissions, *commit;
    // NULL, or says whether it has something against an open room.
    bool (*rule)(const floor_question *question);
};

floor_reader *floor_reader_open(const char *path, int cache_kib, int64_t mapped_bytes) {
    floor_reader *reader = calloc(1, sizeof *reader);
    reader->database = open_database(path, SQLITE_OPEN_READWRITE, cache_kib, mapped_bytes);
    if (reader->database) {
        reader->begin = prepare(reader->database, "BEGIN");
        reader->authenticate = prepare(reader->database, authentication_sql);
        reader->decide = prepare(reader->database, floor_decision_sql);
        reader->until_rule = prepare(reader->database, until_rule_sql);
        reader->permissions = prepare(reader->database, permissions_sql);
        reader->commit = prepare(reader->database, "COMMIT");
    }
    if (reader->commit && reader->permissions && reader->until_rule && reader->decide && reader->authenticate
        && reader->begin)
        return reader;
    floor_reader_close(reader);
    return NULL;
}

void floor_reader_close(floor_reader *reader) {
    sqlite3_finalize(reader->begin);
    sqlite3_finalize(reader->authenticate);
    sqlite3_finalize(reader->decide);
    sqlite3_finalize(reader->until_rule);
    sqlite3_finalize(reader->permissions);
    sqlite3_finalize(reader->commit);
    sqlite3_close(reader->database);
    free(reader);
}

// Binds the request and steps to the row, which stays until the statement is reset.
static floor_outcome decide_row(sqlite3_stmt *decide, const world_request *request) {
    uint8_t digest[32];
    CCryptoBoringSSL_SHA256((const uint8_t *)request->token, world_token_bytes, digest);
    sqlite3_bind_text(decide, 1, request->user, world_id_bytes, SQLITE_STATIC);
    sqlite3_bind_blob(decide, 2, digest, sizeof digest, SQLITE_STATIC);
    sqlite3_bind_text(decide, 3, request->room, world_id_bytes, SQLITE_STATIC);
    sqlite3_bind_int64(decide, 4, now_milliseconds());
    int code = sqlite3_step(decide);
    return code == SQLITE_ROW    ? (floor_outcome)sqlite3_column_int(decide, 0)
           : code == SQLITE_DONE ? floor_not_logged_in
                                 : floor_failed;
}

floor_outcome decide_alone(sqlite3_stmt *decide, const world_request *request) {
    floor_outcome result = decide_row(decide, request);
    sqlite3_reset(decide);
    return result;
}

static int run(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
}

// Decides as far as the rule, and asks it.
static floor_outcome ask_rule(floor_reader *reader, const world_request *request) {
    sqlite3_stmt *row = reader->until_rule, *permissions = reader->permissions;
    floor_outcome result = decide_row(row, request);
    if (result == floor_rule_refuses) {
        floor_question question = {
            sqlite3_column_text(row, 1), sqlite3_column_text(row, 2), sqlite3_column_text(row, 3),
            sqlite3_column_int64(row, 4), 0};
        sqlite3_bind_text(permissions, 1, request->user, world_id_bytes, SQLITE_STATIC);
        while (sqlite3_step(permissions) == SQLITE_ROW)
            if (sqlite3_column_text(permissions, 0) && sqlite3_column_text(permissions, 1)) question.permissions++;
        sqlite3_reset(permissions);
        if (!reader->rule(&question)) result = floor_failed;
    }
    sqlite3_reset(row);
    return result;
}

floor_outcome floor_decide(floor_reader *reader, const world_request *request) {
    if (!reader->rule) return decide_alone(request->room[0] ? reader->decide : reader->authenticate, request);
    // Two statements that are to see the same state.
    if (run(reader->begin) != SQLITE_DONE) return floor_failed;
    floor_outcome result = ask_rule(reader, request);
    return run(reader->commit) == SQLITE_DONE ? result : floor_failed;
}

typedef struct {
    floor_reader *reader;
    const world_request *requests;
    size_t count, start;
    floor_outcome expected;
    double duration;
    pthread_barrier_t *barrier;
    int processor;
    floor_decisions result;
} lane;

static bool refuse(const floor_question *question) { return question->permissions > 0; }

static void *decide_lane(void *argument) {
    lane *l = argument;
    size_t next = l->start;
    if (l->processor >= 0) run_thread_on_processor(l->processor);
    pthread_barrier_wait(l->barrier);
    double start = monotonic_seconds(), end = start, processor = thread_seconds();
    while (end - start < l->duration) {
        for (int i = 0; i < 64; i++) {
            l->result.unexpected += floor_decide(l->reader, &l->requests[next]) != l->expected;
            next = next + 1 == l->count ? 0 : next + 1;
        }
        l->result.decisions += 64;
        end = monotonic_seconds();
    }
    l->result.seconds = end - start;
    l->result.processor = thread_seconds() - processor;
    return NULL;
}

floor_decisions floor_measure(
    floor_reader *const *readers, int threads, const world_request *requests, size_t count, size_t first,
    floor_outcome expected, int milliseconds) {
    lane lanes[threads];
    pthread_t ids[threads];
    pthread_barrier_t barrier;
    floor_decisions sum = {0};
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++) {
        readers[i]->rule = expected == floor_rule_refuses ? refuse : NULL;
        size_t start = (first + count / (size_t)threads * (size_t)i) % count;
        lanes[i] = (lane){readers[i], requests, count, start, expected, milliseconds / 1e3, &barrier,
                          threads > 1 ? i : -1, {0}};
        pthread_create(&ids[i], NULL, decide_lane, &lanes[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        sum.seconds += lanes[i].result.seconds;
        sum.processor += lanes[i].result.processor;
        sum.decisions += lanes[i].result.decisions;
        sum.unexpected += lanes[i].result.unexpected;
    }
    pthread_barrier_destroy(&barrier);
    return sum;
}
