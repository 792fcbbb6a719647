#ifndef CLIVECHATSQLITE_SHIM_H
#define CLIVECHATSQLITE_SHIM_H

#include <sqlite3.h>

// Swift imports neither SQLITE_STATIC and SQLITE_TRANSIENT (casts to a function pointer) nor variadic functions;
// each has one plain function here and nothing more.

/// Binds text that stays where it is until the statement is reset. A null pointer binds '', not NULL.
static inline int livechat_sqlite_bind_text_static(sqlite3_stmt *statement, int index, const void *bytes,
                                                   sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, bytes ? (const char *)bytes : "", count, SQLITE_STATIC, SQLITE_UTF8);
}

/// Binds text that SQLite copies. A null pointer binds '', not NULL.
static inline int livechat_sqlite_bind_text_copy(sqlite3_stmt *statement, int index, const void *bytes,
                                                 sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, bytes ? (const char *)bytes : "", count, SQLITE_TRANSIENT,
                               SQLITE_UTF8);
}

/// Binds a blob that stays where it is until the statement is reset. A null pointer binds an empty blob, not NULL.
static inline int livechat_sqlite_bind_blob_static(sqlite3_stmt *statement, int index, const void *bytes,
                                                   sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_STATIC);
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

#endif
