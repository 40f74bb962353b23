/*
 * lines - what a report says of one event, and of one outcome, in its tables.
 *
 * Copies of their own, made of a record that is lent, with the organisations as the directory calls
 * them. Long texts are cut. Any thread.
 */
#ifndef PLENARY_REPORT_LINES_H
#define PLENARY_REPORT_LINES_H

#include "clients/lib/wording.h"
#include "clients/report/directory.h"

enum {
    LINES_TEXT_BYTES_MAX = 400, /* of a reason or the text of an outcome */
    LINES_NAMES_MAX = 6,        /* organisations named in one cell */
};

/* Texts are NULL where the record says nothing. */
typedef struct EventLine {
    uint32_t number;
    uint32_t revisions; /* after it was registered */
    Plenary__V1__Event__Kind kind;
    Plenary__V1__Event__Status status;
    Plenary__V1__Event__Format format; /* 0: none is given */
    Plenary__V1__Handling__Tlp tlp;
    char when[WORDING_SIZE];  /* "" where there is no date */
    char moved[WORDING_SIZE]; /* the start before it was last moved; "" where it was not */
    char *title;
    char *language;
    char *category;
    char *zone; /* of timed events */
    char *city;
    char *country; /* name */
    char *organisers;
    char *reason;
    char *caveat;
    char *source;
    char *source_uri;
} EventLine;

typedef struct OutcomeLine {
    uint32_t event;
    Plenary__V1__Outcome__Kind kind;
    Plenary__V1__Outcome__State state; /* absent: open */
    char date[WORDING_SIZE];           /* "" where there is none */
    char due[WORDING_SIZE];
    char *title;
    char *text;
    char *language; /* of the event */
    char *organisations;
    char *event_title;
} OutcomeLine;

/* Given: event_line_free. */
EventLine *event_line_new(const Event *event, const Directory *directory);
void event_line_free(void *line);

/* Given: outcome_line_free. */
OutcomeLine *outcome_line_new(const Event *event, const Outcome *outcome,
                              const Directory *directory);
void outcome_line_free(void *line);

/* What an absent status, handling or state stands for. */
Plenary__V1__Event__Status event_status(const Event *event);
Plenary__V1__Handling__Tlp event_tlp(const Event *event);
Plenary__V1__Outcome__State outcome_state(const Outcome *outcome);

/* Whether it was moved: it once had another start than now. */
bool event_was_moved(const Event *event);

/* A bit for a role, to make a mask of several. */
#define LINES_ROLE(role) (1U << PLENARY__V1__INVOLVEMENT__ROLE__##role)

/* Organisations of an event in these roles as the directory calls them, "CARICC; OSCE"; at most
 * `most` of them, then "and 3 more". Given: g_free(). NULL: there are none. */
char *event_organisations(const Event *event, unsigned roles, size_t most,
                          const Directory *directory);

#endif
