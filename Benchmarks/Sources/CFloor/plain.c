#include <stdio.h>
#include <string.h>

#include "floor.h"
#include "support.h"

// As somebody would write it by hand: the ids themselves are the keys. WITHOUT ROWID, because that is the faster of the
// two for these look-ups, and the two usual indexes on memberships.
static const char *const schema =
    "PRAGMA journal_mode = WAL;"
    "CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT, active INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE tokens (digest BLOB PRIMARY KEY, user_id TEXT NOT NULL, created_at INTEGER NOT NULL,"
    " expires_at INTEGER) WITHOUT ROWID;"
    "CREATE INDEX tokens_user ON tokens (user_id);"
    "CREATE TABLE user_roles (user_id TEXT, role_id TEXT, PRIMARY KEY (user_id, role_id)) WITHOUT ROWID;"
    "CREATE TABLE grants (permission_id TEXT, role_id TEXT, PRIMARY KEY (permission_id, role_id)) WITHOUT ROWID;"
    "CREATE TABLE restrictions (role_id TEXT, permission_id TEXT, PRIMARY KEY (role_id, permission_id)) WITHOUT ROWID;"
    "CREATE TABLE departments (id TEXT PRIMARY KEY, enabled INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE department_agents (department_id TEXT, user_id TEXT, PRIMARY KEY (department_id, user_id))"
    " WITHOUT ROWID;"
    "CREATE TABLE rooms (id TEXT PRIMARY KEY, kind TEXT NOT NULL, open INTEGER NOT NULL, served_by TEXT,"
    " department_id TEXT, visitor_token TEXT, members_count INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE inquiries (room_id TEXT PRIMARY KEY, status TEXT NOT NULL, department_id TEXT, default_agent TEXT)"
    " WITHOUT ROWID;"
    "CREATE TABLE memberships (room_id TEXT, user_id TEXT, joined_at INTEGER NOT NULL, open INTEGER NOT NULL,"
    " alert INTEGER NOT NULL, unread INTEGER NOT NULL, PRIMARY KEY (room_id, user_id)) WITHOUT ROWID;"
    "CREATE INDEX memberships_user ON memberships (user_id);"
    "CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at INTEGER NOT NULL,"
    " room_id TEXT NOT NULL, user_id TEXT NOT NULL);"
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "INSERT INTO settings VALUES ('previewRoom', 1), ('loginExpirationDays', 90);"
    "CREATE INDEX grants_role ON grants (role_id);";

