/*
 * views - what the journal says now, kept so that questions are answered fast.
 *
 * Base tables in LMDB as of some sequence B, and in memory a delta with the same tables for the
 * changes after B; a read looks in the active delta, the frozen one, then the base, and the three
 * read as one. A checkpointer thread folds the frozen delta into the base in small transactions.
 * Folding is idempotent: in a delta the last operation on a key wins and never cancels out.
 *
 * All functions belong to the loop's thread. Keys and values are bytes; keys order by memcmp, so
 * numbers in them are big-endian. What the tables' bytes mean is daemon/registry's business.
 */
#ifndef PLENARY_STORE_VIEWS_H
#define PLENARY_STORE_VIEWS_H

#include "daemon/store/journal.h"
#include "proto/status.h"

#include <roaring/roaring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Key-value tables; the facets' bitmaps are apart. */
#define VIEW_TABLES(X)                                                                             \
    X(HEADS, "heads")                 /* event number -> head */                                   \
    X(VERSIONS, "versions")           /* event number, revision -> sequence */                     \
    X(NAMES, "names")                 /* id, or (uid, recurrence_id) -> number */                  \
    X(UPDATES, "updates")             /* head sequence of an event -> its number */                \
    X(ORGANISATIONS, "organisations") /* id -> head sequence */                                    \
    X(PRINCIPALS, "principals")       /* name -> head sequence */                                  \
    X(REQUESTS, "requests")           /* request id, principal -> body hash, sequence */           \
    X(ERASURES, "erasures")           /* sequence of what was written anew -> content digest */

typedef enum ViewTable {
#define VIEW_MEMBER(id, name) VIEW_##id,
    VIEW_TABLES(VIEW_MEMBER)
#undef VIEW_MEMBER
        VIEW_TABLE_COUNT
} ViewTable;

enum {
    VIEWS_VERSIONS_SIZE = 160, /* text naming the data that the views were built with */
};

typedef struct Views Views;

typedef struct ViewsConfig {
    const char *folder;
    uint64_t map_bytes;
    size_t delta_bytes_freeze; /* an active delta of this size is frozen and folded */
    size_t delta_bytes_max;    /* active and frozen together; beyond it views_full */
    uint32_t fold_keys;        /* keys in one fold transaction: 2,000 */
    uint32_t fold_pause_ms;    /* between fold transactions: 2 */
    uint32_t fold_stop_after;  /* for tests of crashes: each fold stops for good after so many
                                  transactions, its mark unmoved; 0: never */
} ViewsConfig;

/* Where the base stands. */
typedef struct ViewsMark {
    uint32_t epoch;
    uint64_t sequence;                    /* B: the last change folded in; 0: a new base */
    uint8_t digest[JOURNAL_DIGEST_BYTES]; /* of that change */
    char versions[VIEWS_VERSIONS_SIZE];   /* of tzdata, ICU, Snowball, layout */
    uint8_t request_floor[16];            /* request ids below it are refused; never falls */
} ViewsMark;

/* INTERNAL: the views are damaged or another program's; the journal can rebuild them. */
StatusCode views_open(const ViewsConfig *config, Views **self, Problem *problem);

/* Stops the checkpointer midway if it is folding (the base stays right), closes. What the delta
 * held is replayed at the next start. */
void views_close(Views **self);

/* The base's mark as it was when it was opened or last folded. Lent. */
const ViewsMark *views_mark(const Views *self);

/* --- applying: the active delta. Never reads the views. --- */

/* facet is "name=value". */
void views_facet_add(Views *self, const char *facet, size_t length, uint32_t number);
void views_facet_remove(Views *self, const char *facet, size_t length, uint32_t number);
void views_put(Views *self, ViewTable table, Bytes key, Bytes value);
void views_delete(Views *self, ViewTable table, Bytes key);

/* The delta now holds everything up to and with this change. What was put after the last such
 * call is folded too, with the mark of that call. */
void views_applied(Views *self, const ViewsMark *mark);

/* --- reading --- */

void views_renew(Views *self);
void views_release(Views *self);

/* The events with this facet; never NULL. Given: roaring_bitmap_free. Unreadable bytes in the base
 * count as none; views_state then tells a failure. */
roaring_bitmap_t *views_facet(Views *self, const char *facet, size_t length);

/* How much of a facet lies where: numbers in the base, and changes to these in memory. */
typedef struct ViewsFacetSize {
    uint64_t base;
    uint64_t delta;
} ViewsFacetSize;

ViewsFacetSize views_facet_size(Views *self, const char *facet, size_t length);

/* False: no such key. The value is lent until the next put, delete, renew or release. */
bool views_get(Views *self, ViewTable table, Bytes key, Bytes *value);

/* Entries of a table with keys from `first` on, in order, until `each` gives false. */
typedef bool view_fn(void *context, Bytes key, Bytes value);
void views_scan(Views *self, ViewTable table, Bytes first, view_fn *each, void *context);

/* The same from the last key below `before` downwards; `before` empty: from the very last. */
void views_scan_back(Views *self, ViewTable table, Bytes before, view_fn *each, void *context);

/* Facets that begin with `prefix` ("begins="), from the facet `first` ("begins=2021") on
 * (inclusive, it need not exist; empty or NULL: from the end where the walk begins), in order,
 * downwards if asked, until `each` gives false. A facet may be named whose bitmap is empty. */
typedef bool facet_name_fn(void *context, const char *facet, size_t length);
void views_facet_names(Views *self, const char *prefix, const char *first, bool descending,
                       facet_name_fn *each, void *context);

/* --- checkpointing --- */

typedef struct ViewsState {
    size_t delta_bytes; /* active and frozen */
    uint64_t file_bytes;
    uint64_t base_sequence;
    bool folding;
    bool full;         /* delta_bytes_max is reached: no more changes may be decided */
    char failure[160]; /* why the last fold or read failed, "" where none did */
} ViewsState;

ViewsState views_state(const Views *self);

/* To be called once a turn: takes the checkpointer's answers, grows the map, and freezes and
 * folds when the delta is over its size or `force` is set. Holds no read snapshot on return:
 * views_renew follows. */
void views_tick(Views *self, bool force);

/* Writes the base anew, without what was deleted in it: what is in memory is folded first, then
 * nothing is folded until the new file has taken the old one's place, which views_tick does. One at
 * a time. */
void views_compact(Views *self);

/* True, once: it is over, and ended so. */
bool views_compacted(Views *self, Compacted *compacted);

/* Bytes that the new file has so far. */
uint64_t views_compacted_bytes(const Views *self);

/* A zsock_t to poll for input: views_tick has something to do. */
void *views_socket(Views *self);

/* Folds everything and waits for it; for a clean stop and for rebuilding. Compacting is given up.
 */
StatusCode views_fold_all(Views *self, Problem *problem);

#endif
