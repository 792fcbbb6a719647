#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "support.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

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

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double monotonic_seconds(void) { return seconds(CLOCK_MONOTONIC); }

double thread_seconds(void) { return seconds(CLOCK_THREAD_CPUTIME_ID); }

double process_seconds(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }

int use_default_vfs_as(const char *name) {
    static sqlite3_vfs plain;
    sqlite3_vfs *named = sqlite3_vfs_find(name), *usual = sqlite3_vfs_find(NULL);
    if (!named || !usual) return -1;
    plain = *usual;
    plain.zName = named->zName;
    sqlite3_vfs_unregister(named);
    return sqlite3_vfs_register(&plain, 0);
}

const char *floor_sqlite_version(void) { return sqlite3_libversion(); }

#ifdef __linux__
// Those that the process had at first, or with `place` from 0 on one of them.
static int find_processors(int place, cpu_set_t *wanted) {
    static cpu_set_t all;
    static int is_known = 0;
    if (!is_known && sched_getaffinity(getpid(), sizeof all, &all) != 0) return -1;
    is_known = 1;
    *wanted = all;
    if (place < 0) return 0;
    int processor = 0;
    while (processor < CPU_SETSIZE && !(CPU_ISSET(processor, &all) && place-- == 0)) processor++;
    if (processor == CPU_SETSIZE) return -1;
    CPU_ZERO(wanted);
    CPU_SET(processor, wanted);
    return 0;
}
#endif

int run_on_processor(int place) {
#ifdef __linux__
    cpu_set_t wanted;
    if (find_processors(place, &wanted) != 0) return -1;
    DIR *threads = opendir("/proc/self/task");
    if (!threads) return -1;
    for (struct dirent *entry; (entry = readdir(threads));) {
        pid_t thread = (pid_t)atoi(entry->d_name);
        // One that has ended meanwhile needs no processor.
        if (thread > 0) sched_setaffinity(thread, sizeof wanted, &wanted);
    }
    closedir(threads);
    return 0;
#else
    return place < 0 ? 0 : -1;
#endif
}

int run_thread_on_processor(int place) {
#ifdef __linux__
    cpu_set_t wanted;
    return find_processors(place, &wanted) == 0 ? sched_setaffinity(0, sizeof wanted, &wanted) : -1;
#else
    return place < 0 ? 0 : -1;
#endif
}
