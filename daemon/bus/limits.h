/*
 * limits - every bound of the daemon's outer layer, in one place.
 *
 * Bounds of the registry are in daemon/registry/registry.h, of records in proto/validate.h, of a
 * message in proto/frame.h; what an operator may change is in daemon/config.c.
 */
#ifndef PLENARY_DAEMON_BUS_LIMITS_H
#define PLENARY_DAEMON_BUS_LIMITS_H

enum {
    /* The process. */
    LIMIT_OPEN_FILES = 65536, /* at EMFILE libzmq spins: stay far above the connections */
    LIMIT_KEPT_FILES = 512,   /* of those, for all but the network's connections */
    LIMIT_BLOCK_BYTES = 16 * 1024 * 1024, /* a larger one is taken from the system by itself */
    LIMIT_FREE_BYTES = 64 * 1024 * 1024,  /* given back to the process and kept for what comes */
    LIMIT_CONFIG_BYTES = 64 * 1024,       /* of plenaryd.zpl */
    LIMIT_STOP_MS = 5000,                 /* for what is on the way when the daemon stops */
    LIMIT_IDLE_MS = 1000,                 /* longest sleep of the loop */
    LIMIT_REPORT_EVERY_MS = 10000,        /* between two lines about what was dropped */

    /* Every socket. libzmq's threads: one for this machine's sockets, one for each of the
     * network's, so that they do not wait for each other, and events of one socket keep their
     * order. */
    DOOR_THREADS = 3,
    DOOR_HANDSHAKE_MS = 5000,
    DOOR_LINGER_MS = 1000,   /* for replies that are on the way at a stop */
    DOOR_BACKLOG = 512,      /* connections that wait to be accepted */
    DOOR_DISCARD_PARTS = 64, /* of an over-long message, in one go */

    DOOR_KEEPALIVE_IDLE_S = 60, /* of a connection over the network that is silent */
    DOOR_KEEPALIVE_EVERY_S = 15,
    DOOR_KEEPALIVE_COUNT = 4,
    DOOR_UNANSWERED_MS = 60000, /* what was sent and not confirmed: the connection is given up */

    /* What libzmq has and has not sent: of each door. Its thread gives each connection a turn, of
     * one message: who is sent large ones by many connections must not make its round long. */
    DOOR_AWAY_FREE_BYTES = 64 * 1024,           /* of a connection, whatever others have */
    DOOR_AWAY_BYTES_PER_PEER = 4 * 1024 * 1024, /* beside an only message */
    DOOR_AWAY_BYTES_PER_KEY = 4 * 1024 * 1024,
    DOOR_AWAY_BYTES = 256 * 1024 * 1024,
    DOOR_MESSAGE_OVERHEAD_BYTES = 256, /* of one, in libzmq */

    /* Who is let in from the network. */
    ZAP_KEYS_MAX = 65536, /* that the thread knows; further ones are not let in */
    ZAP_KEY_BURST = 100,  /* connections of one key at once, then */
    ZAP_KEY_PER_S = 20,
    ZAP_ADDRESS_BURST = 200, /* the same of one address, whatever came of them */
    ZAP_ADDRESS_PER_S = 40,
    ZAP_ADDRESSES_MAX = 16384, /* that are remembered */
    ZAP_EVENTS_PER_TURN = 8192,
    ZAP_REPORT_MS = 1000, /* between two accounts of who was refused */

    /* Connections of the network at a time. What is silent has not said who it is by a message. */
    ZAP_OPEN = 8192, /* fewer where the system lets have fewer files: LIMIT_KEPT_FILES */
    ZAP_OPEN_PER_ADDRESS = 512,
    ZAP_OPEN_PER_KEY = 256,
    ZAP_SILENT = 1024,
    ZAP_SILENT_PER_ADDRESS = 128, /* above ZAP_KEY_BURST */
    ZAP_SILENT_PER_KEY = 100,     /* let in within ZAP_SILENT_MS and not heard of */
    ZAP_SILENT_MS = 30000,        /* then it is ended; above DOOR_HANDSHAKE_MS */
    ZAP_GRANTS_MAX = 16384,       /* the same, of all */

