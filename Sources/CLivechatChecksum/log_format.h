#ifndef CLIVECHATCHECKSUM_LOG_FORMAT_H
#define CLIVECHATCHECKSUM_LOG_FORMAT_H

#include <stdint.h>

// https://sqlite.org/fileformat2.html#walformat
enum { log_header = 32, frame_header = 24 };

static inline uint32_t big_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

/// Where a frame begins; the first has the number 1.
static inline int64_t frame_place(uint32_t number, uint32_t page_bytes) {
    return log_header + (int64_t)(number - 1) * (page_bytes + frame_header);
}

#endif
