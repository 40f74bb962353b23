/*
 * topics - what a change is broadcast under: the texts that a listener's subscription begins.
 *
 * Of an event "country=UZ;" and the like, one for each facet that TOPICS_FACETS names; of an
 * organisation "organisation=unodc;"; of both "all;". The ";" ends it, so that a subscription to
 * "country=U;" hears nothing of Uzbekistan. Within a value ";", "%" and control characters are
 * written as "%" and two hexadecimal digits. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_TOPICS_H
#define PLENARY_DAEMON_BUS_TOPICS_H

#include "daemon/bus/delivery.h"
#include "proto/facets.h"

enum {
    TOPICS_BYTES_MAX = 3 * FACET_KEY_MAX + 1, /* of one topic, its ";" with it */
};

/* No person, word, audience or marking. */
#define TOPICS_FACETS                                                                              \
    (FACET_BIT(FACET_ALL) | FACET_BIT(FACET_KIND) | FACET_BIT(FACET_CATEGORY) |                    \
     FACET_BIT(FACET_STATUS) | FACET_BIT(FACET_FORMAT) | FACET_BIT(FACET_COUNTRY) |                \
     FACET_BIT(FACET_CITY) | FACET_BIT(FACET_ORG) | FACET_BIT(FACET_ORG_ORGANISER) |               \
     FACET_BIT(FACET_ORG_CO_ORGANISER) | FACET_BIT(FACET_ORG_HOST) |                               \
     FACET_BIT(FACET_ORG_SPONSOR) | FACET_BIT(FACET_ORG_PARTNER) |                                 \
     FACET_BIT(FACET_ORG_PARTICIPANT) | FACET_BIT(FACET_ORG_OBSERVER) | FACET_BIT(FACET_TOPIC) |   \
     FACET_BIT(FACET_SERIES) | FACET_BIT(FACET_PART_OF) | FACET_BIT(FACET_MONTH))

/* One topic, with a NUL after its `length` bytes; lent until it returns. */
typedef void topic_fn(void *context, const char *topic, size_t length);

/* Every topic of what was heard, by the images before and after it, each once; none where it has
 * neither. Scratch memory is taken from `arena`, which is not reset. */
void topics_of(State *state, const Heard *heard, Arena *arena, topic_fn *each, void *context);

/* Writes the topic of a facet's key, or of an organisation's; gives its length. */
size_t topics_print(const char *key, size_t length, char topic[static TOPICS_BYTES_MAX + 1]);

#endif
