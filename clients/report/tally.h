/*
 * tally - in how many events each organisation takes part, and in which roles.
 *
 * Organisations are told apart by how events refer to them (directory.h). An event counts once for
 * an organisation, and once in each role, however often it says so. Of more than TALLY_NAMES_MAX
 * organisations, those that come later are left out and counted. One thread.
 */
#ifndef PLENARY_REPORT_TALLY_H
#define PLENARY_REPORT_TALLY_H

#include "clients/report/directory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TALLY_NAMES_MAX = 50 * 1000,
    TALLY_ROLES = PLENARY__V1__INVOLVEMENT__ROLE__OBSERVER + 1, /* the first: no role given */
};

typedef struct TallyRow {
    const char *reference; /* id or name */
    uint32_t events;
    uint32_t roles[TALLY_ROLES];
    uint32_t last_event; /* the one that was counted last, from 1, and the roles in it */
    uint32_t last_roles;
} TallyRow;

typedef struct Tally Tally;

/* NULL: no memory. */
Tally *tally_new(void);

/* Takes NULL and a pointer to NULL. */
void tally_destroy(Tally **self);

/* Counts the organisations of one more event. */
void tally_add(Tally *self, const Event *event);

/* How many organisations are here, and how often one was left out. */
size_t tally_count(const Tally *self);
size_t tally_left_out(const Tally *self);

/* The rows, those with most events first, then by the directory's name. Given: free() the array;
 * rows are lent. NULL: no memory. */
const TallyRow **tally_rows(const Tally *self, const Directory *directory);

#endif
