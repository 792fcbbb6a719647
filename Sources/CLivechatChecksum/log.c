#define _GNU_SOURCE
#include "CLivechatChecksum.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

long livechat_checksum_read_log(const char *path, long offset, void *bytes, long count) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno == ENOENT ? 0 : -errno;
    long read = 0;
    while (read < count) {
        ssize_t more = pread(file, (char *)bytes + read, (size_t)(count - read), offset + read);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) read = -errno;
        if (more <= 0) break;
        read += more;
    }
    close(file);
    return read;
}
