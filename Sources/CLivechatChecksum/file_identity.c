#define _GNU_SOURCE
#include "CLivechatChecksum.h"

#include <fcntl.h>
#include <sys/stat.h>

int livechat_identify_file(const char *path, struct livechat_file_identity *identity) {
#ifdef STATX_INO
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_INO, &status) != 0) return 0;
    identity->device = (uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor;
    identity->number = status.stx_ino;
#else
    struct stat status;
    if (stat(path, &status) != 0) return 0;
    identity->device = (uint64_t)status.st_dev;
    identity->number = (uint64_t)status.st_ino;
#endif
    return 1;
}
