// Tells the thread sanitizer of the locks that it cannot see; Trials/sanitize preloads it.
//
// On Linux a Mutex of Swift is a futex. Taking and releasing one that nobody waits for are atomic operations in our own
// code, which the sanitizer sees. Where somebody waits, both go through the functions below, in a library of Swift's
// that it does not see into, and the kernel: without this it would report everything that a contended Mutex protects as
// a race. The lock's first word is what the atomic operations are on, so a lock means the same whichever way it went.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Weak: a process without the sanitizer, such as SwiftPM itself, is left alone.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// Synchronization._MutexHandle._lockSlow(UInt32), ._tryLockSlow() -> Bool and ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t owner, SELF void *mutex) __asm__(LOCK);
SWIFT bool try_lock(SELF void *mutex) __asm__(TRY_LOCK);
SWIFT void unlock(SELF void *mutex) __asm__(UNLOCK);

SWIFT void lock(uint32_t owner, SELF void *mutex) {
    static SWIFT void (*next)(uint32_t, SELF void *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, LOCK);
    next(owner, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool try_lock(SELF void *mutex) {
    static SWIFT bool (*next)(SELF void *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, TRY_LOCK);
    bool taken = next(mutex);
    if (taken && __tsan_acquire) __tsan_acquire(mutex);
    return taken;
}

SWIFT void unlock(SELF void *mutex) {
    static SWIFT void (*next)(SELF void *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(mutex);
    next(mutex);
}
