#ifndef CTRIALS_FULL_DISK_H
#define CTRIALS_FULL_DISK_H

/// Lets no file of this process become longer than so many bytes; -1 lifts the limit. A write beyond it is an error and
/// not a signal.
void ctrials_limit_files(long long bytes);

/// Puts a disk of so many bytes, in memory, at a folder. It is there for the processes of this one's mount namespace.
///
/// Returns -1 with `errno` when that is not allowed.
int ctrials_mount_small_disk(const char *folder, long long bytes);

/// Fills the disk that a new file is on, but for so many bytes. Returns -1 with `errno`.
int ctrials_fill_disk(const char *file, long long left);

#endif
