#include "faulty_vfs_parts.h"

#include <sys/types.h>

// SQLite's calls to the system can be replaced one by one; whether it asks for these with a place or without depends on
// how it was built.
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

static ssize_t pread_in_pieces(int file, void *bytes, size_t count, off_t offset) {
    if (count > 1 && ctrials_fails(CTRIALS_READ_IN_PIECES)) count = (count + 1) / 2;
    return real_pread(file, bytes, count, offset);
}

static ssize_t pwrite_in_pieces(int file, const void *bytes, size_t count, off_t offset) {
    if (count > 1 && ctrials_fails(CTRIALS_WRITE_IN_PIECES)) count = (count + 1) / 2;
    return real_pwrite(file, bytes, count, offset);
}

int ctrials_replace_system_calls(sqlite3_vfs *vfs) {
    static const char *const names[][2] = {{"pread64", "pwrite64"}, {"pread", "pwrite"}};
    for (int i = 0; i < 2; i++) {
        sqlite3_syscall_ptr read = vfs->xGetSystemCall(vfs, names[i][0]);
        sqlite3_syscall_ptr write = vfs->xGetSystemCall(vfs, names[i][1]);
        if (!read || !write) continue;
        real_pread = (ssize_t(*)(int, void *, size_t, off_t))read;
        real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))write;
        vfs->xSetSystemCall(vfs, names[i][0], (sqlite3_syscall_ptr)pread_in_pieces);
        vfs->xSetSystemCall(vfs, names[i][1], (sqlite3_syscall_ptr)pwrite_in_pieces);
        return SQLITE_OK;
    }
    return SQLITE_NOTFOUND;
}
