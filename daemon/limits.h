/*
 * limits - every bound of the daemon's sockets and loop, in one place, units last in the name.
 *
 * The store's and the registry's own bounds stand in their headers.
 */
#ifndef PLENARY_DAEMON_LIMITS_H
#define PLENARY_DAEMON_LIMITS_H

enum {
    /* sockets */
    LIMIT_SEND_QUEUE_MESSAGES = 110000, /* of one peer; above the credit that it may give */
    LIMIT_RECEIVE_QUEUE_MESSAGES = 2000,
    LIMIT_HANDSHAKE_MS = 5000,
    LIMIT_PING_MS = 10000,         /* a peer that does not answer pings ... */
    LIMIT_PING_TIMEOUT_MS = 30000, /* ... for so long is cut off */
    LIMIT_LINGER_MS = 1000,        /* for replies on the way when the daemon stops */
    LIMIT_BACKLOG_CONNECTIONS = 512,
    LIMIT_OPEN_FILES = 8192,

    /* requests */
    LIMIT_REQUESTS_PER_TURN = 256,
    LIMIT_REQUESTS_PER_CONNECTION = 1024, /* that wait for a reply */
    LIMIT_REQUESTS = 8192,
    LIMIT_REQUEST_ARENA_BYTES = 32 * 1024 * 1024,
    LIMIT_RETRY_AFTER_MS = 200,

    /* streams */
    LIMIT_STREAMS = 4096,
    LIMIT_STREAMS_PER_CONNECTION = 32,
    LIMIT_STREAM_REQUESTS_PER_TURN = 256,
    LIMIT_CREDIT_MESSAGES = 100000,
    LIMIT_CREDIT_BYTES = 256 * 1024 * 1024,
    LIMIT_DELIVERIES_PER_MESSAGE = 256,
    LIMIT_DELIVERY_BYTES_PER_MESSAGE = 512 * 1024,
    LIMIT_SCANNED_PER_TURN = 1024,              /* changes read for all streams together */
    LIMIT_STREAM_ARENA_BYTES = 4 * 1024 * 1024, /* of one resolved query */
    LIMIT_HEARTBEAT_MS = 2000,
    LIMIT_LEASE_MS = 60000, /* of a stream whose client is silent */
    LIMIT_BEHIND_MS = 20,   /* before a peer whose queue was full is tried again */

    /* the loop */
    LIMIT_IDLE_MS = 500, /* the longest sleep: timers are checked at least so often */
};

#endif
