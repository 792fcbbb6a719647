#include "frames.h"

#include "index.h"
#include "layer.h"
#include "log_format.h"
#include "page.h"

#include <string.h>

static uint32_t *place_of(struct frames *frames, uint32_t page) {
    uint32_t places = 2 * frames->capacity;
    uint32_t place = (uint32_t)((uint64_t)(page * 2654435761u) * places >> 32);
    while (frames->newest[place] && frames->frame[frames->newest[place]].page != page) place = (place + 1) % places;
    return &frames->newest[place];
}

/// The newest frame of a page among the first so many; 0 when it is in none.
static uint32_t newest(struct frames *frames, uint32_t page, uint32_t limit) {
    if (frames->count == 0) return 0;
    uint32_t number = *place_of(frames, page);
    while (number > limit) number = frames->frame[number].earlier;
    return number;
}

static int make_room(struct frames *frames) {
    if (frames->count < frames->capacity) return SQLITE_OK;
    uint32_t capacity = frames->capacity ? 2 * frames->capacity : 256;
    uint32_t *places = sqlite3_malloc64(2 * (sqlite3_uint64)capacity * sizeof *places);
    struct frame *frame = places ? sqlite3_realloc64(frames->frame, ((sqlite3_uint64)capacity + 1) * sizeof *frame) : 0;
    if (!frame) {
        sqlite3_free(places);
        return SQLITE_IOERR_NOMEM;
    }
    sqlite3_free(frames->newest);
    memset(places, 0, 2 * (size_t)capacity * sizeof *places);
    frames->frame = frame;
    frames->newest = places;
    frames->capacity = capacity;
    for (uint32_t number = 1; number <= frames->count; number++) *place_of(frames, frame[number].page) = number;
    return SQLITE_OK;
}

static int append(struct frames *frames, uint32_t page, uint32_t pages) {
    int code = make_room(frames);
    if (code != SQLITE_OK) return code;
    uint32_t *place = place_of(frames, page);
    frames->frame[++frames->count] = (struct frame){.page = page, .earlier = *place};
    *place = frames->count;
    // The last frame of a commit says how many pages there are.
    if (pages && pages < frames->pages && pages < frames->pages_kept) frames->pages_kept = pages;
    if (pages) frames->pages = pages;
    return SQLITE_OK;
}

void livechat_frames_free(struct frames *frames) {
    sqlite3_free(frames->frame);
    sqlite3_free(frames->newest);
    memset(frames, 0, sizeof *frames);
}

