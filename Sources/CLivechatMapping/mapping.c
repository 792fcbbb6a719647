// SQLite unmaps a database whenever another connection has committed, and maps it again at the next read: beside joins
// that costs more than the mapping gains. This keeps the mapping for as long as it is the one that SQLite would make.
#include "CLivechatMapping.h"

#if defined(__linux__)
#include <pthread.h>
#include <sqlite3.h>

static sqlite3_vfs *inner;   // the default VFS
static sqlite3_vfs mapping;  // a copy of it, but for `xOpen` and the room behind each file

/// Stands behind each database file.
struct state {
    const sqlite3_io_methods *inner;
    sqlite3_io_methods methods;  // a copy of the inner ones, but for the three below
    /// Whether the WAL-index is mapped. If so the file is in WAL mode, and is cut only where no reader needs it.
    int has_index;
};

static int inner_bytes(void) { return (inner->szOsFile + 15) & ~15; }

static struct state *state_of(sqlite3_file *file) { return (struct state *)((char *)file + inner_bytes()); }

static int shm_map(sqlite3_file *file, int region, int bytes, int extend, void volatile **memory) {
    int code = state_of(file)->inner->xShmMap(file, region, bytes, extend, memory);
    // SQLITE_READONLY is an index whose locks this process cannot take.
    if (region == 0) state_of(file)->has_index = code == SQLITE_OK && *memory;
    return code;
}

static int shm_unmap(sqlite3_file *file, int delete) {
    state_of(file)->has_index = 0;
    return state_of(file)->inner->xShmUnmap(file, delete);
}

/// Whether the byte before `end` is mapped; newer versions of SQLite want 256 bytes more behind it.
static int is_mapped(sqlite3_file *file, sqlite3_int64 end) {
    void *page = 0;
    if (state_of(file)->inner->xFetch(file, end - 1, 1, &page) != SQLITE_OK || !page) return 0;
    state_of(file)->inner->xUnfetch(file, end - 1, page);
    return 1;
}

/// Whether the mapping ends where a new one would, to within 256 bytes; a file is a multiple of 512 long.
static int is_current(sqlite3_file *file) {
    sqlite3_int64 size = 0, limit = -1;
    if (state_of(file)->inner->xFileSize(file, &size) != SQLITE_OK) return 0;
    if (state_of(file)->inner->xFileControl(file, SQLITE_FCNTL_MMAP_SIZE, &limit) != SQLITE_OK) return 0;
    sqlite3_int64 end = size < limit ? size : limit;
    return end >= 512 && is_mapped(file, end - 256) && !is_mapped(file, end + 1);
}

static int unfetch(sqlite3_file *file, sqlite3_int64 offset, void *page) {
    // Without a page this asks to unmap.
    if (!page && state_of(file)->has_index && is_current(file)) return SQLITE_OK;
    return state_of(file)->inner->xUnfetch(file, offset, page);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened) {
    (void)vfs;
    int code = inner->xOpen(inner, name, file, flags, opened);
    if (code != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB)) return code;
    if (file->pMethods->iVersion < 3 || !file->pMethods->xShmMap) return code;
    struct state *state = state_of(file);
    *state = (struct state){.inner = file->pMethods, .methods = *file->pMethods};
    state->methods.xShmMap = shm_map;
    state->methods.xShmUnmap = shm_unmap;
    state->methods.xUnfetch = unfetch;
    file->pMethods = &state->methods;
    return code;
}

static void register_vfs(void) {
    if (!(inner = sqlite3_vfs_find(0))) return;
    mapping = *inner;
    mapping.zName = "livechat-mapping";
    mapping.szOsFile = inner_bytes() + (int)sizeof(struct state);
    mapping.xOpen = open_file;
    if (sqlite3_vfs_register(&mapping, 0) != SQLITE_OK) inner = 0;
}

const char *livechat_mapping_vfs(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_vfs);
    return inner ? mapping.zName : 0;
}
#else
const char *livechat_mapping_vfs(void) { return 0; }
#endif
