#include "faulty_vfs_parts.h"

static sqlite3_mem_methods real;

static void *allocate(int count) { return ctrials_fails(CTRIALS_MEMORY) ? 0 : real.xMalloc(count); }

static void *reallocate(void *memory, int count) {
    return ctrials_fails(CTRIALS_MEMORY) ? 0 : real.xRealloc(memory, count);
}

int ctrials_install_faulty_memory(void) {
    int code = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
    if (code != SQLITE_OK) return code;
    sqlite3_mem_methods faulty = real;
    faulty.xMalloc = allocate;
    faulty.xRealloc = reallocate;
    code = sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty);
    if (code != SQLITE_OK) return code;
    return sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}
