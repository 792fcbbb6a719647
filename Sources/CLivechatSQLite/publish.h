#ifndef CLIVECHATSQLITE_PUBLISH_H
#define CLIVECHATSQLITE_PUBLISH_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/// Has what was written to a file or a folder brought to the disk. Returns 0 or an error number.
static inline int livechat_sqlite_sync(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    int error = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    return error;
}

/// Gives a finished file, which no connection has open any more, its final name, and brings both to the disk. A file
/// that has the name already is left alone, even one that appears at the last moment: that is EEXIST. Returns 0 or an
/// error number.
static inline int livechat_sqlite_publish(const char *partial, const char *name, const char *folder) {
    int error = livechat_sqlite_sync(partial);
    if (error != 0) return error;
    // A second link fails where the name is taken; to rename would replace what stands there.
    if (link(partial, name) != 0) return errno;
    if (unlink(partial) != 0) {
        error = errno;
    } else {
        error = livechat_sqlite_sync(folder);
    }
    // A copy that may be gone after a loss of power must not look like one that is done.
    if (error != 0) unlink(name);
    return error;
}

/// Makes an empty file that only its owner may read and write, from the beginning on. Returns 0 or an error number.
static inline int livechat_sqlite_make_private_file(const char *path) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno;
    close(descriptor);
    return 0;
}

/// The system's own words for an error number.
static inline const char *livechat_sqlite_words(int error) { return strerror(error); }

/// Whether an error number says that there is a file of that name.
static inline int livechat_sqlite_is_taken(int error) { return error == EEXIST; }

#endif
