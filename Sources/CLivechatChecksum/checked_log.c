#include "CLivechatChecksum.h"
#include "index.h"
#include "layer.h"
#include "log_format.h"

#include <string.h>

enum { stored_sums = 8 };

static int close_file(sqlite3_file *file) {
    struct checked_log *log = (struct checked_log *)file;
    log->database->log = 0;
    return livechat_layer_methods.xClose(file);
}

/// The number of the committed frame that a page is read from; 0 where the bytes are no page, or nobody has said yet that
/// it is committed: until then its checksum need not be right.
static uint32_t committed_frame(const struct checked_log *log, int count, sqlite3_int64 offset) {
    const volatile unsigned *index = log->database->index;
    if (!index || count < 512 || count & (count - 1)) return 0;
    sqlite3_int64 place = offset - log_header - frame_header;
    if (place < 0 || place % (count + frame_header) != 0) return 0;
    sqlite3_int64 number = place / (count + frame_header) + 1;
    // What a snapshot reads was committed when it was taken, whatever the index says now.
    return number <= index_committed(index) || number <= log->database->snapshot.frames ? (uint32_t)number : 0;
}

/// Whether the index says of a committed frame that it holds that page; SQLite has found the frame there.
static int check_entry(struct checked_database *database, uint32_t number, uint32_t page) {
    int part = number <= index_frames_first ? 0 : 1 + (int)((number - index_frames_first - 1) / index_frames);
    void volatile *start = 0;
    int code = livechat_layer_methods.xShmMap(&database->layer.file, part, index_part, 0, &start);
    if (code != SQLITE_OK && code != SQLITE_READONLY) return code;
    if (!start) return SQLITE_IOERR_DATA;
    uint32_t place = part == 0 ? index_first_entry + number - 1 : (number - index_frames_first - 1) % index_frames;
    return index_word(start, (int)place) == page ? SQLITE_OK : SQLITE_IOERR_DATA;
}

/// Looks at a page of a frame that is committed, but not part of a snapshot: a checkpoint's.
static int check_frame(const struct checked_log *log, const unsigned char *bytes, int count, sqlite3_int64 offset,
                       uint32_t *page) {
    // Each goes on from the one before it, the first from that of the log itself; they end the headers.
    sqlite3_int64 start = offset - frame_header;
    sqlite3_int64 before = start == log_header ? log_header : start - count;
    unsigned char earlier[stored_sums];
    unsigned char header[frame_header];
    sqlite3_file *file = (sqlite3_file *)&log->layer.file;
    int code = livechat_layer_methods.xRead(file, earlier, sizeof earlier, before - stored_sums);
    if (code == SQLITE_OK) code = livechat_layer_methods.xRead(file, header, sizeof header, start);
    if (code != SQLITE_OK) return code;
    *page = big_endian(header);
    const unsigned char *stored = header + frame_header - stored_sums;
    int is_big_endian = index_sums_are_big_endian(log->database->index);
    return log_sum_holds(earlier, header, bytes, (uint32_t)count, is_big_endian, stored) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    const struct checked_log *log = (const struct checked_log *)file;
    if (livechat_is_lost(log->database)) return SQLITE_IOERR_DATA;
    int code = livechat_layer_methods.xRead(file, bytes, count, offset);
    uint32_t number = code == SQLITE_OK ? committed_frame(log, count, offset) : 0;
    if (number == 0) return code;
    struct checked_database *database = log->database;
    int is_of_snapshot = number <= database->snapshot.frames && (uint32_t)count == database->snapshot.page_bytes;
    uint32_t page = 0;
    code = is_of_snapshot ? livechat_frames_check_log(database, number, bytes, &page)
                          : check_frame(log, bytes, count, offset, &page);
    if (code != SQLITE_OK || page == 0) return code;
    if (page == 1 && !livechat_checked_database_look(database, bytes)) return SQLITE_IOERR_DATA;
    return check_entry(database, number, page);
}

/// Lengthens the file, where a write makes it longer anyway, by a quarter more, with zeros. A sync is dearer for a file that
/// has become longer, so this way few of them are. Zeros are no frame: whoever reads the log stops there.
///
/// Only who has the write lock writes to the log, so nothing of anybody else's is beyond its end.
static void write_ahead(struct checked_log *log, sqlite3_int64 end) {
    enum { most = 2 << 20, part = 65536 };
    static const unsigned char zeros[part];
    sqlite3_file *file = (sqlite3_file *)&log->layer.file;
    sqlite3_int64 length = 0;
    // Where this fails, or there is no space for more, the write itself says what counts.
    if (livechat_layer_methods.xFileSize(file, &length) != SQLITE_OK) return;
    log->length = length;
    if (end <= length) return;
    log->length = end + (end / 4 < most ? end / 4 : most);
    for (sqlite3_int64 offset = length; offset < log->length; offset += part) {
        int count = log->length - offset < part ? (int)(log->length - offset) : part;
        if (livechat_layer_methods.xWrite(file, zeros, count, offset) == SQLITE_OK) continue;
        // The last space of a disk is not for zeros.
        livechat_layer_methods.xTruncate(file, length);
        return;
    }
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct checked_log *log = (struct checked_log *)file;
    const struct checked_database *database = log->database;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    // What is committed stays as it is until the log begins anew, when a snapshot has none of it.
    uint32_t committed = database->snapshot.frames;
    if (committed && offset < frame_place(committed + 1, database->snapshot.page_bytes)) return SQLITE_IOERR_DATA;
    // Where it begins, it may have been cut.
    if (offset == 0 || offset + count > log->length) write_ahead(log, offset + count);
    return livechat_layer_methods.xWrite(file, bytes, count, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    ((struct checked_log *)file)->length = 0;
    return livechat_layer_methods.xTruncate(file, size);
}

/// Writes what is committed once more. Nobody changes it as long as the log is not begun anew, and whoever syncs it keeps
/// others from that.
static int write_again(sqlite3_file *file) {
    const volatile unsigned *index = ((struct checked_log *)file)->database->index;
    uint32_t committed = index ? index_committed(index) : 0;
    if (committed == 0) return SQLITE_OK;
    sqlite3_int64 end = frame_place(committed + 1, index_page_bytes(index));
    enum { part = 65536 };
    unsigned char *bytes = sqlite3_malloc(part);
    int code = bytes ? SQLITE_OK : SQLITE_IOERR_NOMEM;
    for (sqlite3_int64 offset = 0; code == SQLITE_OK && offset < end; offset += part) {
        int count = end - offset < part ? (int)(end - offset) : part;
        code = livechat_layer_methods.xRead(file, bytes, count, offset);
        if (code == SQLITE_OK) code = livechat_layer_methods.xWrite(file, bytes, count, offset);
    }
    sqlite3_free(bytes);
    return code;
}

static int sync_file(sqlite3_file *file, int flags) {
    struct checked_database *database = ((struct checked_log *)file)->database;
    if (livechat_is_lost(database)) return SQLITE_IOERR_DATA;
    return livechat_shared_file_sync(file, flags, &database->shared->log_syncs, write_again);
}

sqlite3_io_methods livechat_checked_log_methods(void) {
    sqlite3_io_methods methods = livechat_layer_methods;
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    return methods;
}
