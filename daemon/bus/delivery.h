/*
 * delivery - one change of the journal as one view hears it.
 *
 * A change is heard when the image before it or after it matches, each as the subscriber may see
 * it. A record that leaves the view arrives as a bare `withdrawn`, the same in every case, so that
 * it cannot be told why. Where a record comes into sight or goes out of it, those that refer to it
 * are shown otherwise from then on, and are heard again; so are those whose image an erasure wrote
 * anew. Loop's thread only, with a snapshot.
 */
#ifndef PLENARY_DAEMON_BUS_DELIVERY_H
#define PLENARY_DAEMON_BUS_DELIVERY_H

#include "daemon/bus/limits.h"
#include "daemon/bus/view.h"

typedef struct DeliveryContext {
    State *state;
    const View *view;
    Arena *scratch;    /* reset by every delivery_make */
    Arena *kept;       /* of what is made to be sent */
    bool wants_images; /* not of a view that sees all */
} DeliveryContext;

typedef struct Heard {
    Plenary__V1__Delivery__Relation relation; /* RELATION_UNSPECIFIED: it is not heard */
    Bytes change; /* packed; lent by the journal's snapshot or in `kept` */

    /* Where wants_images asks for them: by what it was heard, as the subscriber may see it. In
     * `scratch`; NULL: there is none. */
    const Event *before;
    const Event *after; /* none also where a bare `withdrawn` goes out */
    const Organisation *organisation;

    /* This change, where others are heard again because of it: an event came into sight or went out
     * of it by it (of which those that see all of them never hear), or it is an erasure. In
     * `scratch`. NULL: none are. */
    const Change *cause;
} Heard;

static inline bool delivery_is_heard(const Heard *self)
{
    return self->relation != PLENARY__V1__DELIVERY__RELATION__RELATION_UNSPECIFIED;
}

/* The events that are heard again because of one change. */
typedef struct Again {
    uint64_t sequence; /* of that change */
    char time[INSTANT_TEXT_SIZE];
    bool erased; /* by an erasure */
    uint32_t numbers[BATCH_AGAIN];
    size_t count;
    bool too_many;
} Again;

/* False: the change cannot be read, or an arena is full. */
bool delivery_make(const DeliveryContext *context, Bytes packed, Heard *heard);

/* Who is heard again because of `cause`: those that refer to its event, or whose images it wrote
 * anew, as they are now and as far as they are in sight. */
void delivery_find_again(const DeliveryContext *context, const Change *cause, Again *again);

/* One of them, as the subscriber may see it now; not heard where it does not match. Where its name
 * or text may be what it does not match by any more, a bare `erased` is. False: as of
 * delivery_make. */
bool delivery_make_again(const DeliveryContext *context, const Again *again, uint32_t number,
                         Heard *heard);

#endif
