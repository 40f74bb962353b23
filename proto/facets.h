/*
 * facets - a record's keys: what it can be found and heard by.
 *
 * A pure function from an event to a set of texts "name=value". Values are folded (words_fold)
 * except codes. One table holds every facet's name, what it means and who may ask for it; query,
 * index, stream and command line all read that table.
 *
 * A word of the text has one key, however often and wherever it is written, with the mark (mark.h)
 * of the best place. A word that is its own stem has no second key: who asks for a stem looks for
 * the word as well.
 */
#ifndef PLENARY_PROTO_FACETS_H
#define PLENARY_PROTO_FACETS_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/recurrence.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a facet's values are written. */
typedef enum FacetForm {
    FACET_CODE,   /* as it is: enum names in lower case, country codes in upper case, ids */
    FACET_FOLDED, /* folded text */
} FacetForm;

/* Who may use it in a query. */
typedef enum FacetUse {
    FACET_ASKED,    /* anybody */
    FACET_GUARDED,  /* tlp, audience: only those who may see all */
    FACET_INTERNAL, /* never asked for by name */
} FacetUse;

/* id, name, form, use, one line of help */
#define FACET_TABLE(X)                                                                             \
    X(ALL, "all", CODE, INTERNAL, "every event that is in the views")                              \
    X(KIND, "kind", CODE, ASKED, "meeting, conference, training or webinar")                       \
    X(CATEGORY, "category", FOLDED, ASKED, "free category: \"bilateral meeting\"")                 \
    X(STATUS, "status", CODE, ASKED, "tentative, confirmed, postponed, cancelled or held")         \
    X(FORMAT, "format", CODE, ASKED, "in_person, online or hybrid")                                \
    X(COUNTRY, "country", CODE, ASKED, "country of the venue, two letters")                        \
    X(CITY, "city", FOLDED, ASKED, "city of the venue")                                            \
    X(VENUE, "venue", FOLDED, INTERNAL, "name and room of the venue: \"hall / 5\"")                \
    X(ORG, "org", FOLDED, ASKED, "an organisation in any role")                                    \
    X(ORG_ORGANISER, "org.organiser", FOLDED, ASKED, "organised by it")                            \
    X(ORG_CO_ORGANISER, "org.co_organiser", FOLDED, ASKED, "co-organised by it")                   \
    X(ORG_HOST, "org.host", FOLDED, ASKED, "hosted by it")                                         \
    X(ORG_SPONSOR, "org.sponsor", FOLDED, ASKED, "sponsored by it")                                \
    X(ORG_PARTNER, "org.partner", FOLDED, ASKED, "with it as a partner")                           \
    X(ORG_PARTICIPANT, "org.participant", FOLDED, ASKED, "attended by it")                         \
    X(ORG_OBSERVER, "org.observer", FOLDED, ASKED, "observed by it")                               \
    X(PERSON, "person", FOLDED, ASKED, "a participant's name")                                     \
    X(HEAD, "head", FOLDED, INTERNAL, "an organisation with a head of delegation at it")           \
    X(TOPIC, "topic", FOLDED, ASKED, "a topic")                                                    \
    X(SERIES, "series", FOLDED, ASKED, "name of the series")                                       \
    X(PART_OF, "part_of", CODE, ASKED, "id of the event it is part of")                            \
    X(TLP, "tlp", CODE, GUARDED, "clear, green, amber, amber_strict or red")                       \
    X(AUDIENCE, "audience", CODE, GUARDED,                                                         \
      "a group or organisation it is restricted to, * for none")                                   \
    X(MONTH, "month", CODE, INTERNAL, "a local month it or an instance of it touches, 2022-03")    \
    X(BEGINS, "begins", CODE, INTERNAL, "the local month it starts in")                            \
    X(YEAR, "year", CODE, INTERNAL, "a local year it touches, of events over ten years long")      \
    X(RECURRING, "recurring", CODE, INTERNAL, "has a recurrence rule")                             \
    X(REFERS, "refers", CODE, INTERNAL, "id of an event it refers to")                             \
    X(WORD, "word", FOLDED, INTERNAL, "a folded word of its text, with its mark")                  \
    X(STEM, "stem", FOLDED, INTERNAL, "the stem of a word, where it is not the word, with its mark")

typedef enum Facet {
#define FACET_MEMBER(id, name, form, use, help) FACET_##id,
    FACET_TABLE(FACET_MEMBER)
#undef FACET_MEMBER
        FACET_COUNT
} Facet;

typedef uint64_t FacetMask; /* bit (1 << Facet) */
#define FACET_BIT(facet) ((FacetMask)1 << (facet))
#define FACETS_EVERY     (FACET_BIT(FACET_COUNT) - 1)

/* All roles of an organisation, and the organisation in any of them. */
#define FACETS_OF_ORG (FACET_BIT(FACET_ORG_OBSERVER + 1) - FACET_BIT(FACET_ORG))

/* What counts may be split by: facets whose values tell nothing of a person. */
#define FACETS_COUNTED                                                                             \
    (FACET_BIT(FACET_KIND) | FACET_BIT(FACET_CATEGORY) | FACET_BIT(FACET_STATUS) |                 \
     FACET_BIT(FACET_FORMAT) | FACET_BIT(FACET_COUNTRY) | FACET_BIT(FACET_CITY) | FACETS_OF_ORG |  \
     FACET_BIT(FACET_TOPIC) | FACET_BIT(FACET_SERIES) | FACET_BIT(FACET_TLP) |                     \
     FACET_BIT(FACET_AUDIENCE) | FACET_BIT(FACET_MONTH) | FACET_BIT(FACET_YEAR))

typedef struct FacetInfo {
    const char *name;
    FacetForm form;
    FacetUse use;
    const char *help;
} FacetInfo;

enum {
    FACET_KEY_MAX = 500,   /* bytes of "name=value"; LMDB refuses keys over 511 */
    FACET_LONG_YEARS = 10, /* an event longer than this is kept by year, not by month; of one that
                            * recurs, months are told for so long */
};

/* One facet of a record: "name=value", not NUL-terminated, lent until the callback returns.
 * Each is given once, unless the arena is full. */
typedef void facet_fn(void *context, Facet facet, const char *key, size_t length);

/* Lent, static. `facet` is below FACET_COUNT. */
const FacetInfo *facet_info(Facet facet);

/* The facet called `name`; false: there is none. */
bool facet_find(const char *name, Facet *facet);

/* Every facet of `event` whose bit is in `mask`. The event is valid (validate_event). Scratch
 * memory comes from `arena`. */
void facets_of_event(const Event *event, FacetMask mask, Words *words, Zones *zones, Arena *arena,
                     facet_fn *each, void *context);

/* Of a series that goes on for longer, what touches months from this local second on is no facet.
 */
int64_t facets_series_told_until_s(const Series *series);

/* The key under which `facet` keeps `value`, folded as its form asks (names of enumerators in lower
 * case, countries in upper case), a value over FACET_KEY_MAX hashed (BLAKE2b-128, hexadecimal after
 * "#"). Taken from the arena; NULL: the arena is full. */
const char *facet_key(Facet facet, const char *value, Words *words, Arena *arena);

/* A folded value is kept under a second key where it folds in two ways (words_fold_other); who asks
 * looks in both. NULL: there is no second key, or the arena is full. */
const char *facet_key_other(Facet facet, const char *value, Words *words, Arena *arena);

#endif
