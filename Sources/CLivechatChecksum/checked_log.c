#include "CLivechatChecksum.h"
#include "layer.h"

#include <string.h>

// https://sqlite.org/fileformat2.html#walformat and https://sqlite.org/walformat.html section 2.1
enum { log_header = 32, frame_header = 24, stored_sums = 8 };

static uint32_t big_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

/// The number of the committed frame that a page is read from; 0 where the bytes are no page, or nobody has said yet that
/// it is committed: until then its checksum need not be right.
static sqlite3_int64 committed_frame(const struct checked_log *log, int count, sqlite3_int64 offset) {
    const volatile unsigned *index = log->database->index;
    if (!index || count < 512 || count & (count - 1)) return 0;
    sqlite3_int64 place = offset - log_header - frame_header;
    if (place < 0 || place % (count + frame_header) != 0) return 0;
    sqlite3_int64 number = place / (count + frame_header) + 1;
    return number <= __atomic_load_n(index + 4, __ATOMIC_ACQUIRE) ? number : 0;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    const struct checked_log *log = (const struct checked_log *)file;
    int code = livechat_layer_methods.xRead(file, bytes, count, offset);
    sqlite3_int64 number = code == SQLITE_OK ? committed_frame(log, count, offset) : 0;
    if (number == 0) return code;
    // Each goes on from the one before it, the first from that of the log itself; they end the headers.
    sqlite3_int64 start = offset - frame_header;
    sqlite3_int64 before = number == 1 ? log_header : start - count;
    unsigned char earlier[stored_sums];
    unsigned char header[frame_header];
    code = livechat_layer_methods.xRead(file, earlier, sizeof earlier, before - stored_sums);
    if (code == SQLITE_OK) code = livechat_layer_methods.xRead(file, header, sizeof header, start);
    if (code != SQLITE_OK) return code;
    int is_big_endian = ((const volatile unsigned char *)log->database->index)[13];
    uint32_t sums[2] = {big_endian(earlier), big_endian(earlier + 4)};
    livechat_checksum_add(header, 8, is_big_endian, sums);
    livechat_checksum_add(bytes, (size_t)count, is_big_endian, sums);
    const unsigned char *stored = header + frame_header - stored_sums;
    if (sums[0] != big_endian(stored) || sums[1] != big_endian(stored + 4)) return SQLITE_IOERR_DATA;
    int is_first_page = big_endian(header) == 1;
    return is_first_page && !livechat_checked_database_look(log->database, bytes) ? SQLITE_IOERR_DATA : SQLITE_OK;
}

sqlite3_io_methods livechat_checked_log_methods(void) {
    sqlite3_io_methods methods = livechat_layer_methods;
    methods.xRead = read_file;
    return methods;
}
