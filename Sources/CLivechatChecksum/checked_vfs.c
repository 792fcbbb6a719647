#define _GNU_SOURCE
#include "CLivechatChecksum.h"
#include "index.h"
#include "layer.h"

#include <sqlite3.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static sqlite3_vfs *real_vfs;

static sqlite3_io_methods database_methods;
static sqlite3_io_methods log_methods;

static sqlite3_mutex *mutex(void) { return sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1); }

/// The databases that this process has open, under the mutex.
static struct checked_database *open_databases;

int livechat_checked_database_close(struct checked_database *database) {
    sqlite3_mutex_enter(mutex());
    // Its number can be another file's from then on.
    int code = livechat_layer_methods.xClose(&database->layer.file);
    struct checked_database **place = &open_databases;
    while (*place && *place != database) place = &(*place)->next;
    if (*place) *place = database->next;
    livechat_shared_file_leave(database);
    sqlite3_mutex_leave(mutex());
    return code;
}

void livechat_checked_database_mapped(struct checked_database *database) {
    char *name = sqlite3_mprintf("%s-shm", database->name);
    struct stat status;
    if (name && stat(name, &status) == 0) {
        sqlite3_mutex_enter(mutex());
        database->index_device = status.st_dev;
        database->index_number = status.st_ino;
        sqlite3_mutex_leave(mutex());
    }
    sqlite3_free(name);
}

int livechat_checked_database_unmap(struct checked_database *database, int deletes) {
    sqlite3_mutex_enter(mutex());
    int code = livechat_layer_methods.xShmUnmap(&database->layer.file, deletes);
    database->index_device = 0;
    database->index_number = 0;
    sqlite3_mutex_leave(mutex());
    return code;
}

/// Opens SQLite's own file in the memory behind a layer.
static int open_real(struct layer *layer, size_t size, const char *name, int flags, int *opened) {
    memset(layer, 0, size + (size_t)real_vfs->szOsFile);
    layer->real = (sqlite3_file *)((char *)layer + size);
    int code = real_vfs->xOpen(real_vfs, name, layer->real, flags, opened);
    int is_usable = code == SQLITE_OK && layer->real->pMethods->iVersion >= livechat_layer_methods.iVersion;
    if (is_usable || !layer->real->pMethods) return code;
    layer->real->pMethods->xClose(layer->real);
    return code == SQLITE_OK ? SQLITE_CANTOPEN : code;
}

static int open_database(struct checked_database *database, int is_checked, const char *name, int flags, int *opened) {
    // From before it is open on nobody may close a descriptor of it.
    sqlite3_mutex_enter(mutex());
    int code = open_real(&database->layer, sizeof *database, name, flags, opened);
    struct stat status;
    int is_open = code == SQLITE_OK;
    if (is_open && stat(name, &status) != 0) code = SQLITE_CANTOPEN;
    if (code == SQLITE_OK) {
        database->name = name;
        database->device = status.st_dev;
        database->number = status.st_ino;
        database->is_checked = is_checked;
        if (is_checked) livechat_mapping_open(database);
        if (is_checked) code = livechat_shared_file_join(database, open_databases);
    }
    if (is_open && code != SQLITE_OK) database->layer.real->pMethods->xClose(database->layer.real);
    if (code == SQLITE_OK) {
        database->next = open_databases;
        open_databases = database;
        database->layer.file.pMethods = &database_methods;
    }
    sqlite3_mutex_leave(mutex());
    return code;
}

static int open_log(struct checked_log *log, const char *name, int flags, int *opened) {
    int code = open_real(&log->layer, sizeof *log, name, flags, opened);
    if (code != SQLITE_OK) return code;
    // SQLite opens a log for a database that this file system has opened.
    log->database = (struct checked_database *)sqlite3_database_file_object(name);
    log->database->log = log;
    log->layer.file.pMethods = &log_methods;
    return SQLITE_OK;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened) {
    int is_checked = vfs->pAppData == 0;
    if (flags & SQLITE_OPEN_MAIN_DB) {
        return open_database((struct checked_database *)file, is_checked, name, flags, opened);
    }
    if (flags & SQLITE_OPEN_WAL && is_checked) return open_log((struct checked_log *)file, name, flags, opened);
    return real_vfs->xOpen(real_vfs, name, file, flags, opened);
}