    /* The desk. */
    /* Above what an honest client has on the way: see docs/decisions/no-zmtp-heartbeats.md. */
    DESK_RECEIVE_QUEUE = 1100,    /* messages of one connection; then it is not read */
    DESK_SEND_QUEUE = 512,        /* messages to one connection; then replies are held */
    DESK_MESSAGES_PER_TURN = 512, /* received */
    DESK_MESSAGES_IN_LINE = 128,  /* the same while others wait in their lines */
    DESK_RECEIVE_US = 1000,
    DESK_TURN_US = 4000,                 /* then others have their turn */
    DESK_ARENA_BYTES = 64 * 1024 * 1024, /* of one request, unpacked */
    DESK_TICKETS = 8192,                 /* requests without a reply that has left */
    DESK_TICKETS_PER_PEER = 1024,
    DESK_TICKETS_PER_KEY = 2048,
    DESK_TICKET_BYTES = 128 * 1024 * 1024, /* of those requests and of held replies */
    DESK_TICKET_BYTES_PER_PEER = 32 * 1024 * 1024,
    DESK_TICKET_BYTES_PER_KEY = 48 * 1024 * 1024,
    DESK_AT_WORK_PER_KEY = 128,              /* in the registry's hands; more wait in their line */
    DESK_NETWORK_MESSAGE_BYTES = 512 * 1024, /* a request of the network: a record, and room */
    DESK_HELD_MS = 5000,                     /* a reply that cannot leave is dropped then */
    DESK_HELD_PER_KEY = 32, /* with so many replies that cannot leave, no more are made */
    DESK_HELD_RETRY_MS = 2,
    DESK_HELD_PER_TURN = 256,
    DESK_RETRY_AFTER_MS = 200, /* told to who asks too much */

    /* The streams. */
    STREAMS_RECEIVE_QUEUE = 256,
    STREAMS_SEND_QUEUE = 1000,
    STREAMS_MESSAGE_BYTES = 256 * 1024, /* of a stream request */
    STREAMS_MESSAGES_PER_TURN = 256,
    STREAMS_TURN_US = 4000,
    STREAMS_MAX = 1024,
    STREAMS_PER_PEER = 16,
    STREAMS_PER_KEY = 128,
    STREAMS_ARENA_BYTES = 8 * 1024 * 1024, /* of a query, resolved */
    STREAMS_NAME_BYTES = 64,
    STREAMS_LEASE_MS = 60000,
    STREAMS_HEARTBEAT_MS = 2000,
    STREAMS_TICK_MS = 250,     /* between two looks at leases and heartbeats */
    STREAMS_FULL_RETRY_MS = 5, /* after a send that found the queue full; doubles */
    STREAMS_FULL_RETRY_MAX_MS = 200,
    STREAMS_CREDIT_MESSAGES = 100000, /* that a stream may hold */
    STREAMS_CREDIT_BYTES = 256 * 1024 * 1024,
    STREAMS_AWAY_FREE_BYTES = 1024 * 1024,  /* sent and not given back, whatever others have */
    STREAMS_AWAY_BYTES = 512 * 1024 * 1024, /* of all streams; above it only the free ones */

    /* The broadcast. */
    BROADCAST_RECEIVE_QUEUE = 1000, /* subscriptions of one connection */
    BROADCAST_SEND_QUEUE = 1000,    /* messages to one listener; what is more it misses */
    BROADCAST_SEND_QUEUE_MAX = 100000,
    BROADCAST_MESSAGE_BYTES = 4096, /* of a subscription */
    BROADCAST_SUBSCRIPTIONS_PER_TURN = 256,
    BROADCAST_CHANGES_PER_TURN = 256,
    BROADCAST_TURN_US = 2000,
    BROADCAST_ARENA_BYTES = 64 * 1024 * 1024, /* of one change */
    BROADCAST_KNOWN_BYTES = 8 * 1024 * 1024,  /* of topics whose last change is known */
    BROADCAST_KNOWN_OVERHEAD_BYTES = 64,      /* of one of them, beside its text */

    /* One batch of changes to one stream. */
    BATCH_SCANNED = 1000, /* entries of the journal */
    BATCH_DELIVERIES = 256,
    BATCH_BYTES = 512 * 1024,
    BATCH_AGAIN = 64, /* records sent again because of one change; of more, a snapshot is asked */
    BATCH_SCAN_US = 2000,
    BATCH_ARENA_BYTES = 64 * 1024 * 1024,
    BATCHES_KEPT = 8, /* views whose batch others of the same turn may use */
};

#endif
