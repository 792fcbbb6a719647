#include "faulty_vfs_parts.h"

#include <stdatomic.h>

static atomic_int armed;
static atomic_long due;
static atomic_int stays;
static atomic_long calls;
static atomic_long failures;

void ctrials_arm(enum ctrials_fault fault, long nth, int lasts) {
    atomic_store(&calls, 0);
    atomic_store(&failures, 0);
    atomic_store(&due, nth);
    atomic_store(&stays, lasts);
    atomic_store(&armed, (int)fault);
}

long ctrials_disarm(void) {
    atomic_store(&armed, CTRIALS_NO_FAULT);
    return atomic_load(&failures);
}

long ctrials_calls(void) { return atomic_load(&calls); }

int ctrials_fails(enum ctrials_fault fault) {
    if (atomic_load_explicit(&armed, memory_order_relaxed) != (int)fault) return 0;
    long call = atomic_fetch_add(&calls, 1) + 1;
    long nth = atomic_load(&due);
    if (call != nth && !(call > nth && atomic_load(&stays))) return 0;
    atomic_fetch_add(&failures, 1);
    return 1;
}

long long ctrials_sqlite_memory(void) { return sqlite3_memory_used(); }
