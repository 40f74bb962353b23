/*
 * change_json - a change as one line of JSON, for programs.
 *
 * Any thread.
 */
#ifndef PLENARY_CLIENTS_CHANGE_JSON_H
#define PLENARY_CLIENTS_CHANGE_JSON_H

#include "proto/contract.h"

#include <jansson.h>

/* {"sequence": 15, "action": "revised", "relation": "changed", ...what `more` has..., "event":
 * {...}, ...} and a newline; what a reader looks for first comes first. `relation` unspecified is
 * left out; `more` is an object, lent, or NULL. Given: free(). NULL: no memory. */
char *change_json_line(const Change *change, Plenary__V1__Delivery__Relation relation,
                       json_t *more);

#endif
