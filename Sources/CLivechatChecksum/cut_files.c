#define _GNU_SOURCE
#include "cut_files.h"

#include "CLivechatChecksum.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/// The signal arrives in the middle of anything, so all of this is read and written without a lock.
static struct {
    uintptr_t start;
    uintptr_t end;
    int *is_lost;
} mappings[4096];

enum { places = sizeof mappings / sizeof mappings[0] };

static struct sigaction earlier;
static uintptr_t page_bytes;

static void put(int place, uintptr_t start, size_t bytes) {
    // Nothing is in it while its ends change.
    __atomic_store_n(&mappings[place].end, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&mappings[place].start, start, __ATOMIC_SEQ_CST);
    __atomic_store_n(&mappings[place].end, start + bytes, __ATOMIC_SEQ_CST);
}

int livechat_cut_files_remember(const void *start, size_t bytes, int *is_lost, int place) {
    for (int i = 1; i < places && place == 0; i++) {
        int *nobody = 0;
        int is_free = __atomic_compare_exchange_n(&mappings[i].is_lost, &nobody, is_lost, 0, __ATOMIC_ACQ_REL,
                                                  __ATOMIC_ACQUIRE);
        if (is_free) place = i;
    }
    if (place) put(place, (uintptr_t)start, bytes);
    return place;
}

int livechat_cut_files_remembers(const void *start, const int *is_lost) {
    for (int i = 1; i < places; i++) {
        int is_its = __atomic_load_n(&mappings[i].is_lost, __ATOMIC_ACQUIRE) == is_lost;
        if (is_its && __atomic_load_n(&mappings[i].start, __ATOMIC_ACQUIRE) == (uintptr_t)start) return 1;
    }
    return 0;
}

void livechat_cut_files_forget(int place) {
    if (place == 0) return;
    put(place, 0, 0);
    __atomic_store_n(&mappings[place].is_lost, 0, __ATOMIC_RELEASE);
}

void livechat_cut_files_forget_all(const int *is_lost) {
    for (int i = 1; i < places; i++) {
        if (__atomic_load_n(&mappings[i].is_lost, __ATOMIC_ACQUIRE) == is_lost) livechat_cut_files_forget(i);
    }
}

/// Puts zeros where the file was, and has nothing believed that has been read since.
static int goes_on(uintptr_t address) {
    for (int i = 1; i < places; i++) {
        int *is_lost = __atomic_load_n(&mappings[i].is_lost, __ATOMIC_ACQUIRE);
        uintptr_t start = __atomic_load_n(&mappings[i].start, __ATOMIC_SEQ_CST);
        uintptr_t end = __atomic_load_n(&mappings[i].end, __ATOMIC_SEQ_CST);
        if (!is_lost || address < start || address >= end) continue;
        // Another mapping has taken the place meanwhile.
        if (__atomic_load_n(&mappings[i].start, __ATOMIC_SEQ_CST) != start) continue;
        __atomic_store_n(is_lost, 1, __ATOMIC_SEQ_CST);
        void *page = (void *)(address - address % page_bytes);
        return mmap(page, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page;
    }
    return 0;
}

static void handle(int signal, siginfo_t *information, void *context) {
    int error = errno;
    // Others have no address: a process has sent them.
    int is_of_memory = information->si_code == BUS_ADRERR || information->si_code == BUS_OBJERR;
    int is_ours = is_of_memory && goes_on((uintptr_t)information->si_addr);
    errno = error;
    if (is_ours) return;
    if (earlier.sa_flags & SA_SIGINFO) {
        earlier.sa_sigaction(signal, information, context);
    } else if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
        earlier.sa_handler(signal);
    } else {
        // It ends the process as it would have.
        sigaction(SIGBUS, &earlier, 0);
        raise(signal);
    }
}

void livechat_checksum_survive_cuts(void) {
    static int is_done = 0;
    if (__atomic_exchange_n(&is_done, 1, __ATOMIC_ACQ_REL)) return;
    page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    // It fails only for a signal that does not exist.
    sigaction(SIGBUS, &action, &earlier);
}