/// Learns the frames of the log up to a number, each once.
static int learn(struct checked_database *database, struct frames *frames, uint64_t salts, uint32_t count) {
    if (frames->salts != salts || frames->count == 0) {
        livechat_frames_free(frames);
        frames->salts = salts;
        frames->pages_kept = UINT32_MAX;
    }
    uint32_t page_bytes = index_page_bytes(database->index);
    while (frames->count < count) {
        unsigned char header[frame_header];
        int code = livechat_layer_methods.xRead(&database->log->layer.file, header, sizeof header,
                                                frame_place(frames->count + 1, page_bytes));
        if (code == SQLITE_OK && memcmp(header + 8, &salts, sizeof salts) != 0) code = SQLITE_IOERR_DATA;
        if (code == SQLITE_OK) code = append(frames, big_endian(header), big_endian(header + 4));
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

static uint64_t stored_sum(const unsigned char bytes[8]) {
    uint64_t sum;
    memcpy(&sum, bytes, sizeof sum);
    return sum;
}

/// The checksum that the page of a frame has in the database.
static int sum_of(struct checked_database *database, struct frame *frame, uint32_t number, uint64_t *sum) {
    if (!frame->sum) {
        int page_bytes = (int)index_page_bytes(database->index);
        unsigned char *page = livechat_checked_database_page(database, page_bytes);
        if (!page) return SQLITE_IOERR_NOMEM;
        int code = livechat_layer_methods.xRead(&database->log->layer.file, page, page_bytes,
                                                frame_place(number, (uint32_t)page_bytes) + frame_header);
        if (code != SQLITE_OK) return code;
        livechat_page_sum(page, page_bytes, (sqlite3_int64)(frame->page - 1) * page_bytes);
        frame->sum = stored_sum(page + page_bytes - 8);
    }
    *sum = frame->sum;
    return SQLITE_OK;
}

/// Whether the log is still the one that a snapshot was taken of. One that needs nothing of the log lets it begin anew.
static int is_of(struct checked_database *database, uint64_t salts) {
    return database->index && database->log && index_salts(database->index) == salts;
}

/// What was read and does not fit counts only if the log has not begun anew meanwhile.
static int result(struct checked_database *database, uint64_t salts, int code) {
    if (code != SQLITE_IOERR_DATA && code != SQLITE_IOERR_SHORT_READ) return code;
    return is_of(database, salts) ? SQLITE_IOERR_DATA : SQLITE_OK;
}

int livechat_frames_check_log(struct checked_database *database, uint32_t number, uint32_t page) {
    uint64_t salts = database->snapshot.salts;
    // What lies behind the snapshot is its own transaction's.
    if (number > database->snapshot.frames || !is_of(database, salts)) return SQLITE_OK;
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    int code = learn(database, &shared->frames, salts, database->snapshot.frames);
    if (code == SQLITE_OK && newest(&shared->frames, page, database->snapshot.frames) != number) {
        code = SQLITE_IOERR_DATA;
    }
    sqlite3_mutex_leave(shared->mutex);
    return result(database, salts, code);
}

int livechat_frames_check_database(struct checked_database *database, uint32_t page, const unsigned char sum[8]) {
    uint64_t salts = database->snapshot.salts;
    if (database->snapshot.frames == 0 || !is_of(database, salts)) return SQLITE_OK;
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    struct frames *frames = &shared->frames;
    int code = learn(database, frames, salts, database->snapshot.frames);
    uint32_t number = code == SQLITE_OK ? newest(frames, page, database->snapshot.frames) : 0;
    // A page that was cut off is not written back; the frame that brought it back is.
    if (number && page <= frames->pages_kept) {
        uint64_t wanted = 0;
        code = sum_of(database, &frames->frame[number], number, &wanted);
        if (code == SQLITE_OK && wanted != stored_sum(sum)) code = SQLITE_IOERR_DATA;
    }
    sqlite3_mutex_leave(shared->mutex);
    return result(database, salts, code);
}

/// Looks at the frames after `frames->written_back`, up to a number. A page that a later frame holds too need not have been
/// written back: whoever reads it finds that one.
static int check_written_back(struct checked_database *database, struct frames *frames, uint32_t limit) {
    sqlite3_int64 page_bytes = index_page_bytes(database->index);
    for (uint32_t number = frames->written_back + 1; number <= limit; number++) {
        struct frame *frame = &frames->frame[number];
        int is_kept = frame->page <= frames->pages_kept && frame->page <= index_pages(database->index);
        if (!is_kept || newest(frames, frame->page, frames->count) != number) continue;
        uint64_t wanted = 0;
        unsigned char sum[8];
        int code = sum_of(database, frame, number, &wanted);
        if (code == SQLITE_OK) {
            code = livechat_layer_methods.xRead(&database->layer.file, sum, sizeof sum, frame->page * page_bytes - 8);
        }
        if (code == SQLITE_OK && wanted != stored_sum(sum)) code = SQLITE_IOERR_DATA;
        if (code != SQLITE_OK) return code;
    }
    frames->written_back = limit;
    return SQLITE_OK;
}

int livechat_frames_check_written_back(struct checked_database *database) {
    if (!database->index || !database->log) return SQLITE_OK;
    uint64_t salts = index_salts(database->index);
    uint32_t limit = index_written_back(database->index);
    // Read after it, since it is never smaller.
    uint32_t committed = index_committed(database->index);
    if (limit == 0 || !is_of(database, salts)) return SQLITE_OK;
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    struct frames *frames = &shared->frames;
    int code = limit > committed ? SQLITE_IOERR_DATA : learn(database, frames, salts, committed);
    if (code == SQLITE_OK && frames->written_back < limit) code = check_written_back(database, frames, limit);
    sqlite3_mutex_leave(shared->mutex);
    return result(database, salts, code);
}
