#ifndef CLIVECHATCHECKSUM_CUT_FILES_H
#define CLIVECHATCHECKSUM_CUT_FILES_H

#include <stddef.h>

/// Remembers a part of a file that is mapped into memory; no more than some are remembered.
///
/// - is_lost: Set when the file has been cut there.
/// - place: 0, or what the last call for the same mapping returned.
/// - Returns: What stands for the mapping; 0 when there is no place for it.
int livechat_cut_files_remember(const void *start, size_t bytes, int *is_lost, int place);

/// Whether a mapping that begins there is remembered.
int livechat_cut_files_remembers(const void *start, const int *is_lost);

/// Forgets one mapping.
void livechat_cut_files_forget(int place);

/// Forgets all mappings of a file.
void livechat_cut_files_forget_all(const int *is_lost);

#endif
