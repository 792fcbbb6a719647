#ifndef CLIVECHATPOSTGRESQL_SHIM_H
#define CLIVECHATPOSTGRESQL_SHIM_H

#include <libpq-fe.h>
#include <string.h>

/// Takes a notice. A commit whose wait for the standby was broken off is reported as done, with a warning from the
/// function that waits: the text of the warning is in the server's language, the function's name is not.
static inline void livechat_pq_receive(void *unconfirmed, const PGresult *notice) {
    const char *function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    if (function && strcmp(function, "SyncRepWaitForLSN") == 0) *(int *)unconfirmed = 1;
}

/// Sets a number to 1 when a commit was not confirmed by a standby, and keeps notices from standard error.
static inline void livechat_pq_watch(PGconn *connection, int *unconfirmed) {
    PQsetNoticeReceiver(connection, livechat_pq_receive, unconfirmed);
}

#endif
