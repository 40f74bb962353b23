/*
 * filters - options of the command line that make a Query.
 *
 * --kind, --country, --org ... are facets: the same one several times means any of the values,
 * different ones mean all of them, --not-… excludes. --from, --to, --on and --next are dates. The
 * rows of the options are here too, for programs to put into their tables. Pure: the day that is
 * today is given.
 */
#ifndef PLENARY_CLIENTS_FILTERS_H
#define PLENARY_CLIENTS_FILTERS_H

#include "clients/lib/options.h"
#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <stdbool.h>

/* The groups that the rows belong to; programs give theirs other bits. */
enum FiltersGroup {
    FILTERS_GROUP = 1, /* what matches */
    FILTERS_SORT = 2,  /* in which order */
    FILTERS_GROUPS = FILTERS_GROUP | FILTERS_SORT,
};

enum {
    FILTERS_SPAN_DAYS_MAX = 36525, /* of --next */
};

/* Ends with a row without a name. */
extern const Option filters_options[];

/* Reads the filters among the arguments. *query is taken from the arena. INVALID_ARGUMENT: the
 * violations name the options. */
StatusCode filters_read(const Arguments *arguments, const Moment *today, Arena *arena,
                        Query **query, Problem *problem);

/* Is `kind` a kind of event? False: `message` says what was probably meant. */
bool filters_know_kind(const char *kind, char message[static PROBLEM_MESSAGE_SIZE]);

/* A stretch of days as people write it: "2022-03-03", "2022-03", "2022", "today", "tomorrow",
 * "yesterday". Both days are in it. False: it is none. */
bool filters_days(const char *text, const Moment *today, Moment *first, Moment *last);

#endif
