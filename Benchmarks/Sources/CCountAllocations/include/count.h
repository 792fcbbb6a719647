#ifndef COUNT_H
#define COUNT_H

// The calls of malloc, calloc, realloc, aligned_alloc and posix_memalign in this process so far, but those of SQLite.
long livechat_allocations(void);

// Those of SQLite.
long livechat_allocations_of_sqlite(void);

#endif
