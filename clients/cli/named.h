/*
 * named - the images that name a person, gathered event by event.
 *
 * Filled by what the registry found, in the order of its changes; what is told of an event is told
 * of its latest image found. All of it lies in the arena of the session. Main thread.
 */
#ifndef PLENARY_CLI_NAMED_H
#define PLENARY_CLI_NAMED_H

#include "clients/cli/session.h"

enum {
    NAMED_PLACES_MAX = 16, /* told of one event */
};

typedef Plenary__V1__FindPersonReply__Image FoundImage;

typedef struct NamedPlace {
    const char *path;
    const char *excerpt; /* of a text; NULL: an entry, which goes whole */
} NamedPlace;

typedef struct NamedEvent {
    uint32_t number;
    const char *title;
    uint64_t images;
    size_t place_count;
    NamedPlace places[NAMED_PLACES_MAX];
} NamedEvent;

typedef struct Named {
    uint64_t *sequences; /* of the images that something can be taken out of */
    size_t sequence_count;
    size_t sequence_capacity;
    NamedEvent **events;
    size_t event_count;
    size_t event_capacity;
    bool in_texts; /* the name stands in other texts of some latest image */
    bool in_names; /* one of these is a participant's longer name */
} Named;

/* `with_texts`: something is to take the name's place in texts. False: no memory. */
bool named_add(Named *self, const FoundImage *image, bool with_texts, Arena *arena);

/* How many images there are, and where the name is in each event's latest: on standard output. */
int named_print(const Session *session, const Named *self);

/* A list of what texts hold the name, as JSON. NULL: no memory. */
json_t *named_texts(const Named *self);

#endif
