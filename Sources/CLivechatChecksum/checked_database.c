#include "CLivechatChecksum.h"
#include "layer.h"
#include "page.h"

#include <string.h>

static int close_file(sqlite3_file *file) {
    struct checked_database *database = (struct checked_database *)file;
    int code = livechat_layer_methods.xClose(file);
    livechat_checked_database_closed(database);
    sqlite3_free(database->seen);
    sqlite3_free(database->page);
    return code;
}

int livechat_checked_database_look(struct checked_database *database, const unsigned char *page) {
    // https://sqlite.org/fileformat2.html#the_database_header
    enum { reserved = 20 };
    if (memcmp(page, "SQLite format 3", 16) != 0) return 1;
    database->has_no_room = page[reserved] != livechat_checksum_bytes;
    return !database->has_no_room;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    int code = livechat_layer_methods.xRead(file, bytes, count, offset);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    struct checked_database *database = (struct checked_database *)file;
    int has_room = offset > 0 || count < 100 || livechat_checked_database_look(database, bytes);
    if (!database->is_checked || !livechat_page_is(count, offset)) return code;
    if (!has_room) return SQLITE_IOERR_DATA;
    // What a file that ends too soon lacks has been read as zeros.
    return livechat_page_holds(bytes, count, offset) ? code : SQLITE_IOERR_DATA;
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct checked_database *database = (struct checked_database *)file;
    if (!livechat_page_is(count, offset)) return livechat_layer_methods.xWrite(file, bytes, count, offset);
    if (offset == 0) livechat_checked_database_look(database, bytes);
    if (database->has_no_room) return livechat_layer_methods.xWrite(file, bytes, count, offset);
    if (database->page_bytes < count) {
        unsigned char *page = sqlite3_realloc(database->page, count);
        if (!page) return SQLITE_IOERR_NOMEM;
        database->page = page;
        database->page_bytes = count;
    }
    memcpy(database->page, bytes, (size_t)count);
    livechat_page_sum(database->page, count, offset);
    return livechat_layer_methods.xWrite(file, database->page, count, offset);
}

static int has_seen(const struct checked_database *database, sqlite3_int64 number) {
    return number / 8 < database->seen_bytes && database->seen[number / 8] >> number % 8 & 1;
}

static void remember(struct checked_database *database, sqlite3_int64 number) {
    if (number / 8 >= database->seen_bytes) {
        sqlite3_int64 wanted = 2 * (number / 8) + 64;
        unsigned char *seen = sqlite3_realloc64(database->seen, (sqlite3_uint64)wanted);
        // Without memory it is looked at again the next time.
        if (!seen) return;
        memset(seen + database->seen_bytes, 0, (size_t)(wanted - database->seen_bytes));
        database->seen = seen;
        database->seen_bytes = wanted;
    }
    database->seen[number / 8] |= (unsigned char)(1 << number % 8);
}

static int fetch_page(sqlite3_file *file, sqlite3_int64 offset, int count, void **page) {
    struct checked_database *database = (struct checked_database *)file;
    int code = livechat_layer_methods.xFetch(file, offset, count, page);
    if (code != SQLITE_OK || !*page || !database->is_checked || !livechat_page_is(count, offset)) return code;
    sqlite3_int64 number = offset / count;
    if (has_seen(database, number)) return SQLITE_OK;
    int has_room = offset > 0 || livechat_checked_database_look(database, *page);
    if (has_room && livechat_page_holds(*page, count, offset)) {
        remember(database, number);
        return SQLITE_OK;
    }
    livechat_layer_methods.xUnfetch(file, offset, *page);
    *page = 0;
    return SQLITE_IOERR_DATA;
}

/// Without a page all of the mapping is given back, as SQLite does when somebody has committed: what is mapped next is
/// looked at anew.
static int unfetch_page(sqlite3_file *file, sqlite3_int64 offset, void *page) {
    struct checked_database *database = (struct checked_database *)file;
    if (!page && database->seen) memset(database->seen, 0, (size_t)database->seen_bytes);
    return livechat_layer_methods.xUnfetch(file, offset, page);
}

static int map_shared(sqlite3_file *file, int region, int size, int extends, void volatile **mapped) {
    int code = livechat_layer_methods.xShmMap(file, region, size, extends, mapped);
    int is_mapped = code == SQLITE_OK || code == SQLITE_READONLY;
    struct checked_database *database = (struct checked_database *)file;
    if (region == 0 && is_mapped && *mapped && !database->index) livechat_checked_database_mapped(database);
    if (region == 0) database->index = is_mapped ? *mapped : 0;
    return code;
}

static int unmap_shared(sqlite3_file *file, int deletes) {
    ((struct checked_database *)file)->index = 0;
    return livechat_layer_methods.xShmUnmap(file, deletes);
}

sqlite3_io_methods livechat_checked_database_methods(void) {
    sqlite3_io_methods methods = livechat_layer_methods;
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xFetch = fetch_page;
    methods.xUnfetch = unfetch_page;
    methods.xShmMap = map_shared;
    methods.xShmUnmap = unmap_shared;
    return methods;
}
