/*
 * reply - a reply that was received, with all that is in it, in one piece of memory or few.
 *
 * A page of 100 events is some 10,000 texts and messages. One by one, taking and giving back their
 * memory takes longer than unpacking them. Any thread; a reply belongs to one at a time.
 */
#ifndef PLENARY_CLIENTS_REPLY_H
#define PLENARY_CLIENTS_REPLY_H

#include "clients/lib/plenary.h"

/* NULL: it cannot be read, or no memory is left. Given: reply_free. */
Plenary__V1__Reply *reply_unpack(const uint8_t *packed, size_t size);

/* Of reply_unpack alone, or NULL. */
void reply_free(Plenary__V1__Reply *reply);

#endif
