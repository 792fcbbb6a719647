#ifndef CLIVECHATCHECKSUM_LAYER_H
#define CLIVECHATCHECKSUM_LAYER_H

#include <sqlite3.h>
#include <sys/types.h>

/// An open file on top of SQLite's own; what it does not do itself, that one does.
struct layer {
    sqlite3_file file;
    sqlite3_file *real;
};

/// The methods of a layer that does nothing itself.
extern const sqlite3_io_methods livechat_layer_methods;

/// An open database.
struct checked_database {
    struct layer layer;
    struct checked_database *next;
    const char *name;
    dev_t device;
    ino_t number;
    dev_t index_device;
    ino_t index_number;
    int is_checked;
    /// Whether it is known to keep no room for checksums at the end of its pages: they are somebody's data then.
    int has_no_room;
    /// The pages of the mapping that hold, a bit each: a page is looked at when it is first needed.
    unsigned char *seen;
    sqlite3_int64 seen_bytes;
    /// A page as it is written, with its checksum.
    unsigned char *page;
    int page_bytes;
    /// The beginning of the WAL-index, where SQLite has mapped it.
    const volatile unsigned *index;
};

sqlite3_io_methods livechat_checked_database_methods(void);

/// Looks at page 1, or its beginning, wherever it comes by: it says whether there is room for checksums.
///
/// Returns whether there is, or it is not the beginning of a database.
int livechat_checked_database_look(struct checked_database *database, const unsigned char *page);

/// Takes a database from the open ones.
void livechat_checked_database_closed(struct checked_database *database);

/// Remembers which file is the index of an open database.
void livechat_checked_database_mapped(struct checked_database *database);

/// An open write-ahead log: a page that is read from it has to have the checksum that SQLite has given it there, which SQLite
/// itself asks for only when it reads the whole log.
struct checked_log {
    struct layer layer;
    struct checked_database *database;
};

sqlite3_io_methods livechat_checked_log_methods(void);

#endif