/// Whether a file is the log of a database that is lost: it holds what has been committed.
static int is_log_of_lost(const char *name) {
    int is = 0;
    sqlite3_mutex_enter(mutex());
    for (struct checked_database *database = open_databases; database && !is; database = database->next) {
        size_t length = strlen(database->name);
        is = strncmp(name, database->name, length) == 0 && strcmp(name + length, "-wal") == 0 && livechat_is_lost(database);
    }
    sqlite3_mutex_leave(mutex());
    return is;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int syncs_folder) {
    (void)vfs;
    if (is_log_of_lost(name)) return SQLITE_IOERR_DELETE;
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
    database_methods = livechat_checked_database_methods();
    log_methods = livechat_checked_log_methods();
    const char *const names[] = {"livechat-checked", "livechat-written"};
    for (int i = 0; i < 2; i++) {
        vfs[i] = *real_vfs;
        vfs[i].szOsFile = (int)sizeof(struct checked_database) + real_vfs->szOsFile;
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

/// The database of a connection; NULL when it is not one of ours.
static struct checked_database *database_of(sqlite3 *connection) {
    sqlite3_file *file = 0;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file) return 0;
    if (!file->pMethods || file->pMethods->xRead != database_methods.xRead) return 0;
    return (struct checked_database *)file;
}

const int *livechat_checksum_losses(sqlite3 *connection) {
    const struct checked_database *database = database_of(connection);
    return database && database->shared ? database->shared->lost : 0;
}

int livechat_checksum_need_write_lock(sqlite3 *connection) {
    struct checked_database *database = database_of(connection);
    if (database) database->needs_write_lock = 1;
    return database != 0;
}

int livechat_checksum_sync(sqlite3 *connection) {
    struct checked_database *database = database_of(connection);
    if (!database || !database->shared) return SQLITE_MISUSE;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    sqlite3_file *file = (sqlite3_file *)database;
    int code = livechat_layer_methods.xShmLock(file, index_checkpoint_lock, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE);
    // Whoever has the lock is at a checkpoint. Who writes back the rest of the log, this one or a later one, syncs then.
    if (code != SQLITE_OK) return code == SQLITE_BUSY ? SQLITE_OK : code;
    code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    // Once more at once, which writes again what it is for: a process that opens the file after this error is not told of it,
    // and would let the log begin anew.
    if (code != SQLITE_OK) code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    livechat_layer_methods.xShmLock(file, index_checkpoint_lock, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
    return code;
}

/// Whether this process has a file open, be it a database or the index of one; under the mutex.
static int is_open(const struct stat *status) {
    for (struct checked_database *database = open_databases; database; database = database->next) {
        if (database->device == status->st_dev && database->number == status->st_ino) return 1;
        if (database->index_device == status->st_dev && database->index_number == status->st_ino) return 1;
    }
    return 0;
}

/// Whether a file has been written since the machine was started.
static int is_of_this_start(int file) {
#ifdef CLOCK_BOOTTIME
    const clockid_t since_start = CLOCK_BOOTTIME;
#else
    const clockid_t since_start = CLOCK_MONOTONIC;
#endif
    struct stat status;
    struct timespec now, up;
    if (fstat(file, &status) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0) return 0;
    return clock_gettime(since_start, &up) == 0 && status.st_mtime > now.tv_sec - up.tv_sec;
}

int livechat_checksum_read_index(const char *path, uint8_t index[136]) {
    if (sqlite3_initialize() != SQLITE_OK) return 0;
    char *name = sqlite3_mprintf("%s-shm", path);
    if (!name) return 0;
    int result = 0;
    struct stat status;
    sqlite3_mutex_enter(mutex());
    if (stat(path, &status) == 0 && is_open(&status)) result = -1;
    if (stat(name, &status) == 0 && is_open(&status)) result = -1;
    int file = result == 0 ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        result = is_of_this_start(file) && pread(file, index, 136, 0) == 136;
        close(file);
    }
    sqlite3_mutex_leave(mutex());
    sqlite3_free(name);
    return result;
}
