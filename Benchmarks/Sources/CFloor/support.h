#ifndef SUPPORT_H
#define SUPPORT_H
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "floor.h"

// Opens without a mutex: a connection belongs to one thread. NULL after saying what happened.
sqlite3 *open_database(const char *path, int flags, int cache_kib, int64_t mapped_bytes);
// Runs statements; returns SQLite's code, and says what happened when it is none of success.
int execute(sqlite3 *database, const char *sql);
// Prepares a statement that is kept; NULL after saying what happened.
sqlite3_stmt *prepare(sqlite3 *database, const char *sql);
int say(sqlite3 *database, const char *what);
int64_t now_milliseconds(void);

// The SHA-256 that the engine uses too, so that both sides hash alike (BoringSSL, inside swift-crypto).
extern uint8_t *CCryptoBoringSSL_SHA256(const uint8_t *data, size_t length, uint8_t digest[32]);

floor_outcome decide_alone(sqlite3_stmt *decide, const world_request *request);
#endif
