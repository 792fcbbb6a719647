// The floor: what careful plain C does with a plain schema, and nothing else in its way.
#ifndef FLOOR_H
#define FLOOR_H
#include <stddef.h>
#include <stdint.h>

#include "world.h"

// Makes a plain database of the generated data, with the grants of one of ours. Returns 0, or SQLite's error code after
// saying what happened.
int plain_make(const char *path, world w, const char *ours);

// What a decision came to. The numbers are the combined statement's.
typedef enum {
    floor_already_member = 0,
    floor_not_logged_in = 1,
    floor_lacks_permission = 2,
    floor_no_such_room = 3,
    floor_room_closed = 4,
    floor_no_access = 5,
    floor_admitted = 6,
    floor_failed = 7,
    floor_no_parameter = 8,
    floor_rule_refuses = 9
} floor_outcome;

// The decision as one statement: ?1 user, ?2 digest, ?3 room, ?4 now. No row: not logged in; else a floor_outcome.
extern const char *const floor_decision_sql;

// Tells SQLite not to count the memory of this process, which it does under a lock of the whole process. To be called before
// anything else of SQLite; returns SQLite's code.
int floor_turn_off_memory_count(void);

typedef struct floor_reader floor_reader;

// Opens a reading connection with its statements prepared; NULL after saying what happened.
floor_reader *floor_reader_open(const char *path, int cache_kib, int64_t mapped_bytes);
void floor_reader_close(floor_reader *reader);

// One decision: hash the token, one statement in a transaction of its own; where no room is named, one that looks at
// the login only, and where a rule is asked, one as far as it that gives what the rule is told, and one for the permissions.
floor_outcome floor_decide(floor_reader *reader, const world_request *request);

typedef struct {
    double seconds;         // of all threads together, while they decided
    double processor;       // the processor's time of it
    int64_t decisions;
    int64_t unexpected;     // outcomes that are not the scenario's
} floor_decisions;

// Decides requests from `requests` in a circle from `first` on, on one thread for each reader, for so many milliseconds.
// Where a rule is expected to refuse, one is asked that does.
floor_decisions floor_measure(
    floor_reader *const *readers, int threads, const world_request *requests, size_t count, size_t first,
    floor_outcome expected, int milliseconds);

typedef struct floor_writer floor_writer;

// Opens the writing connection and starts its thread: whatever is queued shares one transaction, synced in full.
floor_writer *floor_writer_open(const char *path, int cache_kib, int64_t mapped_bytes);
void floor_writer_close(floor_writer *writer);

// Joins and returns when the join is durable.
floor_outcome floor_join(floor_writer *writer, const world_request *request);

// `callers` threads join `count` requests of a scenario's draws from `first` on, each waiting for its own.
// The seconds that each took go into `latencies`; returns the seconds that all took, or -1 if one was refused.
double floor_join_many(floor_writer *writer, world w, uint64_t first, int count, int callers, double *latencies);

// Hands over `per_second` joins until it is stopped, or tokens for users at random, without waiting for them, in ticks of
// at least a millisecond. Stopping returns how many were durable by then, once the rest is too.
typedef struct floor_stream floor_stream;
floor_stream *floor_stream_start(floor_writer *writer, world w, uint64_t first, int per_second, bool issues_tokens);
int64_t floor_stream_stop(floor_stream *stream, double *seconds);

// Copies every row of every table of `source` into the same tables of `target`, emptied first, by kept statements in
// one transaction. The seconds leave reading out. Returns rows, or -1 after saying what happened.
int64_t bulk_copy(const char *source, const char *target, double *seconds);

// The bytes of a table with its indexes, divided by its rows; 0 where this SQLite does not tell.
double bytes_per_row(const char *path, const char *table);

double monotonic_seconds(void);
// The processor's time of the calling thread.
double thread_seconds(void);
// The processor's time of all threads of the process.
double process_seconds(void);

// Puts SQLite's default VFS in the place of the one that is registered under this name, so that code that asks for the
// name gets the default. Returns SQLite's code, or -1 if there is none of the name.
int use_default_vfs_as(const char *name);

// Has all threads of this process run on one of its processors, counted from 0, or with -1 on all of them again.
// Returns 0, or -1 where there is no such processor.
int run_on_processor(int place);
// The same for the calling thread. The process has to have been on all of its processors when either was first called.
int run_thread_on_processor(int place);

// The version of SQLite that both sides are linked to.
const char *floor_sqlite_version(void);

#endif
