#define _GNU_SOURCE
#include "CTrials.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/mount.h>
#include <sys/statvfs.h>
#endif

void ctrials_limit_files(long long bytes) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

#ifdef __linux__

int ctrials_mount_small_disk(const char *folder, long long bytes) {
    char options[64];
    snprintf(options, sizeof options, "size=%lld", bytes);
    return mount("tmpfs", folder, "tmpfs", 0, options);
}

int ctrials_fill_disk(const char *file, long long left) {
    int descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return -1;
    struct statvfs disk;
    int result = fstatvfs(descriptor, &disk);
    long long room = result == 0 ? (long long)disk.f_bavail * (long long)disk.f_frsize - left : 0;
    if (result == 0 && room > 0) {
        errno = posix_fallocate(descriptor, 0, room);
        result = errno == 0 ? 0 : -1;
    }
    close(descriptor);
    return result;
}

#else

int ctrials_mount_small_disk(const char *folder, long long bytes) {
    (void)folder;
    (void)bytes;
    errno = ENOTSUP;
    return -1;
}

int ctrials_fill_disk(const char *file, long long left) {
    (void)file;
    (void)left;
    errno = ENOTSUP;
    return -1;
}

#endif
