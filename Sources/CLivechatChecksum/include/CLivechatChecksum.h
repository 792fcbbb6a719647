#ifndef CLIVECHATCHECKSUM_H
#define CLIVECHATCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

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

#endif
