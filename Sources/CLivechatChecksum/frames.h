#ifndef CLIVECHATCHECKSUM_FRAMES_H
#define CLIVECHATCHECKSUM_FRAMES_H

#include <stdint.h>

struct checked_database;

/// What a frame of the log holds.
struct frame {
    uint32_t page;
    /// How many pages the database has after the commit that ends with this frame; 0 when none does.
    uint32_t pages;
    /// The frame before it that holds the same page; 0 when there is none.
    uint32_t earlier;
    /// The checksum that its page has in the database; 0 as long as nobody has asked for it.
    uint64_t sum;
    /// The checksum of the log up to here, as it stands in the frame.
    unsigned char log_sum[8];
};

/// The committed frames of the log, as the log itself has them: what its index, which is memory that processes share and most
/// of which has no checksum, is compared with.
struct frames {
    /// The log's, drawn anew whenever it is begun anew.
    uint64_t salts;
    /// The checksum of the log's own header, from which the first frame's goes on.
    unsigned char log_sum[8];
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

/// A page that a snapshot has read from the log, where SQLite has found its newest state: is it that, and as it was written?
///
/// - number: The frame that was read, one of the snapshot's.
/// - bytes: The page.
/// - page: Becomes the page's number; 0 when the log has begun anew, since the snapshot needs nothing of it.
int livechat_frames_check_log(struct checked_database *database, uint32_t number, const unsigned char *bytes,
                              uint32_t *page);

/// Calls a function with each page of which the log has got a frame, after so many and up to those of the snapshot.
///
/// Returns 0 when they are not known.
int livechat_frames_each_newer(struct checked_database *database, uint32_t after,
                               void (*body)(struct checked_database *, uint32_t page));

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
