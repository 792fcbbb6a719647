#ifndef CLIVECHATSQLITE_SHIM_H
#define CLIVECHATSQLITE_SHIM_H

#include <sqlite3.h>

// Swift imports neither SQLITE_STATIC and SQLITE_TRANSIENT (casts to a function pointer) nor variadic functions;
// each has one plain function here and nothing more.

/// Binds text that SQLite copies. A null pointer binds '', not NULL.
static inline int livechat_sqlite_bind_text_copy(sqlite3_stmt *statement, int index, const void *bytes,
                                                 sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, bytes ? (const char *)bytes : "", count, SQLITE_TRANSIENT,
                               SQLITE_UTF8);
}

/// Binds a blob that SQLite copies. A null pointer binds an empty blob, not NULL.
static inline int livechat_sqlite_bind_blob_copy(sqlite3_stmt *statement, int index, const void *bytes,
                                                 sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

/// Sets one on/off option of a connection and fails when SQLite did not take it.
static inline int livechat_sqlite_set_option(sqlite3 *connection, int option, int value) {
    int taken = -1;
    int code = sqlite3_db_config(connection, option, value, &taken);
    if (code != SQLITE_OK) return code;
    return taken == value ? SQLITE_OK : SQLITE_ERROR;
}

/// Turns off SQLite's count of the memory it uses, which takes a lock of the whole process for every allocation
/// (https://sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus). SQLITE_MISUSE once SQLite is in use.
static inline int livechat_sqlite_without_memory_count(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// The beginning of the WAL-index, the memory that connections of all processes share (https://sqlite.org/walformat.html
/// section 2), as SQLite itself has it mapped; NULL when there is none. It stays mapped for as long as the connection
/// is open, and it is only ever read here. It comes from SQLite's own mapping, not from a descriptor of ours, because
/// closing one would drop the locks that SQLite holds on the file.
static inline const volatile void *livechat_sqlite_wal_index(sqlite3 *connection) {
    enum { regionBytes = 32768 };  // what SQLite maps at a time, section 2 of the format
    sqlite3_file *file = 0;
    volatile void *region = 0;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return 0;
    if (!file || !file->pMethods || file->pMethods->iVersion < 2 || !file->pMethods->xShmMap) return 0;
    if (file->pMethods->xShmMap(file, 0, regionBytes, 0, &region) != SQLITE_OK) return 0;
    return region;
}

/// Reads the first of the two copies of the WAL-index header, 48 bytes, in six words. A commit writes the second copy,
/// a barrier, and then this one, before it returns to the committer.
static inline void livechat_sqlite_read_wal_header(const volatile void *index, unsigned long long words[6]) {
    const volatile unsigned long long *header = (const volatile unsigned long long *)index;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    for (int i = 0; i < 6; i++) words[i] = header[i];
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/// Reads how many frames of the log have been checkpointed into the database (section 2.1.1 of the format, offset 96).
static inline unsigned livechat_sqlite_read_wal_backfill(const volatile void *index) {
    return __atomic_load_n((const volatile unsigned *)index + 24, __ATOMIC_ACQUIRE);
}

#endif
