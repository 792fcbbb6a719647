#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "floor.h"
#include "support.h"

typedef struct job {
    world_request request;
    bool issues_token;  // for the request's user, instead of joining
    floor_outcome outcome;
    sem_t *done;  // NULL where nobody waits; the writer frees such a job
    struct job *next;
} job;

struct floor_writer {
    sqlite3 *database;
    sqlite3_stmt *begin, *commit, *decide, *membership, *count, *event, *token;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t queued;
    job *first, **last;
    bool stops;
    atomic_llong durable, waiting;
};

static int run(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
}

static int insert(floor_writer *w, const world_request *request) {
    int64_t now = now_milliseconds();
    sqlite3_bind_text(w->membership, 1, request->room, world_id_bytes, SQLITE_STATIC);
    sqlite3_bind_text(w->membership, 2, request->user, world_id_bytes, SQLITE_STATIC);
    sqlite3_bind_int64(w->membership, 3, now);
    if (run(w->membership) != SQLITE_DONE) return SQLITE_ERROR;
    sqlite3_bind_text(w->count, 1, request->room, world_id_bytes, SQLITE_STATIC);
    if (run(w->count) != SQLITE_DONE) return SQLITE_ERROR;
    sqlite3_bind_int64(w->event, 1, now);
    sqlite3_bind_text(w->event, 2, request->room, world_id_bytes, SQLITE_STATIC);
    sqlite3_bind_text(w->event, 3, request->user, world_id_bytes, SQLITE_STATIC);
    return run(w->event) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
}

static int issue(floor_writer *w, const world_request *request) {
    char raw[world_token_bytes];
    uint8_t digest[32];
    for (size_t i = 0; i < sizeof raw; i += sizeof digest)
        if (getentropy(digest, sizeof digest) == 0)
            memcpy(raw + i, digest, sizeof raw - i < sizeof digest ? sizeof raw - i : sizeof digest);
    CCryptoBoringSSL_SHA256((const uint8_t *)raw, sizeof raw, digest);
    int64_t now = now_milliseconds();
    sqlite3_bind_blob(w->token, 1, digest, sizeof digest, SQLITE_STATIC);
    sqlite3_bind_text(w->token, 2, request->user, world_id_bytes, SQLITE_STATIC);
    sqlite3_bind_int64(w->token, 3, now);
    sqlite3_bind_int64(w->token, 4, now + 90LL * 86400000);
    return run(w->token) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
}

static void commit(floor_writer *w, job *batch) {
    int64_t joined = 0;
    bool fails = run(w->begin) != SQLITE_DONE;
    for (job *j = batch; j; j = j->next) {
        if (j->issues_token) {
            j->outcome = !fails && issue(w, &j->request) == SQLITE_OK ? floor_admitted : floor_failed;
            fails |= j->outcome == floor_failed;
            joined++;
            continue;
        }
        j->outcome = fails ? floor_failed : decide_alone(w->decide, &j->request);
        if (j->outcome != floor_admitted) continue;
        if (insert(w, &j->request) != SQLITE_OK) fails = true;
        joined++;
    }
    if (fails || run(w->commit) != SQLITE_DONE) {
        fails = true;
        say(w->database, "commit");
        execute(w->database, "ROLLBACK");
    } else {
        atomic_fetch_add(&w->durable, joined);
    }
    for (job *j = batch, *next; j; j = next) {
        next = j->next;
        atomic_fetch_sub(&w->waiting, 1);
        if (fails) j->outcome = floor_failed;
        if (j->done) sem_post(j->done);
        else free(j);
    }
}

static void *write_all(void *argument) {
    floor_writer *w = argument;
    for (;;) {
        pthread_mutex_lock(&w->mutex);
        while (!w->first && !w->stops) pthread_cond_wait(&w->queued, &w->mutex);
        job *batch = w->first;
        w->first = NULL;
        w->last = &w->first;
        pthread_mutex_unlock(&w->mutex);
        if (!batch) return NULL;
        commit(w, batch);
    }
}

floor_writer *floor_writer_open(const char *path, int cache_kib, int64_t mapped_bytes) {
    floor_writer *w = calloc(1, sizeof *w);
    w->last = &w->first;
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->queued, NULL);
    w->database = open_database(path, SQLITE_OPEN_READWRITE, cache_kib, mapped_bytes);
    if (!w->database || execute(w->database, "PRAGMA synchronous = FULL") != SQLITE_OK) return NULL;
    w->begin = prepare(w->database, "BEGIN IMMEDIATE");
    w->commit = prepare(w->database, "COMMIT");
    w->decide = prepare(w->database, floor_decision_sql);
    w->membership = prepare(w->database, "INSERT INTO memberships VALUES (?1, ?2, ?3, 1, 1, 1)");
    w->count = prepare(w->database, "UPDATE rooms SET members_count = members_count + 1 WHERE id = ?1");
    w->event =
        prepare(w->database, "INSERT INTO events (kind, at, room_id, user_id) VALUES ('joined', ?1, ?2, ?3)");
    w->token = prepare(w->database, "INSERT INTO tokens VALUES (?1, ?2, ?3, ?4)");
    if (!w->begin || !w->commit || !w->decide || !w->membership || !w->count || !w->event || !w->token) return NULL;
    pthread_create(&w->thread, NULL, write_all, w);
    return w;
}

