/*
 * requests - the one table of verbs: what each needs, and who handles it.
 *
 * A verb that reads has an answer function, one that writes a claim and a decide function, one
 * whose work goes on beside the turns a begin function. The registry dispatches by this table
 * alone; adding a verb is adding a row. Static data.
 */
#ifndef PLENARY_REGISTRY_REQUESTS_H
#define PLENARY_REGISTRY_REQUESTS_H

#include "daemon/registry/answer.h"
#include "daemon/registry/decide.h"
#include "daemon/registry/errand.h"

typedef struct RequestRow {
    Plenary__V1__Request__VerbCase verb;
    const char *name;
    Permission permission;
    answer_fn *answer; /* of a verb that reads */
    claim_fn *claim;   /* of a verb that writes */
    decide_fn *decide;
    begin_fn *begin; /* of a verb that is answered when its work is done */
} RequestRow;

/* The verb's row; NULL: it is none of ours (or none at all). */
const RequestRow *requests_find(Plenary__V1__Request__VerbCase verb);

#endif
