#define _GNU_SOURCE
#include "CLivechatChecksum.h"

#include <fcntl.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#endif

int livechat_identify_file(const char *path, struct livechat_file_identity *identity) {
#ifdef STATX_INO
    struct statx seen;
    if (statx(AT_FDCWD, path, 0, STATX_INO, &seen) == 0 && seen.stx_mask & STATX_INO) {
        identity->device = makedev(seen.stx_dev_major, seen.stx_dev_minor);
        identity->number = seen.stx_ino;
        return 1;
    }
    // A container may forbid it that is older than the call.
#endif
    struct stat status;
    if (stat(path, &status) != 0) return 0;
    identity->device = (uint64_t)status.st_dev;
    identity->number = (uint64_t)status.st_ino;
    return 1;
}
