#define _GNU_SOURCE
#include "CTrials.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

int ctrials_start(char *const arguments[], int *input, int *output, int *errors) {
    int pipes[3][2];
    for (int i = 0; i < 3; i++) {
        if (pipe(pipes[i]) != 0) return -1;
        fcntl(pipes[i][0], F_SETFD, FD_CLOEXEC);
        fcntl(pipes[i][1], F_SETFD, FD_CLOEXEC);
    }
    pid_t process = fork();
    if (process < 0) return -1;
    if (process == 0) {
#ifdef __linux__
        prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
        // A thread of Foundation's blocks signals, and a program begins with what was blocked where it was started.
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        dup2(pipes[0][0], 0);
        dup2(pipes[1][1], 1);
        dup2(pipes[2][1], 2);
        execv(arguments[0], arguments);
        _exit(127);
    }
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    *input = pipes[0][1];
    *output = pipes[1][0];
    *errors = pipes[2][0];
    return process;
}

long ctrials_read(int descriptor, void *bytes, size_t count) {
    long got;
    do got = read(descriptor, bytes, count);
    while (got < 0 && errno == EINTR);
    return got;
}

int ctrials_write(int descriptor, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, next, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        next += written;
        count -= (size_t)written;
    }
    return 0;
}

void ctrials_close(int descriptor) { close(descriptor); }

int ctrials_signal(int process, int signal) { return kill(process, signal); }

int ctrials_wait(int process) {
    int status;
    pid_t ended;
    do ended = waitpid(process, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0) return -1;
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

void ctrials_exit(int status) { _exit(status); }
