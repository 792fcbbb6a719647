#ifndef CLIVECHATCHECKSUM_LOG_FORMAT_H
#define CLIVECHATCHECKSUM_LOG_FORMAT_H

#include "CLivechatChecksum.h"

#include <stdint.h>

// https://sqlite.org/fileformat2.html#walformat
enum { log_header = 32, frame_header = 24 };

static inline uint32_t big_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

static inline void put_big_endian(uint32_t word, unsigned char *bytes) {
    for (int i = 0; i < 4; i++) bytes[i] = (unsigned char)(word >> (24 - 8 * i));
}

/// Whether a frame has the checksum that is stored in it.
///
/// - earlier: That of the frame before it, or of the log's header, from which it goes on.
/// - header: The first eight bytes of the frame.
static inline int log_sum_holds(const unsigned char earlier[8], const unsigned char header[8], const unsigned char *page,
                                uint32_t page_bytes, int is_big_endian, const unsigned char stored[8]) {
    uint32_t sums[2] = {big_endian(earlier), big_endian(earlier + 4)};
    livechat_checksum_add(header, 8, is_big_endian, sums);
    livechat_checksum_add(page, page_bytes, is_big_endian, sums);
    return sums[0] == big_endian(stored) && sums[1] == big_endian(stored + 4);
}

/// Where a frame begins; the first has the number 1.
static inline int64_t frame_place(uint32_t number, uint32_t page_bytes) {
    return log_header + (int64_t)(number - 1) * (page_bytes + frame_header);
}

#endif
