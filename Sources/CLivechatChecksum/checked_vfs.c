#include "CLivechatChecksum.h"
#include "page.h"

#include <sqlite3.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static sqlite3_vfs *real_vfs;

/// An open database; SQLite's own file stands behind it in the same piece of memory.
struct checked_file {
    sqlite3_file file;
    struct checked_file *next;
    dev_t device;
    ino_t number;
    int is_checked;
    /// The pages of the mapping that hold, a bit each: a page is looked at when it is first needed.
    unsigned char *seen;
    sqlite3_int64 seen_bytes;
    /// A page as it is written, with its checksum.
    unsigned char *page;
    int page_bytes;
};

static sqlite3_mutex *mutex(void) { return sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1); }

/// The databases that this process has open, under the mutex.
static struct checked_file *open_files;

static sqlite3_file *real_file(sqlite3_file *file) { return (sqlite3_file *)((struct checked_file *)file + 1); }

static int close_file(sqlite3_file *file) {
    struct checked_file *checked = (struct checked_file *)file;
    sqlite3_file *real = real_file(file);
    int code = real->pMethods->xClose(real);
    sqlite3_mutex_enter(mutex());
    struct checked_file **place = &open_files;
    while (*place && *place != checked) place = &(*place)->next;
    if (*place) *place = checked->next;
    sqlite3_mutex_leave(mutex());
    sqlite3_free(checked->seen);
    sqlite3_free(checked->page);
    return code;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    sqlite3_file *real = real_file(file);
    int code = real->pMethods->xRead(real, bytes, count, offset);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    if (!((struct checked_file *)file)->is_checked || !livechat_page_is(count, offset)) return code;
    // What a file that ends too soon lacks has been read as zeros.
    return livechat_page_holds(bytes, count, offset) ? code : SQLITE_IOERR_DATA;
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct checked_file *checked = (struct checked_file *)file;
    sqlite3_file *real = real_file(file);
    if (!livechat_page_is(count, offset)) return real->pMethods->xWrite(real, bytes, count, offset);
    if (checked->page_bytes < count) {
        unsigned char *page = sqlite3_realloc(checked->page, count);
        if (!page) return SQLITE_IOERR_NOMEM;
        checked->page = page;
        checked->page_bytes = count;
    }
    memcpy(checked->page, bytes, (size_t)count);
    livechat_page_sum(checked->page, count, offset);
    return real->pMethods->xWrite(real, checked->page, count, offset);
}

static int has_seen(const struct checked_file *checked, sqlite3_int64 number) {
    return number / 8 < checked->seen_bytes && checked->seen[number / 8] >> number % 8 & 1;
}

static void remember(struct checked_file *checked, sqlite3_int64 number) {
    if (number / 8 >= checked->seen_bytes) {
        sqlite3_int64 wanted = 2 * (number / 8) + 64;
        unsigned char *seen = sqlite3_realloc64(checked->seen, (sqlite3_uint64)wanted);
        // Without memory it is looked at again the next time.
        if (!seen) return;
        memset(seen + checked->seen_bytes, 0, (size_t)(wanted - checked->seen_bytes));
        checked->seen = seen;
        checked->seen_bytes = wanted;
    }
    checked->seen[number / 8] |= (unsigned char)(1 << number % 8);
}

static int fetch_page(sqlite3_file *file, sqlite3_int64 offset, int count, void **page) {
    struct checked_file *checked = (struct checked_file *)file;
    sqlite3_file *real = real_file(file);
    int code = real->pMethods->xFetch(real, offset, count, page);
    if (code != SQLITE_OK || !*page || !checked->is_checked || !livechat_page_is(count, offset)) return code;
    sqlite3_int64 number = offset / count;
    if (has_seen(checked, number)) return SQLITE_OK;
    if (livechat_page_holds(*page, count, offset)) {
        remember(checked, number);
        return SQLITE_OK;
    }
    real->pMethods->xUnfetch(real, offset, *page);
    *page = 0;
    return SQLITE_IOERR_DATA;
}

// What is SQLite's own.

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xTruncate(real, size);
}

static int sync_file(sqlite3_file *file, int flags) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xSync(real, flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xFileSize(real, size);
}

static int lock_file(sqlite3_file *file, int level) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xLock(real, level);
}

static int unlock_file(sqlite3_file *file, int level) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xUnlock(real, level);
}

static int check_reserved_lock(sqlite3_file *file, int *is_reserved) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xCheckReservedLock(real, is_reserved);
}

