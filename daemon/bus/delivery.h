/*
 * delivery - one change of the journal as one view hears it.
 *
 * A change is heard when the image before it or after it matches, each as the subscriber may see
 * it. A record that leaves the view arrives as a bare `withdrawn`, the same in every case, so that
 * it cannot be told why. Where a record comes into sight or goes out of it, those that refer to it
 * are shown otherwise from then on, and are heard again. Loop's thread only, with a snapshot.
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

    /* The event that came into sight or went out of it by this change, as those that see all of
     * them never hear it; in `scratch`. NULL: none did. */
    const Change *turned;
} Heard;

/* Those in sight that refer to an event that turned. */
typedef struct Referring {
    uint64_t sequence; /* of the change by which it turned */
    char time[INSTANT_TEXT_SIZE];
    uint32_t numbers[BATCH_AGAIN];
    size_t count;
    bool too_many;
} Referring;

/* False: the change cannot be read, or an arena is full. */
bool delivery_make(const DeliveryContext *context, Bytes packed, Heard *heard);

/* Who refers to `turned`, as it is now. */
void delivery_find_referring(const DeliveryContext *context, const Change *turned,
                             Referring *referring);

/* One of them, as the subscriber may see it now; not heard where it does not match. False: as of
 * delivery_make. */
bool delivery_make_again(const DeliveryContext *context, const Referring *referring,
                         uint32_t number, Heard *heard);

#endif
