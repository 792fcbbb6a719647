#define _GNU_SOURCE
#include "include/count.h"

#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// glibc's own names for what this library stands before.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static long count, count_of_sqlite;
static uintptr_t sqlite_start, sqlite_end;

long livechat_allocations(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

long livechat_allocations_of_sqlite(void) { return __atomic_load_n(&count_of_sqlite, __ATOMIC_RELAXED); }

// Where the library of SQLite lies in memory.
static int find_sqlite(struct dl_phdr_info *library, size_t size, void *unused) {
    (void)size, (void)unused;
    if (!strstr(library->dlpi_name, "libsqlite3")) return 0;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
        sqlite_start = library->dlpi_addr + part->p_vaddr;
        sqlite_end = sqlite_start + part->p_memsz;
    }
    return 1;
}

__attribute__((constructor)) static void begin(void) { dl_iterate_phdr(find_sqlite, NULL); }

static void count_one(const void *caller) {
    uintptr_t place = (uintptr_t)caller;
    long *of = place >= sqlite_start && place < sqlite_end ? &count_of_sqlite : &count;
    __atomic_fetch_add(of, 1, __ATOMIC_RELAXED);
}

#define one_more() count_one(__builtin_return_address(0))

void *malloc(size_t size) {
    one_more();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    one_more();
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    one_more();
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    one_more();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    one_more();
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
