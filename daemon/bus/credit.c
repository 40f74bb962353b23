#include "daemon/bus/credit.h"

#include "daemon/bus/limits.h"

/* `have` plus `more`, at most `most`; `have` may be a debt. */
static int64_t add_up_to(int64_t have, uint64_t more, int64_t most)
{
    if (have >= most || more >= (uint64_t)(most - have)) return most;
    return have + (int64_t)more;
}

void credit_add(StreamCredit *self, uint64_t messages, uint64_t bytes)
{
    self->messages = add_up_to(self->messages, messages, STREAMS_CREDIT_MESSAGES);
    self->bytes = add_up_to(self->bytes, bytes, STREAMS_CREDIT_BYTES);
    self->away = bytes >= (uint64_t)self->away ? 0 : self->away - (int64_t)bytes;
}

bool credit_allows(const StreamCredit *self, uint64_t messages, uint64_t bytes, int64_t all_away)
{
    int64_t sent = (int64_t)bytes;
    return self->messages > (int64_t)messages && self->bytes > sent &&
           (self->away + sent < STREAMS_AWAY_FREE_BYTES || all_away + sent < STREAMS_AWAY_BYTES);
}

void credit_spend(StreamCredit *self, uint64_t messages, uint64_t bytes)
{
    self->messages -= (int64_t)messages;
    self->bytes -= (int64_t)bytes;
    self->away += (int64_t)bytes;
}
