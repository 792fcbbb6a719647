#include "faulty_vfs_parts.h"

#include <string.h>

static sqlite3_vfs *real_vfs;

/// An open file; the real one stands behind it in the same piece of memory.
struct faulty_file {
    sqlite3_file file;
    const char *name;
    /// Whether its next sync has the folder synced too, as SQLite does with a log or a journal that it has made.
    int syncs_folder;
    /// Of how many failed syncs its user knows: the system tells everybody who has the file open, once.
    int failed_syncs;
};

static sqlite3_file *real_file(sqlite3_file *file) { return (sqlite3_file *)((struct faulty_file *)file + 1); }
static const char *name_of(sqlite3_file *file) { return ((struct faulty_file *)file)->name; }

static int close_file(sqlite3_file *file) {
    sqlite3_file *real = real_file(file);
    return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    if (ctrials_fails(CTRIALS_READ)) return SQLITE_IOERR_READ;
    sqlite3_file *real = real_file(file);
    return real->pMethods->xRead(real, bytes, count, offset);
}

static int write_part(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    sqlite3_file *real = real_file(file);
    ctrials_disk_write(name_of(file), bytes, count, offset);
    return real->pMethods->xWrite(real, bytes, count, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    if (ctrials_fails(CTRIALS_WRITE)) return SQLITE_IOERR_WRITE;
    if (ctrials_fails(CTRIALS_WRITE_HALF)) {
        write_part(file, bytes, count / 2, offset);
        return SQLITE_IOERR_WRITE;
    }
    if (ctrials_fails(CTRIALS_NO_SPACE)) {
        write_part(file, bytes, count / 2, offset);
        return SQLITE_FULL;
    }
    return write_part(file, bytes, count, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    if (ctrials_fails(CTRIALS_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
    sqlite3_file *real = real_file(file);
    ctrials_disk_resized(name_of(file), size);
    return real->pMethods->xTruncate(real, size);
}

static int sync_file(sqlite3_file *file, int flags) {
    (void)flags;
    struct faulty_file *faulty = (struct faulty_file *)file;
    int fails = ctrials_fails(CTRIALS_SYNC) || ctrials_fails(CTRIALS_NO_SPACE);
    if (fails) ctrials_disk_sync_failed(faulty->name);
    int failed_syncs = ctrials_disk_failed_syncs(faulty->name);
    if (fails || failed_syncs != faulty->failed_syncs) {
        faulty->failed_syncs = failed_syncs;
        return SQLITE_IOERR_FSYNC;
    }
    ctrials_disk_synced(faulty->name);
    if (faulty->syncs_folder) ctrials_disk_folder_synced();
    faulty->syncs_folder = 0;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    if (ctrials_fails(CTRIALS_SIZE)) return SQLITE_IOERR_FSTAT;
    sqlite3_file *real = real_file(file);
    return real->pMethods->xFileSize(real, size);
}

static int lock_file(sqlite3_file *file, int level) {
    if (ctrials_fails(CTRIALS_LOCK)) return SQLITE_IOERR_LOCK;
    sqlite3_file *real = real_file(file);
    return real->pMethods->xLock(real, level);
}

static int unlock_file(sqlite3_file *file, int level) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xUnlock(real, level);
}

static int check_reserved_lock(sqlite3_file *file, int *is_reserved) {
    if (ctrials_fails(CTRIALS_LOCK)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
    sqlite3_file *real = real_file(file);
    return real->pMethods->xCheckReservedLock(real, is_reserved);
}

/// A file that is to be mapped is first made as long as it will be, which is a change of its length like any other.
static int control_file(sqlite3_file *file, int operation, void *argument) {
    sqlite3_file *real = real_file(file);
    if (operation != SQLITE_FCNTL_SIZE_HINT) return real->pMethods->xFileControl(real, operation, argument);
    if (ctrials_fails(CTRIALS_NO_SPACE)) return SQLITE_IOERR_TRUNCATE;
    sqlite3_int64 before = 0;
    sqlite3_int64 after = 0;
    real->pMethods->xFileSize(real, &before);
    int code = real->pMethods->xFileControl(real, operation, argument);
    real->pMethods->xFileSize(real, &after);
    if (after != before) ctrials_disk_resized(name_of(file), after);
    return code;
}

static int sector_size(sqlite3_file *file) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xSectorSize(real);
}

static int characteristics(sqlite3_file *file) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xDeviceCharacteristics(real);
}

static int map_shared(sqlite3_file *file, int region, int size, int extends, void volatile **mapped) {
    if (ctrials_fails(CTRIALS_SHARED_MAP)) return SQLITE_IOERR_SHMMAP;
    if (extends && ctrials_fails(CTRIALS_NO_SPACE)) return SQLITE_IOERR_SHMSIZE;
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmMap(real, region, size, extends, mapped);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags) {
    if (flags & SQLITE_SHM_LOCK && ctrials_fails(CTRIALS_SHARED_LOCK)) return SQLITE_IOERR_SHMLOCK;
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void shared_barrier(sqlite3_file *file) {
    sqlite3_file *real = real_file(file);
    real->pMethods->xShmBarrier(real);
}

static int unmap_shared(sqlite3_file *file, int deletes) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmUnmap(real, deletes);
}

static int fetch_page(sqlite3_file *file, sqlite3_int64 offset, int count, void **page) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xFetch(real, offset, count, page);
}

static int unfetch_page(sqlite3_file *file, sqlite3_int64 offset, void *page) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xUnfetch(real, offset, page);
}

