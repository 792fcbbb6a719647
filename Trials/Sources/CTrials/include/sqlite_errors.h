#ifndef CTRIALS_SQLITE_ERRORS_H
#define CTRIALS_SQLITE_ERRORS_H

/// Counts what SQLite finds wrong with files from now on, whatever its caller makes of it. It goes before any use of
/// SQLite.
///
/// Returns 0, or SQLite's error.
int ctrials_count_errors(void);

/// How many errors there were: a damaged file, one that is not a database, input and output.
long ctrials_errors(void);

#endif
