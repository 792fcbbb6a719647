#include "CLivechatChecksum.h"

static uint32_t word(const uint8_t *bytes, int is_big_endian) {
    uint32_t little = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return is_big_endian ? __builtin_bswap32(little) : little;
}

void livechat_checksum_add(const void *bytes, size_t count, int is_big_endian, uint32_t sums[2]) {
    const uint8_t *next = bytes;
    uint32_t first = sums[0];
    uint32_t second = sums[1];
    for (size_t left = count / 8; left > 0; left--, next += 8) {
        first += word(next, is_big_endian) + second;
        second += word(next + 4, is_big_endian) + first;
    }
    sums[0] = first;
    sums[1] = second;
}
