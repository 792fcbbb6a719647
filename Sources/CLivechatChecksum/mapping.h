#ifndef CLIVECHATCHECKSUM_MAPPING_H
#define CLIVECHATCHECKSUM_MAPPING_H

#include <sqlite3.h>

struct checked_database;

/// Where a connection has its database in memory, from the file's beginning on.
struct mapping {
    /// How much of the file may be mapped.
    sqlite3_int64 limit;
    /// NULL when there is none.
    const char *start;
    sqlite3_int64 bytes;
    /// Up to where the file has it.
    sqlite3_int64 end;
    /// What it cannot be longer than.
    sqlite3_int64 most;
    /// What stands for it among those whose cuts are survived; 0 when it has no place there.
    int place;
    /// How many of its pages SQLite has: it stays where it is as long.
    int pages;
    /// Whether it is SQLite's own.
    int is_borrowed;
    /// Whether the system has refused one; it is not asked again before the limit is another.
    int is_refused;
};

/// Has all mapping be done here: SQLite may be built to map by itself.
void livechat_mapping_open(struct checked_database *database);

/// A page of the mapping, which is made when it is first asked for; NULL where the page is to be read.
void *livechat_mapping_page(struct checked_database *database, int count, sqlite3_int64 offset);

/// Takes a page back.
void livechat_mapping_take_back(struct checked_database *database);

/// Copies from the mapping.
///
/// Returns whether all of it is there.
int livechat_mapping_copy(const struct checked_database *database, void *bytes, int count, sqlite3_int64 offset);

/// Whether the mapping is nearly what a new one would be. The system shows in it what the file has at any time, also where it was
/// made shorter and longer again; what the file has got since is read as what lies behind a mapping always is. One that has no
/// place among those whose cuts are survived is made anew, which asks for a place again.
int livechat_mapping_is_right(struct checked_database *database);

/// Gives the mapping back, unless pages of it are in use.
void livechat_mapping_give_back(struct checked_database *database);

/// Gives the mapping back for good.
void livechat_mapping_close(struct checked_database *database);

/// The file ends there now.
void livechat_mapping_cut(struct checked_database *database, sqlite3_int64 size);

/// Sets how much may be mapped and tells how much it was, as `SQLITE_FCNTL_MMAP_SIZE` has it: a negative number only asks.
///
/// Returns whether that is another limit.
int livechat_mapping_limit(struct checked_database *database, sqlite3_int64 *bytes);

#endif
