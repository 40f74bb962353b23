/*
 * columns - what sorting and time ranges need of every event, in memory by its number.
 *
 * A part of the heads, held whole (24 bytes an event), because a page in the order of time looks
 * at the heads of a whole month and a look-up in LMDB costs ten times this one. Filled from the
 * heads at the start and kept by apply. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_COLUMNS_H
#define PLENARY_REGISTRY_COLUMNS_H

#include "daemon/registry/layout.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Column {
    int64_t local_start_s;
    int64_t local_end_s;
    uint64_t sequence : 63; /* of the head's change; 0: there is no such event */
    uint64_t recurs : 1;    /* the times are those of its first instance */
} Column;

typedef struct Columns {
    Column *rows; /* by event number; row 0 is empty */
    size_t count; /* rows that there are */
} Columns;

void columns_free(Columns *self);

/* Takes a head's part over. False: no memory. */
bool columns_put(Columns *self, uint32_t number, const Head *head);

/* The processor may begin to fetch what columns_find will look at. */
void columns_fetch(const Columns *self, uint32_t number);

/* NULL: there is no such event. Lent until the next put. */
const Column *columns_find(const Columns *self, uint32_t number);

#endif
