#include "support.h"

#include <stdio.h>
#include <time.h>

#include "floor.h"

int say(sqlite3 *database, const char *what) {
    int code = sqlite3_errcode(database);
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(database));
    return code ? code : SQLITE_ERROR;
}

sqlite3 *open_database(const char *path, int flags, int cache_kib, int64_t mapped_bytes) {
    sqlite3 *database = NULL;
    char sql[128];
    if (sqlite3_open_v2(path, &database, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        say(database, path);
        sqlite3_close(database);
        return NULL;
    }
    snprintf(
        sql, sizeof sql, "PRAGMA cache_size = -%d; PRAGMA mmap_size = %lld; PRAGMA busy_timeout = 5000", cache_kib,
        (long long)mapped_bytes);
    if (execute(database, sql) == SQLITE_OK) return database;
    sqlite3_close(database);
    return NULL;
}

int execute(sqlite3 *database, const char *sql) {
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK ? SQLITE_OK : say(database, sql);
}

int floor_turn_off_memory_count(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        say(database, sql);
    return statement;
}

int64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

const char *floor_sqlite_version(void) { return sqlite3_libversion(); }
