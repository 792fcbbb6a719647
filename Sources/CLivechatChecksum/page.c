#include "page.h"

#include "CLivechatChecksum.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the words of a page are little-endian");

/// Words that a processor adds up side by side.
enum { lanes = 8 };
typedef uint32_t words __attribute__((vector_size(lanes * sizeof(uint32_t))));

/// Adds the blocks of a page up in lanes, each by itself like a checksum of the log.
///
/// Returns how many bytes that were.
static size_t add_lanes(const unsigned char *page, size_t count, uint32_t sums[2][lanes]) {
    words first = {0}, second = {0}, block[2];
    size_t place = 0;
    for (; place + sizeof block <= count; place += sizeof block) {
        memcpy(block, page + place, sizeof block);
        first += block[0] + second;
        second += block[1] + first;
    }
    memcpy(sums[0], &first, sizeof first);
    memcpy(sums[1], &second, sizeof second);
    return place;
}

/// The number of the page is in it, so that a page which lies in another's place is not taken for that. What a lane comes to is
/// added as a pair: one that has changed changes the sum.
static void checksum(const unsigned char *page, int count, sqlite3_int64 offset, unsigned char sum[8]) {
    uint32_t number = (uint32_t)(offset / count) + 1;
    uint32_t sums[2] = {number, ~number};
    uint32_t of_lanes[2][lanes];
    size_t end = (size_t)count - livechat_checksum_bytes;
    size_t added = add_lanes(page, end, of_lanes);
    for (int lane = 0; lane < lanes; lane++) {
        sums[0] += of_lanes[0][lane] + sums[1];
        sums[1] += of_lanes[1][lane] + sums[0];
    }
    livechat_checksum_add(page + added, end - added, 0, sums);
    for (int i = 0; i < 8; i++) sum[i] = (unsigned char)(sums[i / 4] >> (i % 4 * 8));
}

int livechat_page_is(int count, sqlite3_int64 offset) {
    return count >= 512 && (count & (count - 1)) == 0 && offset % count == 0;
}

void livechat_page_sum(unsigned char *page, int count, sqlite3_int64 offset) {
    checksum(page, count, offset, page + count - livechat_checksum_bytes);
}

int livechat_page_holds(const unsigned char *page, int count, sqlite3_int64 offset) {
    unsigned char sum[8];
    checksum(page, count, offset, sum);
    if (memcmp(sum, page + count - livechat_checksum_bytes, sizeof sum) == 0) return 1;
    // What is no database at all is for SQLite to say.
    if (offset == 0 && memcmp(page, "SQLite format 3", 16) != 0) return 1;
    // A page that has never been written, or lies behind the end: SQLite takes no row and no reference from it, since what
    // has them begins with a kind that is not zero.
    return page[0] == 0 && memcmp(page, page + 1, (size_t)count - 1) == 0;
}
