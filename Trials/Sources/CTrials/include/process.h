#ifndef CTRIALS_PROCESS_H
#define CTRIALS_PROCESS_H

#include <stddef.h>

/// Starts a program that gets SIGKILL when this process ends.
///
/// `arguments` ends with NULL and begins with the program's path. `*input` and `*output` get this process's ends of
/// pipes to the program's standard input and from its standard output; standard error goes to `*errors`.
///
/// Returns the process id, or -1 with `errno`.
int ctrials_start(char *const arguments[], int *input, int *output, int *errors);

/// Reads what is there, waiting for at least one byte. Returns 0 at the end, -1 with `errno`.
long ctrials_read(int descriptor, void *bytes, size_t count);

/// Writes all of it. Returns -1 with `errno` when it could not.
int ctrials_write(int descriptor, const void *bytes, size_t count);

void ctrials_close(int descriptor);

/// Sends a signal; returns -1 with `errno`.
int ctrials_signal(int process, int signal);

/// Waits for a process to end. Returns its exit status, or 256 plus the signal that ended it, or -1 with `errno`.
int ctrials_wait(int process);

/// Ends this process at once, without running any handlers.
void ctrials_exit(int status) __attribute__((noreturn));

#endif
