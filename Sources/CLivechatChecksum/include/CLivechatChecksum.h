#ifndef CLIVECHATCHECKSUM_H
#define CLIVECHATCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3;

/// The checksum of SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat), which is used for pages too.
/// It goes on from `sums`, in which it leaves the result.
///
/// - bytes, count: What to sum up; what is left over after the last eight bytes is not looked at.
/// - is_big_endian: How four bytes are a number.
void livechat_checksum_add(const void *bytes, size_t count, int is_big_endian, uint32_t sums[2]);

/// A way to read and write database files that keeps a checksum in the last eight bytes of every page.
enum livechat_checksum_pages {
    /// Pages get their checksum when they are written, and have to have it when they are read: SQLITE_IOERR_DATA if not.
    LIVECHAT_CHECKSUM_CHECKED,
    /// Pages get their checksum when they are written, and are read as they are.
    LIVECHAT_CHECKSUM_WRITTEN,
};

/// The bytes at the end of each page that SQLite has to leave alone.
enum { livechat_checksum_bytes = 8 };

/// Makes a way known to SQLite, on top of what is SQLite's own at the first call (https://sqlite.org/vfs.html). Returns
/// its name; NULL when there is no memory.
const char *livechat_checksum_vfs(enum livechat_checksum_pages pages);

/// Whether the files of a database are lost to this process: a part that it had mapped has been cut off, or a checkpoint has
/// not left what was committed. Nothing is read or written any more then, and the log is left alone.
///
/// - connection: SQLite's own, of a database that was opened with LIVECHAT_CHECKSUM_CHECKED.
/// - Returns: Two numbers that are not 0 together when they are lost, good for as long as the connection is open; NULL when
///   it is opened in another way.
const int *livechat_checksum_losses(struct sqlite3 *connection);

/// Has a checkpoint of this connection that keeps others from writing fail with SQLITE_IOERR_BLOCKED where another has the write
/// lock: SQLite would carry it on without, beside whoever writes. Returns 0 when the connection is not one of ours.
int livechat_checksum_need_write_lock(struct sqlite3 *connection);

/// Syncs the database of this connection, as SQLite does at the end of a checkpoint that has written back everything. Where it
/// fails, it is tried once more after what it is for has been written again, and so is the next one. The log must not begin anew
/// meanwhile. Returns SQLITE_OK, also when another process is at a checkpoint and nothing was done, or what went wrong.
int livechat_checksum_sync(struct sqlite3 *connection);

/// Reads one of them.
static inline int livechat_checksum_load(const int *loss) { return __atomic_load_n(loss, __ATOMIC_ACQUIRE); }

/// Has the process go on when a database that it has mapped into memory is cut, from now on: zeros stand where the file was,
/// and its files are lost to it. Without it the system ends the process with SIGBUS; other reasons for that still do.
void livechat_checksum_survive_cuts(void);

/// What the WAL-index of a database says, before anybody opens it: its beginning, 136 bytes
/// (https://sqlite.org/walformat.html section 2.1). Whoever opens it first begins it anew.
///
/// - path: The database, with links resolved.
/// - Returns: 1 when it was read; 0 when there is none, it cannot be read, or the machine has been started since it was
///   written; -1 when this process has the database or its index open through one of the ways above: to close a descriptor
///   of the file would drop the locks that SQLite has on it.
int livechat_checksum_read_index(const char *path, uint8_t index[136]);

/// Reads a part of a write-ahead log, on which there are no locks that closing it could drop. Returns how many bytes were
/// read, fewer at its end and none when there is no log; minus an error number when it cannot be read.
long livechat_checksum_read_log(const char *path, long offset, void *bytes, long count);

/// A file, by the number of its device and its own.
struct livechat_file_identity {
    uint64_t device;
    uint64_t number;
};

/// Looks which file stands at a path; links are followed. Returns 0 when no file can be seen.
///
/// It does not ask for the file's times. Linux notes that somebody has seen those and gives the next write a time of its
/// own (https://docs.kernel.org/filesystems/multigrain-ts.html), which the next sync has to bring to the disk: of a log that
/// is looked at after each commit, once more with each.
int livechat_identify_file(const char *path, struct livechat_file_identity *identity);

#endif
