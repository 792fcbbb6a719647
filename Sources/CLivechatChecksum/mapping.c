#define _GNU_SOURCE
#include "cut_files.h"
#include "layer.h"

#include <string.h>
#include <sys/mman.h>

enum {
    smallest_page = 512,
    largest_page = 65536,
    /// SQLite reads so much behind a page that is damaged at the most, and newer ones take none from a mapping that ends before that
    /// (https://sqlite.org/src/file/src/os_unix.c, `unixFetch`).
    bytes_behind = 256,
};

static void limit_real(struct checked_database *database, sqlite3_int64 limit) {
    livechat_layer_methods.xFileControl(&database->layer.file, SQLITE_FCNTL_MMAP_SIZE, &limit);
}

static void *fetch_real(struct checked_database *database, sqlite3_int64 offset) {
    void *bytes = 0;
    int code = livechat_layer_methods.xFetch(&database->layer.file, offset, smallest_page, &bytes);
    return code == SQLITE_OK ? bytes : 0;
}

static void unfetch_real(struct checked_database *database, sqlite3_int64 offset, const void *bytes) {
    if (bytes) livechat_layer_methods.xUnfetch(&database->layer.file, offset, (void *)(uintptr_t)bytes);
}

/// SQLite maps less than 2 GiB (`SQLITE_MAX_MMAP_SIZE`), and to map a file takes a descriptor: one of ours would drop SQLite's
/// locks when it is closed. But `mremap` of no bytes of a mapping that is shared maps the same file once more, as much of it as
/// is asked for, so SQLite maps its beginning for a moment.
///
/// Returns NULL where that is not possible.
static const char *map(struct checked_database *database, sqlite3_int64 bytes) {
#ifdef MREMAP_MAYMOVE
    void *mapped = MAP_FAILED;
    limit_real(database, largest_page);
    void *beginning = fetch_real(database, 0);
    if (beginning) mapped = mremap(beginning, 0, (size_t)bytes, MREMAP_MAYMOVE);
    unfetch_real(database, 0, beginning);
    limit_real(database, 0);
    return mapped == MAP_FAILED ? 0 : mapped;
#else
    (void)database;
    (void)bytes;
    return 0;
#endif
}

/// Keeps a part of SQLite's own mapping, so that it stays where it is. A file system that gives parts which do not lie one behind
/// the other has none.
///
/// Returns NULL where that is not possible, or how long it is.
static const char *borrow(struct checked_database *database, sqlite3_int64 *bytes) {
    sqlite3_int64 limit = -1;
    limit_real(database, database->mapping.limit);
    livechat_layer_methods.xFileControl(&database->layer.file, SQLITE_FCNTL_MMAP_SIZE, &limit);
    database->mapping.most = limit;
    if (*bytes > limit) *bytes = limit;
    sqlite3_int64 last = *bytes - bytes_behind - smallest_page;
    const char *beginning = last < 0 ? 0 : fetch_real(database, 0);
    const char *end = beginning ? fetch_real(database, last) : 0;
    unfetch_real(database, last, end);
    if (end && end - beginning == last) {
        *bytes = last + smallest_page;
        return beginning;
    }
    unfetch_real(database, 0, beginning);
    limit_real(database, 0);
    return 0;
}

static sqlite3_int64 file_bytes(struct checked_database *database) {
    sqlite3_int64 size = 0;
    return livechat_layer_methods.xFileSize(&database->layer.file, &size) == SQLITE_OK ? size : 0;
}

static void make(struct checked_database *database) {
    struct mapping *mapping = &database->mapping;
    sqlite3_int64 bytes = file_bytes(database);
    if (bytes > mapping->limit) bytes = mapping->limit;
    if (bytes < smallest_page) return;
    mapping->most = mapping->limit;
    mapping->start = map(database, bytes);
    mapping->is_borrowed = !mapping->start;
    if (!mapping->start) mapping->start = borrow(database, &bytes);
    mapping->is_refused = !mapping->start;
    if (mapping->is_refused) return;
    mapping->bytes = mapping->end = bytes;
    mapping->place =
        livechat_cut_files_remember(mapping->start, (size_t)bytes, &database->shared->lost[lost_files], 0);
}

void livechat_mapping_open(struct checked_database *database) { limit_real(database, 0); }

void *livechat_mapping_page(struct checked_database *database, int count, sqlite3_int64 offset) {
    struct mapping *mapping = &database->mapping;
    if (!mapping->start && !mapping->is_refused) make(database);
    if (offset + count + bytes_behind > mapping->end) return 0;
    mapping->pages++;
    return (void *)(uintptr_t)(mapping->start + offset);
}

void livechat_mapping_take_back(struct checked_database *database) { database->mapping.pages--; }

int livechat_mapping_copy(const struct checked_database *database, void *bytes, int count, sqlite3_int64 offset) {
    if (offset + count > database->mapping.end) return 0;
    memcpy(bytes, database->mapping.start + offset, (size_t)count);
    return 1;
}

int livechat_mapping_is_right(struct checked_database *database) {
    enum { most_behind = 16 };
    const struct mapping *mapping = &database->mapping;
    if (!mapping->place) return 0;
    sqlite3_int64 bytes = file_bytes(database);
    if (bytes > mapping->most) bytes = mapping->most;
    if (bytes > mapping->limit) bytes = mapping->limit;
    sqlite3_int64 behind = bytes - mapping->end;
    return behind >= 0 && behind <= mapping->end / most_behind;
}

void livechat_mapping_give_back(struct checked_database *database) {
    struct mapping *mapping = &database->mapping;
    if (!mapping->start || mapping->pages > 0) return;
    livechat_cut_files_forget(mapping->place);
    if (mapping->is_borrowed) {
        unfetch_real(database, 0, mapping->start);
        limit_real(database, 0);
    } else {
        munmap((void *)(uintptr_t)mapping->start, (size_t)mapping->bytes);
    }
    mapping->start = 0;
    mapping->bytes = mapping->end = 0;
    mapping->place = 0;
}

void livechat_mapping_close(struct checked_database *database) {
    database->mapping.pages = 0;
    livechat_mapping_give_back(database);
}

void livechat_mapping_cut(struct checked_database *database, sqlite3_int64 size) {
    if (size < database->mapping.end) database->mapping.end = size;
}

int livechat_mapping_limit(struct checked_database *database, sqlite3_int64 *bytes) {
    sqlite3_int64 before = database->mapping.limit;
    int is_other = *bytes >= 0 && *bytes != before;
    if (is_other) {
        database->mapping.limit = *bytes;
        database->mapping.is_refused = 0;
        livechat_mapping_give_back(database);
        // What is in use still is no longer handed out.
        livechat_mapping_cut(database, *bytes);
    }
    *bytes = before;
    return is_other;
}
