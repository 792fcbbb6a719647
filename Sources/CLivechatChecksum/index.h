#ifndef CLIVECHATCHECKSUM_INDEX_H
#define CLIVECHATCHECKSUM_INDEX_H

#include <stdint.h>
#include <string.h>

// The WAL-index, memory that connections of all processes share (https://sqlite.org/walformat.html section 2).

/// The slots of its locks.
enum { index_write_lock = 0, index_checkpoint_lock = 1, index_read_lock = 3 };

/// What SQLite maps of it at a time, in bytes; how many frames have their entry, a word that says which page they hold, in the
/// first part, after how many words, and how many have it in each part after that.
enum { index_part = 32768, index_first_entry = 34, index_frames_first = 4062, index_frames = 4096 };

static inline uint32_t index_word(const volatile unsigned *index, int number) {
    return __atomic_load_n(index + number, __ATOMIC_ACQUIRE);
}

/// How many frames of the log are committed.
static inline uint32_t index_committed(const volatile unsigned *index) { return index_word(index, 4); }

/// How many pages the database has.
static inline uint32_t index_pages(const volatile unsigned *index) { return index_word(index, 5); }

/// The salts of the log, in the order of the log's bytes.
static inline uint64_t index_salts(const volatile unsigned *index) {
    uint32_t words[2] = {index_word(index, 8), index_word(index, 9)};
    uint64_t salts;
    memcpy(&salts, words, sizeof salts);
    return salts;
}

/// How many frames are in the database.
static inline uint32_t index_written_back(const volatile unsigned *index) { return index_word(index, 24); }

/// What the header says of one moment.
struct index_header {
    uint32_t committed;
    uint64_t salts;
};

/// Reads the header. Returns 0 when its two copies are not the same: whoever commits, or begins the log anew, is writing
/// one after the other.
static inline int index_read_header(const volatile unsigned *index, struct index_header *header) {
    uint32_t words[12];
    for (int word = 0; word < 12; word++) words[word] = index_word(index, word);
    for (int word = 0; word < 12; word++) {
        if (index_word(index, word + 12) != words[word]) return 0;
    }
    header->committed = words[4];
    memcpy(&header->salts, words + 8, sizeof header->salts);
    return 1;
}

static inline int index_sums_are_big_endian(const volatile unsigned *index) {
    return ((const volatile unsigned char *)index)[13];
}

/// How large a page is, in bytes.
static inline uint32_t index_page_bytes(const volatile unsigned *index) {
    uint32_t half = ((const volatile uint16_t *)index)[7];
    return (half & 0xfe00) + ((half & 1) << 16);
}

#endif