void floor_writer_close(floor_writer *w) {
    pthread_mutex_lock(&w->mutex);
    w->stops = true;
    pthread_cond_signal(&w->queued);
    pthread_mutex_unlock(&w->mutex);
    pthread_join(w->thread, NULL);
    sqlite3_stmt *statements[] = {w->begin, w->commit, w->decide, w->membership, w->count, w->event, w->token};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) sqlite3_finalize(statements[i]);
    sqlite3_close(w->database);
    free(w);
}

static void enqueue(floor_writer *w, job *j) {
    atomic_fetch_add(&w->waiting, 1);
    pthread_mutex_lock(&w->mutex);
    bool was_empty = !w->first;
    *w->last = j;
    w->last = &j->next;
    if (was_empty) pthread_cond_signal(&w->queued);
    pthread_mutex_unlock(&w->mutex);
}

typedef struct {
    floor_writer *writer;
    world w;
    uint64_t first;
    int count;
    double *latencies;
    atomic_int next, refused;
} crowd;

static void *join_in_turn(void *argument) {
    crowd *c = argument;
    sem_t done;
    sem_init(&done, 0, 0);
    for (int i; (i = atomic_fetch_add(&c->next, 1)) < c->count;) {
        job j = {.done = &done};
        world_draw(c->w, world_join, c->first + (uint64_t)i, &j.request);
        double start = monotonic_seconds();
        enqueue(c->writer, &j);
        sem_wait(&done);
        c->latencies[i] = monotonic_seconds() - start;
        // A pair may have been drawn before.
        if (j.outcome != floor_admitted && j.outcome != floor_already_member) atomic_fetch_add(&c->refused, 1);
    }
    sem_destroy(&done);
    return NULL;
}

double floor_join_many(
    floor_writer *writer, world w, uint64_t first, int count, int callers, double *latencies) {
    crowd c = {.writer = writer, .w = w, .first = first, .count = count, .latencies = latencies};
    pthread_t threads[callers];
    double start = monotonic_seconds();
    for (int i = 0; i < callers; i++) pthread_create(&threads[i], NULL, join_in_turn, &c);
    for (int i = 0; i < callers; i++) pthread_join(threads[i], NULL);
    return c.refused ? -1 : monotonic_seconds() - start;
}

struct floor_stream {
    floor_writer *writer;
    world w;
    uint64_t first;
    int per_second;
    bool issues_tokens;
    int64_t durable_before;
    double start;
    atomic_bool stops;
    pthread_t thread;
};

static void *stream(void *argument) {
    floor_stream *s = argument;
    struct timespec tick = {0, s->per_second > 1000 ? 1000000 : 1000000000 / s->per_second};
    uint64_t handed = 0;
    while (!s->stops) {
        uint64_t due = (uint64_t)((monotonic_seconds() - s->start) * s->per_second);
        for (; handed < due; handed++) {
            job *j = calloc(1, sizeof *j);
            world_draw(s->w, s->issues_tokens ? world_member : world_join, s->first + handed, &j->request);
            j->issues_token = s->issues_tokens;
            enqueue(s->writer, j);
        }
        nanosleep(&tick, NULL);
    }
    return NULL;
}

floor_stream *floor_stream_start(floor_writer *writer, world w, uint64_t first, int per_second, bool issues_tokens) {
    floor_stream *s = calloc(1, sizeof *s);
    s->writer = writer;
    s->w = w;
    s->first = first;
    s->per_second = per_second;
    s->issues_tokens = issues_tokens;
    s->durable_before = writer->durable;
    s->start = monotonic_seconds();
    pthread_create(&s->thread, NULL, stream, s);
    return s;
}

int64_t floor_stream_stop(floor_stream *s, double *seconds) {
    int64_t durable = s->writer->durable - s->durable_before;
    *seconds = monotonic_seconds() - s->start;
    s->stops = true;
    pthread_join(s->thread, NULL);
    while (s->writer->waiting) nanosleep(&(struct timespec){0, 1000000}, NULL);
    free(s);
    return durable;
}
