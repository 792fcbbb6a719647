#include "CTrials.h"

#include <sqlite3.h>
#include <stdatomic.h>

static atomic_long errors;

static void count(void *unused, int code, const char *message) {
    (void)unused;
    (void)message;
    int primary = code & 0xff;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_IOERR) atomic_fetch_add(&errors, 1);
}

int ctrials_count_errors(void) { return sqlite3_config(SQLITE_CONFIG_LOG, count, (void *)0); }

long ctrials_errors(void) { return atomic_load(&errors); }
