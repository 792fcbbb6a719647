#include "page.h"

#include "CLivechatChecksum.h"

#include <string.h>

/// The number of the page is in it, so that a page which lies in another's place is not taken for that.
static void checksum(const unsigned char *page, int count, sqlite3_int64 offset, unsigned char sum[8]) {
    uint32_t number = (uint32_t)(offset / count) + 1;
    uint32_t sums[2] = {number, ~number};
    livechat_checksum_add(page, (size_t)count - livechat_checksum_bytes, 0, sums);
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