static const sqlite3_io_methods methods = {
    3,           close_file,   read_file,           write_file,   truncate_file, sync_file,
    file_size,   lock_file,    unlock_file,         check_reserved_lock,         control_file,
    sector_size, characteristics, map_shared,       lock_shared,  shared_barrier, unmap_shared,
    fetch_page,  unfetch_page,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened) {
    (void)vfs;
    file->pMethods = 0;
    if (ctrials_fails(CTRIALS_OPEN)) return SQLITE_CANTOPEN;
    int exists = 1;
    if (name && flags & SQLITE_OPEN_CREATE) real_vfs->xAccess(real_vfs, name, SQLITE_ACCESS_EXISTS, &exists);
    if (!exists && ctrials_fails(CTRIALS_NO_SPACE)) return SQLITE_CANTOPEN;
    sqlite3_file *real = real_file(file);
    memset(real, 0, (size_t)real_vfs->szOsFile);
    struct faulty_file *faulty = (struct faulty_file *)file;
    faulty->name = name;
    faulty->failed_syncs = ctrials_disk_failed_syncs(name);
    faulty->syncs_folder = flags & SQLITE_OPEN_CREATE && flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL);
    int code = real_vfs->xOpen(real_vfs, name, real, flags, opened);
    if (real->pMethods) file->pMethods = &methods;
    if (code == SQLITE_OK) ctrials_disk_opened(name);
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int syncs_folder) {
    (void)vfs;
    if (ctrials_fails(CTRIALS_DELETE)) return SQLITE_IOERR_DELETE;
    ctrials_disk_deleted(name);
    if (syncs_folder) ctrials_disk_folder_synced();
    return real_vfs->xDelete(real_vfs, name, 0);
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    if (ctrials_fails(CTRIALS_ACCESS)) return SQLITE_IOERR_ACCESS;
    return real_vfs->xAccess(real_vfs, name, flags, result);
}

static int full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    (void)vfs;
    return real_vfs->xFullPathname(real_vfs, name, count, path);
}

int ctrials_install_faulty_vfs(void) {
    static sqlite3_vfs faulty;
    int code = sqlite3_initialize();
    if (code != SQLITE_OK) return code;
    real_vfs = sqlite3_vfs_find("unix");
    if (!real_vfs) return SQLITE_NOTFOUND;
    code = ctrials_replace_system_calls(real_vfs);
    if (code != SQLITE_OK) return code;
    faulty = *real_vfs;
    faulty.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    faulty.zName = "faulty";
    faulty.pNext = 0;
    faulty.xOpen = open_file;
    faulty.xDelete = delete_file;
    faulty.xAccess = access_file;
    faulty.xFullPathname = full_path;
    return sqlite3_vfs_register(&faulty, 1);
}
