#include "frames.h"

#include "index.h"
#include "layer.h"
#include "log_format.h"
#include "page.h"

#include <sched.h>
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

/// Takes a frame that follows those that are known; `header` is its own.
static int append(struct frames *frames, const unsigned char *header) {
    int code = make_room(frames);
    if (code != SQLITE_OK) return code;
    uint32_t page = big_endian(header);
    uint32_t pages = big_endian(header + 4);
    uint32_t *place = place_of(frames, page);
    struct frame *frame = &frames->frame[++frames->count];
    *frame = (struct frame){.page = page, .pages = pages, .earlier = *place};
    memcpy(frame->log_sum, header + frame_header - sizeof frame->log_sum, sizeof frame->log_sum);
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
static int learn(struct checked_database *database, uint64_t salts, uint32_t count, uint32_t page_bytes) {
    struct frames *frames = &database->shared->frames;
    sqlite3_file *log = &database->log->layer.file;
    if (frames->salts != salts || frames->count == 0) {
        livechat_frames_free(frames);
        frames->salts = salts;
        frames->pages_kept = UINT32_MAX;
        int size = sizeof frames->log_sum;
        int code = livechat_layer_methods.xRead(log, frames->log_sum, size, log_header - size);
        if (code != SQLITE_OK) return code;
    }
    while (frames->count < count) {
        unsigned char header[frame_header];
        int code = livechat_layer_methods.xRead(log, header, sizeof header, frame_place(frames->count + 1, page_bytes));
        // There is no page 0.
        int is_frame = memcmp(header + 8, &salts, sizeof salts) == 0 && big_endian(header) != 0;
        if (code == SQLITE_OK && !is_frame) code = SQLITE_IOERR_DATA;
        if (code == SQLITE_OK) code = append(frames, header);
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
static int sum_of(struct checked_database *database, uint32_t number, uint32_t page_bytes, uint64_t *sum) {
    struct frame *frame = &database->shared->frames.frame[number];
    if (!frame->sum) {
        unsigned char *bytes = livechat_checked_database_page(database, (int)page_bytes);
        if (!bytes) return SQLITE_IOERR_NOMEM;
        int code = livechat_layer_methods.xRead(&database->log->layer.file, bytes, (int)page_bytes,
                                                frame_place(number, page_bytes) + frame_header);
        if (code != SQLITE_OK) return code;
        livechat_page_sum(bytes, (int)page_bytes, (sqlite3_int64)(frame->page - 1) * page_bytes);
        frame->sum = stored_sum(bytes + page_bytes - 8);
    }
    *sum = frame->sum;
    return SQLITE_OK;
}

/// Whether the log is the one that the connection's snapshot was taken of: SQLITE_DONE when it need not be any more, and
/// SQLITE_IOERR_DATA when it has to be and is not, since it cannot begin anew while somebody reads from it.
static int check_salts(struct checked_database *database) {
    if (database->snapshot.frames == 0 || !database->index || !database->log) return SQLITE_DONE;
    if (index_salts(database->index) == database->snapshot.salts) return SQLITE_OK;
    return database->snapshot.is_of_database ? SQLITE_DONE : SQLITE_IOERR_DATA;
}

/// What was read and does not fit counts only if the log has not begun anew meanwhile.
static int result(struct checked_database *database, int code) {
    if (code != SQLITE_IOERR_DATA && code != SQLITE_IOERR_SHORT_READ) return code;
    return check_salts(database) == SQLITE_DONE ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int livechat_frames_check_log(struct checked_database *database, uint32_t number, const unsigned char *bytes,
                              uint32_t *page) {
    *page = 0;
    int code = check_salts(database);
    if (code != SQLITE_OK) return code == SQLITE_DONE ? SQLITE_OK : code;
    struct shared_file *shared = database->shared;
    struct frame frame = {0};
    unsigned char earlier[8];
    sqlite3_mutex_enter(shared->mutex);
    code = learn(database, database->snapshot.salts, database->snapshot.frames, database->snapshot.page_bytes);
    if (code == SQLITE_OK) {
        const struct frames *frames = &shared->frames;
        frame = frames->frame[number];
        memcpy(earlier, number == 1 ? frames->log_sum : frames->frame[number - 1].log_sum, sizeof earlier);
        if (newest(&shared->frames, frame.page, database->snapshot.frames) != number) code = SQLITE_IOERR_DATA;
    }
    sqlite3_mutex_leave(shared->mutex);
    if (code == SQLITE_OK) {
        unsigned char header[8];
        put_big_endian(frame.page, header);
        put_big_endian(frame.pages, header + 4);
        int is_big_endian = index_sums_are_big_endian(database->index);
        uint32_t page_bytes = database->snapshot.page_bytes;
        if (!log_sum_holds(earlier, header, bytes, page_bytes, is_big_endian, frame.log_sum)) code = SQLITE_IOERR_DATA;
    }
    if (code == SQLITE_OK) *page = frame.page;
    return result(database, code);
}

int livechat_frames_each_newer(struct checked_database *database, uint32_t after,
                               void (*body)(struct checked_database *, uint32_t page)) {
    if (!database->log) return 0;
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    uint32_t end = database->snapshot.frames;
    int code = learn(database, database->snapshot.salts, end, database->snapshot.page_bytes);
    for (uint32_t number = after + 1; code == SQLITE_OK && number <= end; number++) {
        body(database, shared->frames.frame[number].page);
    }
    sqlite3_mutex_leave(shared->mutex);
    return code == SQLITE_OK;
}

int livechat_frames_check_database(struct checked_database *database, uint32_t page, const unsigned char sum[8]) {
    int code = check_salts(database);
    if (code != SQLITE_OK) return code == SQLITE_DONE ? SQLITE_OK : code;
    uint32_t frames_read = database->snapshot.frames;
    // Nobody may write back more than a snapshot has that reads from the log.
    int is_ahead = !database->snapshot.is_of_database && index_written_back(database->index) > frames_read;
    if (is_ahead) return SQLITE_IOERR_DATA;
    uint32_t page_bytes = database->snapshot.page_bytes;
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    struct frames *frames = &shared->frames;
    code = learn(database, database->snapshot.salts, frames_read, page_bytes);
    uint32_t number = code == SQLITE_OK ? newest(frames, page, frames_read) : 0;
    // A page that was cut off is not written back; the frame that brought it back is.
    if (number && page <= frames->pages_kept) {
        uint64_t wanted = 0;
        code = sum_of(database, number, page_bytes, &wanted);
        if (code == SQLITE_OK && wanted != stored_sum(sum)) code = SQLITE_IOERR_DATA;
    }
    sqlite3_mutex_leave(shared->mutex);
    return result(database, code);
}

int livechat_frames_check_committed(struct checked_database *database) {
    struct shared_file *shared = database->shared;
    sqlite3_mutex_enter(shared->mutex);
    uint64_t salts = shared->frames.salts;
    uint32_t seen = shared->frames.count;
    sqlite3_mutex_leave(shared->mutex);
    // Read after what has been seen, since it only grows.
    struct index_header header;
    int is_less = index_read_header(database->index, &header) && header.committed < seen && header.salts == salts;
    return is_less ? SQLITE_IOERR_DATA : SQLITE_OK;
}

/// Whether a frame is what the database has to have of its page. A page that a later frame holds too need not have been
/// written back: whoever reads it finds that one.
static int belongs_in_database(struct checked_database *database, uint32_t number) {
    struct frames *frames = &database->shared->frames;
    uint32_t page = frames->frame[number].page;
    int is_kept = page <= frames->pages_kept && page <= index_pages(database->index);
    return is_kept && newest(frames, page, frames->count) == number;
}

static int check_frame(struct checked_database *database, uint32_t number, uint32_t page_bytes) {
    uint64_t wanted = 0;
    unsigned char sum[8];
    int code = sum_of(database, number, page_bytes, &wanted);
    sqlite3_int64 end = (sqlite3_int64)database->shared->frames.frame[number].page * page_bytes;
    if (code == SQLITE_OK) code = livechat_layer_methods.xRead(&database->layer.file, sum, sizeof sum, end - 8);
    return code == SQLITE_OK && wanted != stored_sum(sum) ? SQLITE_IOERR_DATA : code;
}

static int write_frame_back(struct checked_database *database, uint32_t number, uint32_t page_bytes) {
    sqlite3_file *log = &database->log->layer.file;
    uint32_t page = database->shared->frames.frame[number].page;
    unsigned char *bytes = livechat_checked_database_page(database, (int)page_bytes);
    if (!bytes) return SQLITE_IOERR_NOMEM;
    // Read as a checkpoint reads it, so that what is damaged gets no checksum.
    sqlite3_int64 place = frame_place(number, page_bytes);
    int code = log->pMethods->xRead(log, bytes, (int)page_bytes, place + frame_header);
    unsigned char header[4];
    if (code == SQLITE_OK) code = livechat_layer_methods.xRead(log, header, sizeof header, place);
    if (code == SQLITE_OK && big_endian(header) != page) code = SQLITE_IOERR_DATA;
    if (code != SQLITE_OK) return code;
    livechat_page_sum(bytes, (int)page_bytes, (sqlite3_int64)(page - 1) * page_bytes);
    return livechat_layer_methods.xWrite(&database->layer.file, bytes, (int)page_bytes,
                                         (sqlite3_int64)(page - 1) * page_bytes);
}

/// Goes through the frames after a number that are said to be in the database. Others of the process get their turn in
/// between. SQLITE_DONE says that the log has begun anew meanwhile, SQLITE_BUSY that the index is being written.
static int each_written_back(struct checked_database *database, uint32_t after,
                             int (*body)(struct checked_database *, uint32_t number, uint32_t page_bytes)) {
    if (!database->index || !database->log || database->has_no_room) return SQLITE_OK;
    uint32_t limit = index_written_back(database->index);
    // Read after it, since it is never smaller, but for the moment in which the log is begun anew.
    struct index_header header;
    if (limit == 0) return SQLITE_DONE;
    if (!index_read_header(database->index, &header)) return SQLITE_BUSY;
    if (header.committed == 0) return SQLITE_DONE;
    uint64_t salts = header.salts;
    uint32_t committed = header.committed;
    uint32_t page_bytes = index_page_bytes(database->index);
    struct shared_file *shared = database->shared;
    enum { turn = 64 };
    int code = limit > committed ? SQLITE_IOERR_DATA : SQLITE_OK;
    for (uint32_t number = after + 1; code == SQLITE_OK && number <= limit;) {
        sqlite3_mutex_enter(shared->mutex);
        code = learn(database, salts, committed, page_bytes);
        for (uint32_t end = number + turn; code == SQLITE_OK && number <= limit && number < end; number++) {
            if (belongs_in_database(database, number)) code = body(database, number, page_bytes);
        }
        sqlite3_mutex_leave(shared->mutex);
    }
    if (code != SQLITE_IOERR_DATA && code != SQLITE_IOERR_SHORT_READ) return code;
    int is_same = index_salts(database->index) == salts && index_written_back(database->index) >= limit;
    return is_same ? SQLITE_IOERR_DATA : SQLITE_DONE;
}

int livechat_frames_check_written_back(struct checked_database *database) {
    struct shared_file *shared = database->shared;
    if (!database->index) return SQLITE_OK;
    uint64_t salts = index_salts(database->index);
    uint32_t limit = index_written_back(database->index);
    sqlite3_mutex_enter(shared->mutex);
    uint32_t checked = shared->frames.salts == salts ? shared->frames.written_back : 0;
    sqlite3_mutex_leave(shared->mutex);
    if (checked >= limit) return SQLITE_OK;
    int code = each_written_back(database, checked, check_frame);
    // Where the index is being written it is looked at the next time.
    if (code != SQLITE_OK) return code == SQLITE_DONE || code == SQLITE_BUSY ? SQLITE_OK : code;
    sqlite3_mutex_enter(shared->mutex);
    if (shared->frames.salts == salts && shared->frames.written_back < limit) shared->frames.written_back = limit;
    sqlite3_mutex_leave(shared->mutex);
    return SQLITE_OK;
}

int livechat_frames_write_back_again(struct checked_database *database) {
    // Somebody commits: that takes a moment, unless the process was ended in the middle of it.
    enum { most_attempts = 1000 };
    int code = SQLITE_BUSY;
    for (int attempt = 0; attempt < most_attempts && code == SQLITE_BUSY; attempt++) {
        if (attempt > 0) sched_yield();
        code = each_written_back(database, 0, write_frame_back);
    }
    if (code == SQLITE_BUSY) return SQLITE_IOERR_FSYNC;
    return code == SQLITE_DONE ? SQLITE_OK : code;
}
