#ifndef CLIVECHATCHECKSUM_LAYER_H
#define CLIVECHATCHECKSUM_LAYER_H

#include "frames.h"
#include "mapping.h"

#include <sqlite3.h>
#include <stdint.h>
#include <sys/types.h>

/// An open file on top of SQLite's own; what it does not do itself, that one does.
struct layer {
    sqlite3_file file;
    sqlite3_file *real;
};

/// The methods of a layer that does nothing itself.
extern const sqlite3_io_methods livechat_layer_methods;

/// What tells that the files are lost.
enum { lost_files, lost_index };

/// How often a sync of a file has failed, and how many of these failures have been made good.
struct syncs {
    int failed;
    int mended;
};

/// What the connections of this process know of a database together.
struct shared_file {
    int users;
    /// Held while `frames` is used.
    sqlite3_mutex *mutex;
    struct frames frames;
    /// Set for good once the database or its index has been cut, or what was committed is not where it should be: nothing
    /// is read or written any more, and the log is not removed.
    int lost[2];
    /// How many connections have the index mapped.
    int indexes;
    struct syncs log_syncs;
    struct syncs database_syncs;
};

/// An open database.
struct checked_database {
    struct layer layer;
    struct checked_database *next;
    /// NULL when it is not checked.
    struct shared_file *shared;
    /// NULL when it has none open.
    struct checked_log *log;
    /// What the connection reads, as long as it holds a read lock: the log's first so many frames, none when it is 0.
    struct {
        uint64_t salts;
        uint32_t frames;
        uint32_t page_bytes;
        /// Whether it needs nothing of the log, which can begin anew meanwhile.
        int is_of_database;
    } snapshot;
    struct mapping mapping;
    int has_index;
    const char *name;
    dev_t device;
    ino_t number;
    dev_t index_device;
    ino_t index_number;
    int is_checked;
    /// Whether it is known to keep no room for checksums at the end of its pages: they are somebody's data then.
    int has_no_room;
    /// Whether a checkpoint fails where it cannot have the write lock.
    int needs_write_lock;
    /// The pages of the mapping that hold, a bit each: a page is looked at when it is first needed.
    unsigned char *seen;
    sqlite3_int64 seen_bytes;
    /// Since when, in milliseconds.
    int64_t seen_since;
    /// In which log, and after how many of its frames.
    uint64_t seen_salts;
    uint32_t seen_frames;
    /// A page as it is written, with its checksum.
    unsigned char *page;
    int page_bytes;
    /// The beginning of the WAL-index, where SQLite has mapped it.
    const volatile unsigned *index;
};

sqlite3_io_methods livechat_checked_database_methods(void);

/// A page's room, for as long as the connection does nothing else; NULL when there is no memory.
unsigned char *livechat_checked_database_page(struct checked_database *database, int count);

/// Whether nothing is to be read or written any more.
static inline int livechat_is_lost(const struct checked_database *database) {
    const struct shared_file *shared = database->shared;
    if (!shared) return 0;
    return __atomic_load_n(&shared->lost[lost_files], __ATOMIC_ACQUIRE) ||
           __atomic_load_n(&shared->lost[lost_index], __ATOMIC_ACQUIRE);
}

/// Gives a database what the process knows of its file; `others` are those that are open, none of which can close meanwhile.
int livechat_shared_file_join(struct checked_database *database, const struct checked_database *others);

void livechat_shared_file_leave(struct checked_database *database);

/// Syncs a file. After a sync that failed the system takes what it could not write for written, and the next sync would say
/// that it is on the disk: it is written again before that.
///
/// - write_again: Writes what the sync is for.
int livechat_shared_file_sync(sqlite3_file *file, int flags, struct syncs *syncs, int (*write_again)(sqlite3_file *));

/// Remembers where a part of the index lies.
void livechat_shared_file_mapped(struct checked_database *database, const void *start);

void livechat_shared_file_unmapped(struct checked_database *database);

/// Looks at page 1, or its beginning, wherever it comes by: it says whether there is room for checksums.
///
/// Returns whether there is, or it is not the beginning of a database.
int livechat_checked_database_look(struct checked_database *database, const unsigned char *page);

/// Closes the file of a database and takes it from the open ones.
int livechat_checked_database_close(struct checked_database *database);

/// Gives the index of a database back, which is another's concern from then on.
int livechat_checked_database_unmap(struct checked_database *database, int deletes);

/// Remembers which file is the index of an open database.
void livechat_checked_database_mapped(struct checked_database *database);

/// An open write-ahead log: a page that is read from it has to have the checksum that SQLite has given it there, which SQLite
/// itself asks for only when it reads the whole log.
struct checked_log {
    struct layer layer;
    struct checked_database *database;
    /// Up to where a write need not ask how long the file is, in bytes.
    sqlite3_int64 length;
};

sqlite3_io_methods livechat_checked_log_methods(void);

#endif
