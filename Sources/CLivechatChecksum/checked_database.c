#define _GNU_SOURCE
#include "CLivechatChecksum.h"
#include "index.h"
#include "layer.h"
#include "page.h"

#include <string.h>
#include <time.h>

static int close_file(sqlite3_file *file) {
    struct checked_database *database = (struct checked_database *)file;
    livechat_mapping_close(database);
    int code = livechat_checked_database_close(database);
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

/// Whether a page is as it was written, and nothing in the log is newer.
static int check_page(struct checked_database *database, const unsigned char *page, int count, sqlite3_int64 offset) {
    if (!livechat_page_holds(page, count, offset)) return SQLITE_IOERR_DATA;
    uint32_t number = (uint32_t)(offset / count) + 1;
    return livechat_frames_check_database(database, number, page + count - livechat_checksum_bytes);
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    struct checked_database *database = (struct checked_database *)file;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    int is_copied = livechat_mapping_copy(database, bytes, count, offset);
    int code = is_copied ? SQLITE_OK : livechat_layer_methods.xRead(file, bytes, count, offset);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    int has_room = offset > 0 || count < 100 || livechat_checked_database_look(database, bytes);
    if (!database->is_checked || !livechat_page_is(count, offset)) return code;
    if (!has_room) return SQLITE_IOERR_DATA;
    // What a file that ends too soon lacks has been read as zeros.
    int checked = check_page(database, bytes, count, offset);
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    return checked == SQLITE_OK ? code : checked;
}

unsigned char *livechat_checked_database_page(struct checked_database *database, int count) {
    if (database->page_bytes < count) {
        unsigned char *page = sqlite3_realloc(database->page, count);
        if (!page) return 0;
        database->page = page;
        database->page_bytes = count;
    }
    return database->page;
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct checked_database *database = (struct checked_database *)file;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    if (!livechat_page_is(count, offset)) return livechat_layer_methods.xWrite(file, bytes, count, offset);
    if (offset == 0) livechat_checked_database_look(database, bytes);
    if (database->has_no_room) return livechat_layer_methods.xWrite(file, bytes, count, offset);
    unsigned char *page = livechat_checked_database_page(database, count);
    if (!page) return SQLITE_IOERR_NOMEM;
    memcpy(page, bytes, (size_t)count);
    livechat_page_sum(page, count, offset);
    return livechat_layer_methods.xWrite(file, page, count, offset);
}

/// What has been looked at is looked at again after so many milliseconds, in case somebody else changes the file.
enum { longest_seen = 1000 };

static int64_t milliseconds(void) {
#ifdef CLOCK_MONOTONIC_COARSE
    const clockid_t clock = CLOCK_MONOTONIC_COARSE;
#else
    const clockid_t clock = CLOCK_MONOTONIC;
#endif
    struct timespec now;
    return clock_gettime(clock, &now) == 0 ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 : INT64_MAX;
}

static void forget_seen(struct checked_database *database) {
    if (database->seen) memset(database->seen, 0, (size_t)database->seen_bytes);
}

static void forget_old(struct checked_database *database) {
    int64_t now = milliseconds();
    if (now - database->seen_since < longest_seen) return;
    forget_seen(database);
    database->seen_since = now;
}

static void forget_page(struct checked_database *database, uint32_t page) {
    sqlite3_int64 number = (sqlite3_int64)page - 1;
    if (number / 8 < database->seen_bytes) database->seen[number / 8] &= (unsigned char)~(1 << number % 8);
}

/// What has been looked at stays so in a later snapshot of the same log, but for the pages of which the log has got a newer
/// state since: that is what the database has of them once it has been written back.
static void forget_newer(struct checked_database *database) {
    uint32_t frames = database->snapshot.frames;
    // Of frames that are not known to be committed nothing is learned.
    struct index_header header;
    int is_settled = index_read_header(database->index, &header) && header.committed == frames &&
                     header.salts == database->snapshot.salts;
    int is_same_log = database->seen_frames <= frames && database->seen_salts == database->snapshot.salts;
    int is_known = is_settled && is_same_log &&
                   (database->seen_frames == frames ||
                    livechat_frames_each_newer(database, database->seen_frames, forget_page));
    if (!is_known) forget_seen(database);
    // After frames that cannot be read, all are forgotten the next time too.
    database->seen_frames = is_known || (is_settled && !is_same_log) ? frames : UINT32_MAX;
    database->seen_salts = database->snapshot.salts;
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

/// Asks for the whole of a leaf at once. A search goes from one place of it to another that lies anywhere, and would wait for the
/// memory each time. What stands nearer to the root is asked for so often that the processor has it.
static void prefetch_leaf(const unsigned char *page, int count) {
    // https://sqlite.org/fileformat2.html#b_tree_pages: the first byte of a leaf of an index, and of a table.
    enum { index_leaf = 10, table_leaf = 13, cache_line = 64 };
    if (*page != index_leaf && *page != table_leaf) return;
    for (int offset = cache_line; offset < count; offset += cache_line) __builtin_prefetch(page + offset);
}

static int fetch_page(sqlite3_file *file, sqlite3_int64 offset, int count, void **page) {
    struct checked_database *database = (struct checked_database *)file;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    if (!database->is_checked) return livechat_layer_methods.xFetch(file, offset, count, page);
    *page = livechat_page_is(count, offset) ? livechat_mapping_page(database, count, offset) : 0;
    if (!*page) return SQLITE_OK;
    sqlite3_int64 number = offset / count;
    if (has_seen(database, number)) {
        prefetch_leaf(*page, count);
        return SQLITE_OK;
    }
    int has_room = offset > 0 || livechat_checked_database_look(database, *page);
    int code = has_room ? check_page(database, *page, count, offset) : SQLITE_IOERR_DATA;
    // Where the file was cut there are zeros now, which are a page that nobody has written.
    if (livechat_is_lost(database)) code = SQLITE_IOERR_DATA;
    if (code == SQLITE_OK) {
        remember(database, number);
        return SQLITE_OK;
    }
    livechat_mapping_take_back(database);
    *page = 0;
    return code;
}

/// Without a page SQLite gives all of the mapping back whenever somebody has committed, in case the file has been made shorter
/// and longer again since. A mapping that is still right is kept: every page of a new one would have to be faulted in.
static int unfetch_page(sqlite3_file *file, sqlite3_int64 offset, void *page) {
    struct checked_database *database = (struct checked_database *)file;
    if (!database->is_checked) return livechat_layer_methods.xUnfetch(file, offset, page);
    if (page) {
        livechat_mapping_take_back(database);
        return SQLITE_OK;
    }
    // Which pages a commit concerns the log says.
    if (!database->index) forget_seen(database);
    if (!database->index || !livechat_mapping_is_right(database)) livechat_mapping_give_back(database);
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    livechat_mapping_cut((struct checked_database *)file, size);
    return livechat_layer_methods.xTruncate(file, size);
}

static int map_shared(sqlite3_file *file, int region, int size, int extends, void volatile **mapped) {
    int code = livechat_layer_methods.xShmMap(file, region, size, extends, mapped);
    int is_mapped = code == SQLITE_OK || code == SQLITE_READONLY;
    struct checked_database *database = (struct checked_database *)file;
    if (region == 0 && is_mapped && *mapped && !database->index) livechat_checked_database_mapped(database);
    if (region == 0) database->index = is_mapped ? *mapped : 0;
    if (is_mapped && *mapped && database->shared) livechat_shared_file_mapped(database, (const void *)*mapped);
    return code;
}

/// After a checkpoint.
///
/// - is_last: Whether the log goes next.
static void check_checkpoint(struct checked_database *database, int is_last) {
    if (!database->shared) return;
    int code = livechat_frames_check_written_back(database);
    if (code != SQLITE_IOERR_DATA && (code == SQLITE_OK || !is_last)) return;
    __atomic_store_n(&database->shared->lost[lost_files], 1, __ATOMIC_RELEASE);
}

static int unmap_shared(sqlite3_file *file, int deletes) {
    struct checked_database *database = (struct checked_database *)file;
    // The last connection that closes has written the log back, without these locks, and removes it next.
    if (deletes) check_checkpoint(database, 1);
    database->index = 0;
    database->snapshot.frames = 0;
    if (database->shared) livechat_shared_file_unmapped(database);
    return livechat_checked_database_unmap(database, deletes);
}

/// What the index says while its read lock is held is the connection's snapshot: SQLite compares it with what it has read
/// before, and begins once more when it is not the same.
static int begin_snapshot(struct checked_database *database, int lock) {
    forget_old(database);
    database->snapshot.frames = index_committed(database->index);
    database->snapshot.salts = index_salts(database->index);
    database->snapshot.page_bytes = index_page_bytes(database->index);
    // The first of the read locks is for whoever needs nothing of the log.
    database->snapshot.is_of_database = lock == index_read_lock;
    forget_newer(database);
    int code = livechat_frames_check_committed(database);
    if (code != SQLITE_OK || !database->snapshot.is_of_database) return code;
    return livechat_frames_check_written_back(database);
}

static int lock_shared(sqlite3_file *file, int lock, int count, int flags) {
    struct checked_database *database = (struct checked_database *)file;
    int is_read = lock >= index_read_lock && flags & SQLITE_SHM_SHARED;
    int is_checkpoint = lock == index_checkpoint_lock && count == 1;
    if (!database->shared || !database->index || (!is_read && !is_checkpoint)) {
        if (flags & SQLITE_SHM_LOCK && livechat_is_lost(database)) return SQLITE_IOERR_DATA;
        int code = livechat_layer_methods.xShmLock(file, lock, count, flags);
        // Told that it is busy, SQLite would carry a checkpoint on without the lock.
        int is_needed = database->needs_write_lock && lock == index_write_lock;
        return code == SQLITE_BUSY && is_needed ? SQLITE_IOERR_BLOCKED : code;
    }
    if (flags & SQLITE_SHM_UNLOCK) {
        if (is_read) database->snapshot.frames = 0;
        // As long as nobody else can make one.
        if (is_checkpoint) check_checkpoint(database, 0);
        return livechat_layer_methods.xShmLock(file, lock, count, flags);
    }
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    int code = livechat_layer_methods.xShmLock(file, lock, count, flags);
    if (code != SQLITE_OK || !is_read) return code;
    code = begin_snapshot(database, lock);
    if (code == SQLITE_OK) return SQLITE_OK;
    database->snapshot.frames = 0;
    livechat_layer_methods.xShmLock(file, lock, count, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
    return code;
}

/// What was written back before, as far as it has not been synced since, is in the log still.
static int write_again(sqlite3_file *file) {
    return livechat_frames_write_back_again((struct checked_database *)file);
}

static int sync_file(sqlite3_file *file, int flags) {
    struct checked_database *database = (struct checked_database *)file;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    if (!database->shared) return livechat_layer_methods.xSync(file, flags);
    return livechat_shared_file_sync(file, flags, &database->shared->database_syncs, write_again);
}

static int control_file(sqlite3_file *file, int operation, void *argument) {
    struct checked_database *database = (struct checked_database *)file;
    // A hint about the size would move a mapping of SQLite's own without a word.
    if (operation == SQLITE_FCNTL_SIZE_HINT && database->is_checked) return SQLITE_OK;
    if (operation == SQLITE_FCNTL_MMAP_SIZE && database->is_checked) {
        if (livechat_mapping_limit(database, argument)) forget_seen(database);
        return SQLITE_OK;
    }
    return livechat_layer_methods.xFileControl(file, operation, argument);
}

sqlite3_io_methods livechat_checked_database_methods(void) {
    sqlite3_io_methods methods = livechat_layer_methods;
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xFetch = fetch_page;
    methods.xUnfetch = unfetch_page;
    methods.xShmMap = map_shared;
    methods.xShmUnmap = unmap_shared;
    methods.xSync = sync_file;
    methods.xFileControl = control_file;
    methods.xShmLock = lock_shared;
    return methods;
}