static int control_file(sqlite3_file *file, int operation, void *argument) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xFileControl(real, operation, argument);
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
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmMap(real, region, size, extends, mapped);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags) {
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

static int unfetch_page(sqlite3_file *file, sqlite3_int64 offset, void *page) {
    sqlite3_file *real = real_file(file);
    return real->pMethods->xUnfetch(real, offset, page);
}

static const sqlite3_io_methods methods = {
    3,           close_file,      read_file,           write_file,  truncate_file,  sync_file,
    file_size,   lock_file,       unlock_file,         check_reserved_lock,         control_file,
    sector_size, characteristics, map_shared,          lock_shared, shared_barrier, unmap_shared,
    fetch_page,  unfetch_page,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened) {
    // Logs and journals have checksums of SQLite's, and there is room for the file itself.
    if (!(flags & SQLITE_OPEN_MAIN_DB)) return real_vfs->xOpen(real_vfs, name, file, flags, opened);
    struct checked_file *checked = (struct checked_file *)file;
    sqlite3_file *real = real_file(file);
    memset(checked, 0, sizeof *checked);
    memset(real, 0, (size_t)real_vfs->szOsFile);
    checked->is_checked = vfs->pAppData == 0;
    // Before anything is opened: from now on nobody may close a descriptor of it.
    sqlite3_mutex_enter(mutex());
    int code = real_vfs->xOpen(real_vfs, name, real, flags, opened);
    struct stat status;
    if (code == SQLITE_OK && real->pMethods->iVersion >= 3 && stat(name, &status) == 0) {
        checked->device = status.st_dev;
        checked->number = status.st_ino;
        checked->next = open_files;
        open_files = checked;
        file->pMethods = &methods;
    } else if (real->pMethods) {
        real->pMethods->xClose(real);
        if (code == SQLITE_OK) code = SQLITE_CANTOPEN;
    }
    sqlite3_mutex_leave(mutex());
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int syncs_folder) {
    (void)vfs;
    return real_vfs->xDelete(real_vfs, name, syncs_folder);
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    return real_vfs->xAccess(real_vfs, name, flags, result);
}

static int full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    (void)vfs;
    return real_vfs->xFullPathname(real_vfs, name, count, path);
}

static int make_known(void) {
    static sqlite3_vfs vfs[2];
    static int is_written = 1;
    real_vfs = sqlite3_vfs_find(0);
    if (!real_vfs) return SQLITE_ERROR;
    const char *const names[] = {"livechat-checked", "livechat-written"};
    for (int i = 0; i < 2; i++) {
        vfs[i] = *real_vfs;
        vfs[i].szOsFile = (int)sizeof(struct checked_file) + real_vfs->szOsFile;
        vfs[i].pNext = 0;
        vfs[i].zName = names[i];
        vfs[i].pAppData = i == LIVECHAT_CHECKSUM_WRITTEN ? &is_written : 0;
        vfs[i].xOpen = open_file;
        vfs[i].xDelete = delete_file;
        vfs[i].xAccess = access_file;
        vfs[i].xFullPathname = full_path;
        int code = sqlite3_vfs_register(&vfs[i], 0);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

const char *livechat_checksum_vfs(enum livechat_checksum_pages pages) {
    static int is_known = 0;
    if (sqlite3_initialize() != SQLITE_OK) return 0;
    sqlite3_mutex_enter(mutex());
    if (!is_known) is_known = make_known() == SQLITE_OK;
    int known = is_known;
    sqlite3_mutex_leave(mutex());
    if (!known) return 0;
    return pages == LIVECHAT_CHECKSUM_WRITTEN ? "livechat-written" : "livechat-checked";
}

static int is_open(const struct stat *status) {
    for (struct checked_file *file = open_files; file; file = file->next) {
        if (file->device == status->st_dev && file->number == status->st_ino) return 1;
    }
    return 0;
}

int livechat_checksum_read_index(const char *path, uint8_t index[136]) {
    struct stat status;
    if (sqlite3_initialize() != SQLITE_OK || stat(path, &status) != 0) return 0;
    char *name = sqlite3_mprintf("%s-shm", path);
    if (!name) return 0;
    int was_read = 0;
    sqlite3_mutex_enter(mutex());
    int file = is_open(&status) ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        was_read = pread(file, index, 136, 0) == 136;
        close(file);
    }
    sqlite3_mutex_leave(mutex());
    sqlite3_free(name);
    return was_read;
}
