#ifndef CLIVECHATSQLITE_FILES_H
#define CLIVECHATSQLITE_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/fs.h>
#include <linux/stat.h>
#include <malloc.h>  // malloc_trim
#include <sys/syscall.h>
#endif

/// Makes an empty file that only its owner may read and write, whatever the umask. Returns 0 or an error number.
static inline int livechat_sqlite_make_private_file(const char *path) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno;
    int error = fchmod(descriptor, 0600) == 0 ? 0 : errno;
    close(descriptor);
    return error;
}

/// Brings what was written to a file or a folder to the disk. Returns 0 or an error number.
static inline int livechat_sqlite_sync(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    int error = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    return error;
}

/// Renames a file unless there is one of the new name, which is EEXIST. Returns 0 or an error number.
static inline int livechat_sqlite_rename_new(const char *path, const char *name) {
#if defined(__linux__)
    if (syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
#endif
    // A second link fails where the name is taken; to rename would replace what stands there.
    if (link(path, name) != 0) return errno;
    return unlink(path) == 0 ? 0 : errno;
}

/// What the system tells of a file.
struct livechat_sqlite_file {
    unsigned long long device, number, size;
    unsigned names, mode;
    int is_mounted;  // by itself, as a container can mount it, where the system tells
};

/// Looks at a file, but not at its times: Linux gives a file whose times were looked at new ones with the next write, and
/// each sync then writes those to the disk as well. Returns 0 or an error number.
static inline int livechat_sqlite_look(const char *path, struct livechat_sqlite_file *file) {
#if defined(__linux__)
    const unsigned asked = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_INO | STATX_SIZE;
    struct statx seen;
    if (syscall(SYS_statx, AT_FDCWD, path, 0, asked, &seen) == 0) {
        unsigned long long device = (unsigned long long)seen.stx_dev_major << 32 | seen.stx_dev_minor;
        *file = (struct livechat_sqlite_file){device, seen.stx_ino, seen.stx_size, seen.stx_nlink, seen.stx_mode,
                                              (seen.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0};
        return 0;
    }
    // A container that is older than the call may forbid it.
    if (errno != ENOSYS && errno != EPERM) return errno;
#endif
    struct stat status;
    if (stat(path, &status) != 0) return errno;
    *file = (struct livechat_sqlite_file){(unsigned long long)status.st_dev, (unsigned long long)status.st_ino,
                                          (unsigned long long)status.st_size, (unsigned)status.st_nlink,
                                          (unsigned)status.st_mode, 0};
    return 0;
}

/// The system's own words for an error number.
static inline const char *livechat_sqlite_words(int error) { return strerror(error); }

/// Whether an error number says that there is a file of that name.
static inline int livechat_sqlite_is_taken(int error) { return error == EEXIST; }

#endif
