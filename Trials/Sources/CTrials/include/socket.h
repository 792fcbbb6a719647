#ifndef CTRIALS_SOCKET_H
#define CTRIALS_SOCKET_H

#include <stddef.h>

/// What a read answers when the time is up.
enum { CTRIALS_TIMEOUT = -2 };

/// Connects to a port of this machine. Returns a descriptor, or -1 with `errno`.
int ctrials_connect(int port, int milliseconds);

/// Listens on a port of this machine that the system chooses. Returns a descriptor, or -1 with `errno`.
int ctrials_listen(int *port);

/// Waits for the next connection. Returns a descriptor, or -1 with `errno`.
int ctrials_accept(int listener);

/// Sends all of it. Returns how much was sent, which is less when the other side does not read for so long, or -1 with
/// `errno`.
long ctrials_send(int descriptor, const void *bytes, size_t count, int milliseconds);

/// Receives what is there, waiting for at least one byte. Returns 0 at the end, -1 with `errno`, or CTRIALS_TIMEOUT.
long ctrials_receive(int descriptor, void *bytes, size_t count, int milliseconds);

/// Says that nothing more will be sent.
void ctrials_end_sending(int descriptor);

/// Connects as ctrials_connect does, to take very little before it is read: small packets, a small buffer.
int ctrials_connect_narrow(int port, int milliseconds);

/// Allows as many open files as the system does. Returns how many that is.
long ctrials_raise_file_limit(void);

#endif
