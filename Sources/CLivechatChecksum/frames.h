#ifndef CLIVECHATCHECKSUM_FRAMES_H
#define CLIVECHATCHECKSUM_FRAMES_H

#include <stdint.h>

struct checked_database;

/// What a frame of the log holds.
struct frame {
    uint32_t page;
    /// The frame before it that holds the same page; 0 when there is none.
    uint32_t earlier;
    /// The checksum that its page has in the database; 0 as long as nobody has asked for it.
    uint64_t sum;
};

/// The committed frames of the log, as the log itself has them: what its index, which is memory that processes share and most
/// of which has no checksum, is compared with.
struct frames {
    /// The log's, drawn anew whenever it is begun anew.
    uint64_t salts;
    /// The first frame has the number 1.
    struct frame *frame;
    uint32_t count;
    uint32_t capacity;
    /// The newest frame of each page, found by hashing the page's number; there are twice as many places as `capacity`.
    uint32_t *newest;
    /// How many frames have been seen to be in the database.
    uint32_t written_back;
    /// How many pages the database had after the newest commit, and the fewest after any that made it smaller.
    uint32_t pages;
    uint32_t pages_kept;
};

/// A page that was read from the log, where SQLite has found its newest state: is it that? For what a snapshot reads.
///
/// - number: The frame that was read.
/// - page: The page that the frame itself says it holds.
int livechat_frames_check_log(struct checked_database *database, uint32_t number, uint32_t page);

/// A page that was read from the database, because SQLite has found none in the log that is newer: is it as the log has it?
///
/// - sum: The last bytes of the page.
int livechat_frames_check_database(struct checked_database *database, uint32_t page, const unsigned char sum[8]);

/// Whether the frames that are said to be in the database are there: SQLite takes them from there from then on, and begins
/// the log anew, or removes it.
///
/// Returns SQLITE_IOERR_DATA when they are not.
int livechat_frames_check_written_back(struct checked_database *database);

/// Whether the log has at least the frames that have been seen in it: as long as it is not begun anew, none goes away.
int livechat_frames_check_committed(struct checked_database *database);

/// Writes to the database once more what is said to be in it.
int livechat_frames_write_back_again(struct checked_database *database);

void livechat_frames_free(struct frames *frames);

#endif
