#include "cut_files.h"
#include "index.h"
#include "layer.h"

#include <string.h>

int livechat_shared_file_join(struct checked_database *database, const struct checked_database *others) {
    for (; others; others = others->next) {
        int is_same = others->device == database->device && others->number == database->number;
        if (!is_same || !others->shared) continue;
        database->shared = others->shared;
        database->shared->users++;
        return SQLITE_OK;
    }
    struct shared_file *shared = sqlite3_malloc(sizeof *shared);
    if (!shared) return SQLITE_NOMEM;
    memset(shared, 0, sizeof *shared);
    shared->mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST);
    if (!shared->mutex) {
        sqlite3_free(shared);
        return SQLITE_NOMEM;
    }
    shared->users = 1;
    database->shared = shared;
    return SQLITE_OK;
}

void livechat_shared_file_leave(struct checked_database *database) {
    struct shared_file *shared = database->shared;
    database->shared = 0;
    if (!shared || --shared->users > 0) return;
    livechat_cut_files_forget_all(&shared->lost[lost_files]);
    livechat_cut_files_forget_all(&shared->lost[lost_index]);
    livechat_frames_free(&shared->frames);
    sqlite3_mutex_free(shared->mutex);
    sqlite3_free(shared);
}

void livechat_shared_file_mapped(struct checked_database *database, const void *start) {
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    if (!database->has_index) shared->indexes++;
    database->has_index = 1;
    // Connections share the parts.
    if (!livechat_cut_files_remembers(start, &shared->lost[lost_index])) {
        livechat_cut_files_remember(start, index_part, &shared->lost[lost_index], 0);
    }
    sqlite3_mutex_leave(shared->mutex);
}

void livechat_shared_file_unmapped(struct checked_database *database) {
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    // SQLite gives the memory back when the last of them no longer needs it.
    if (database->has_index && --shared->indexes == 0) {
        livechat_cut_files_forget_all(&shared->lost[lost_index]);
    }
    database->has_index = 0;
    sqlite3_mutex_leave(shared->mutex);
}

int livechat_shared_file_sync(sqlite3_file *file, int flags, struct syncs *syncs, int (*write_again)(sqlite3_file *)) {
    int failed = __atomic_load_n(&syncs->failed, __ATOMIC_ACQUIRE);
    if (failed != __atomic_load_n(&syncs->mended, __ATOMIC_ACQUIRE)) {
        int code = write_again(file);
        if (code != SQLITE_OK) return code;
    }
    int code = livechat_layer_methods.xSync(file, flags);
    if (code == SQLITE_OK) {
        __atomic_store_n(&syncs->mended, failed, __ATOMIC_RELEASE);
    } else {
        __atomic_add_fetch(&syncs->failed, 1, __ATOMIC_ACQ_REL);
    }
    return code;
}
