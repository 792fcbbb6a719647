#ifndef COUNT_H
#define COUNT_H

// The calls of malloc, calloc, realloc, aligned_alloc and posix_memalign in this process so far.
long livechat_allocations(void);

#endif
