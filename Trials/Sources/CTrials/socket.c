#define _GNU_SOURCE
#include "CTrials.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// Waits for an event until a moment. Returns 1, or 0 when the moment has come.
static int wait_until(int descriptor, short event, long long end) {
    while (1) {
        long long left = end - now_milliseconds();
        if (left < 0) left = 0;
        struct pollfd asked = {.fd = descriptor, .events = event};
        int count = poll(&asked, 1, (int)left);
        if (count > 0) return 1;
        if (count == 0) return 0;
        if (errno != EINTR) return 1;
    }
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int connect_to(int port, int milliseconds, int is_narrow) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (is_narrow) {
        // The sender's buffer grows with the packets that it may send.
        int bytes = 2048, packet = 536;
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
        setsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &packet, sizeof packet);
    }
    struct sockaddr_in address = loopback(port);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    int error = errno;
    if (error == EINPROGRESS) {
        socklen_t length = sizeof error;
        error = ETIMEDOUT;
        if (wait_until(descriptor, POLLOUT, now_milliseconds() + milliseconds))
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error == 0) return descriptor;
    }
    close(descriptor);
    errno = error;
    return -1;
}

int ctrials_connect(int port, int milliseconds) { return connect_to(port, milliseconds, 0); }

int ctrials_connect_narrow(int port, int milliseconds) { return connect_to(port, milliseconds, 1); }

int ctrials_listen(int *port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(descriptor, (struct sockaddr *)&address, length) == 0 && listen(descriptor, 128) == 0 &&
        getsockname(descriptor, (struct sockaddr *)&address, &length) == 0) {
        *port = ntohs(address.sin_port);
        return descriptor;
    }
    close(descriptor);
    return -1;
}

int ctrials_accept(int listener) {
    int descriptor;
    do descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

long ctrials_send(int descriptor, const void *bytes, size_t count, int milliseconds) {
    long long end = now_milliseconds() + milliseconds;
    size_t sent = 0;
    while (sent < count) {
        ssize_t more = send(descriptor, (const char *)bytes + sent, count - sent, MSG_NOSIGNAL);
        if (more > 0) {
            sent += (size_t)more;
        } else if (errno == EAGAIN) {
            if (!wait_until(descriptor, POLLOUT, end)) break;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return (long)sent;
}

long ctrials_receive(int descriptor, void *bytes, size_t count, int milliseconds) {
    long long end = now_milliseconds() + milliseconds;
    while (1) {
        ssize_t got = recv(descriptor, bytes, count, 0);
        if (got >= 0) return got;
        if (errno == EAGAIN) {
            if (!wait_until(descriptor, POLLIN, end)) return CTRIALS_TIMEOUT;
        } else if (errno != EINTR) {
            return -1;
        }
    }
}

void ctrials_end_sending(int descriptor) { shutdown(descriptor, SHUT_WR); }

long ctrials_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (long)limit.rlim_cur : -1;
}