// The arguments of one row: i an integer, t an id, b a blob of 32 bytes, s a string that ends, n nothing.
static int insert(sqlite3_stmt *statement, const char *kinds, const int64_t *integers, const char *const *texts) {
    for (int i = 0; kinds[i]; i++) {
        int place = i + 1;
        switch (kinds[i]) {
        case 'i': sqlite3_bind_int64(statement, place, integers[i]); break;
        case 't': sqlite3_bind_text(statement, place, texts[i], world_id_bytes, SQLITE_STATIC); break;
        case 'b': sqlite3_bind_blob(statement, place, texts[i], 32, SQLITE_STATIC); break;
        case 's': sqlite3_bind_text(statement, place, texts[i], -1, SQLITE_STATIC); break;
        default: sqlite3_bind_null(statement, place);
        }
    }
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int fill_users(sqlite3 *database, world w, int64_t now) {
    sqlite3_stmt *user = prepare(database, "INSERT INTO users VALUES (?1, ?2, 1)");
    sqlite3_stmt *token = prepare(database, "INSERT INTO tokens VALUES (?1, ?2, ?3, ?4)");
    sqlite3_stmt *role = prepare(database, "INSERT INTO user_roles VALUES (?1, ?2)");
    int code = user && token && role ? SQLITE_OK : SQLITE_ERROR;
    for (int64_t i = 0; i < w.users && code == SQLITE_OK; i++) {
        char id[world_id_bytes], name[32], raw[world_token_bytes];
        uint8_t digest[32];
        world_user_id(i, id);
        world_token(i, raw);
        snprintf(name, sizeof name, "user%lld", (long long)i);
        CCryptoBoringSSL_SHA256((const uint8_t *)raw, sizeof raw, digest);
        const char *is = world_is_manager(i) ? "livechat-manager" : world_is_agent(i) ? "livechat-agent" : "user";
        code = insert(user, "ts", NULL, (const char *[]){id, name});
        if (code == SQLITE_OK)
            code = insert(
                token, "btii", (int64_t[]){0, 0, now, now + 90LL * 86400000}, (const char *[]){(char *)digest, id});
        if (code == SQLITE_OK) code = insert(role, "ts", NULL, (const char *[]){id, is});
    }
    sqlite3_finalize(user);
    sqlite3_finalize(token);
    sqlite3_finalize(role);
    return code;
}

static int fill_departments(sqlite3 *database, world w) {
    sqlite3_stmt *department = prepare(database, "INSERT INTO departments VALUES (?1, 1)");
    sqlite3_stmt *agent = prepare(database, "INSERT INTO department_agents VALUES (?1, ?2)");
    int code = department && agent ? SQLITE_OK : SQLITE_ERROR;
    for (int64_t i = 0; i < world_departments && code == SQLITE_OK; i++) {
        char id[world_id_bytes], user[world_id_bytes];
        world_department_id(i, id);
        code = insert(department, "t", NULL, (const char *[]){id});
        for (int j = 0; j < world_agents_per_department && code == SQLITE_OK; j++) {
            world_user_id(world_department_agent(w, i, j), user);
            code = insert(agent, "tt", NULL, (const char *[]){id, user});
        }
    }
    sqlite3_finalize(department);
    sqlite3_finalize(agent);
    return code;
}

static int fill_rooms(sqlite3 *database, world w, int64_t now) {
    sqlite3_stmt *room = prepare(database, "INSERT INTO rooms VALUES (?1, 'l', ?2, ?3, ?4, NULL, 2)");
    sqlite3_stmt *inquiry = prepare(database, "INSERT INTO inquiries VALUES (?1, 'queued', ?2, NULL)");
    sqlite3_stmt *member = prepare(database, "INSERT INTO memberships VALUES (?1, ?2, ?3, 1, 0, 0)");
    int code = room && inquiry && member ? SQLITE_OK : SQLITE_ERROR;
    for (int64_t i = 0; i < w.rooms && code == SQLITE_OK; i++) {
        char id[world_id_bytes], server[world_id_bytes], department[world_id_bytes], user[world_id_bytes];
        int64_t serves = world_server(w, i), queue = world_queue(i);
        world_room_id(i, id);
        if (serves >= 0) world_user_id(serves, server);
        if (queue >= 0) world_department_id(queue, department);
        char kinds[] = "tinn";
        if (serves >= 0) kinds[2] = 't';
        if (queue >= 0) kinds[3] = 't';
        code = insert(
            room, kinds, (int64_t[]){0, world_is_open(i)}, (const char *[]){id, NULL, server, department});
        if (code == SQLITE_OK && queue > -2)
            code = insert(inquiry, queue >= 0 ? "tt" : "tn", NULL, (const char *[]){id, department});
        for (int j = 0; j < 2 && code == SQLITE_OK; j++) {
            world_user_id(world_room_member(w, i, j), user);
            code = insert(member, "tti", (int64_t[]){0, 0, now}, (const char *[]){id, user});
        }
    }
    sqlite3_finalize(room);
    sqlite3_finalize(inquiry);
    sqlite3_finalize(member);
    return code;
}

// The default grants, as ours has them.
static int copy_grants(sqlite3 *database, const char *ours) {
    char sql[2048];
    snprintf(
        sql, sizeof sql,
        "ATTACH '%s' AS ours; INSERT INTO grants SELECT permission.id, role.id FROM ours.livechat_grant AS g"
        " JOIN ours.livechat_permission AS permission ON permission.key = g.permission"
        " JOIN ours.livechat_role AS role ON role.key = g.role; DETACH ours",
        ours);
    return execute(database, sql);
}

int plain_make(const char *path, world w, const char *ours) {
    // In KiB: what 10 million rooms take of it.
    sqlite3 *database = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 6 << 20, 0);
    if (!database) return SQLITE_CANTOPEN;
    int64_t now = now_milliseconds();
    int code = execute(database, schema);
    if (code == SQLITE_OK) code = copy_grants(database, ours);
    if (code == SQLITE_OK) code = execute(database, "PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
    if (code == SQLITE_OK && (code = fill_users(database, w, now)) != SQLITE_OK) say(database, "users");
    if (code == SQLITE_OK && (code = fill_departments(database, w)) != SQLITE_OK) say(database, "departments");
    if (code == SQLITE_OK && (code = fill_rooms(database, w, now)) != SQLITE_OK) say(database, "rooms");
    if (code == SQLITE_OK) code = execute(database, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(database);
    return code;
}
