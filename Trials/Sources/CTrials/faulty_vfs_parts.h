#ifndef CTRIALS_FAULTY_VFS_PARTS_H
#define CTRIALS_FAULTY_VFS_PARTS_H

#include "CTrials.h"

#include <sqlite3.h>

/// Whether this call is to fail; counts it if it is of the kind that is armed.
int ctrials_fails(enum ctrials_fault fault);

/// Puts calls to the system that do half of what they were asked for in place of SQLite's. Returns 0 or SQLite's error.
int ctrials_replace_system_calls(sqlite3_vfs *vfs);

// What a disk receives whose machine can lose its power; `name` is the file's path.
/// A file that was not there before is new, even if not SQLite has made it.
void ctrials_disk_opened(const char *name);
void ctrials_disk_write(const char *name, const void *bytes, int count, sqlite3_int64 offset);
void ctrials_disk_resized(const char *name, sqlite3_int64 size);
void ctrials_disk_synced(const char *name);
void ctrials_disk_sync_failed(const char *name);
int ctrials_disk_failed_syncs(const char *name);
void ctrials_disk_deleted(const char *name);
void ctrials_disk_folder_synced(void);

#endif
