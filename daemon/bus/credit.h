/*
 * credit - how much a stream may be sent, and how much of it is away.
 *
 * A subscriber gives credit in changes and in bytes, and gives back what it has dealt with. One
 * change may use more bytes than are left: the rest is a debt. Pure.
 */
#ifndef PLENARY_DAEMON_BUS_CREDIT_H
#define PLENARY_DAEMON_BUS_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct StreamCredit {
    int64_t messages; /* changes that may still be sent */
    int64_t bytes;    /* below 0: a debt */
    int64_t away;     /* bytes sent and not given back */
} StreamCredit;

/* Adds what a subscriber gives, up to STREAMS_CREDIT_MESSAGES and STREAMS_CREDIT_BYTES. */
void credit_add(StreamCredit *self, uint64_t messages, uint64_t bytes);

/* True where one more change may be sent, whatever its size, when `messages` and `bytes` are
 * spent already; `all_away` are the bytes that are away of all streams. */
bool credit_allows(const StreamCredit *self, uint64_t messages, uint64_t bytes, int64_t all_away);

void credit_spend(StreamCredit *self, uint64_t messages, uint64_t bytes);

#endif
