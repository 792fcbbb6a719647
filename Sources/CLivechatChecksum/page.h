#ifndef CLIVECHATCHECKSUM_PAGE_H
#define CLIVECHATCHECKSUM_PAGE_H

#include <sqlite3.h>

/// Whether so many bytes at that place are a page: SQLite asks a database for whole pages, and for a few bytes of its
/// header.
int livechat_page_is(int count, sqlite3_int64 offset);

/// Puts the checksum of a page into its last bytes.
void livechat_page_sum(unsigned char *page, int count, sqlite3_int64 offset);

/// Whether a page is as it was written.
int livechat_page_holds(const unsigned char *page, int count, sqlite3_int64 offset);

#endif
