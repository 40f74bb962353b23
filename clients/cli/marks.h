/*
 * marks - what is noted of participants: how they answered, whether they came.
 *
 * A Mark is a person, as they were named on the command line or in a sheet, and a value. All marks
 * change an event at once or none does. Gives an exit code; what is wrong was complained about,
 * with the sheet's line and column.
 */
#ifndef PLENARY_CLI_MARKS_H
#define PLENARY_CLI_MARKS_H

#include "clients/cli/session.h"
#include "proto/words.h"

#include <jansson.h>

enum {
    MARKS_MAX = 1024,       /* of one event: as many as it may have participants */
    MARKS_COMPLAINTS = 20,  /* of one sheet */
    MARKS_TOLD_BY_NAME = 4, /* more are told as counts */
};

/* Which field is marked. */
typedef struct MarkField {
    const char *name; /* "attendance" */
    const ProtobufCEnumDescriptor *values;
} MarkField;

extern const MarkField mark_response;
extern const MarkField mark_attendance;

typedef struct Mark {
    const json_t *person; /* name, email, and what else is known; held by Marks.people */
    const char *value;
    size_t line; /* of the sheet; 0: of the command line */
} Mark;

typedef struct Marks {
    Session *session;
    const MarkField *field;
    const char *file; /* the sheet; NULL: the command line */
    bool adds;        /* who is not on the list is put on it */
    size_t blank;     /* rows of the sheet that mark nobody */
    json_t *people;   /* the persons of all marks */
    Mark *marks;
    size_t count;
    Words *words;
} Marks;

/* An empty one, for as many marks as there may be. */
int marks_open(Marks *self, Session *session, const MarkField *field);
void marks_close(Marks *self);

/* Takes over `person`. More than MARKS_MAX are refused. */
int marks_add(Marks *self, json_t *person, const char *value, size_t line);

/* The words NAME VALUE, in pairs. */
int marks_read_words(Marks *self, const char *const *words, size_t count);

/* A change_fn of revise.h; the context is a Marks. */
int marks_change(void *context, json_t *event, const char **what);

#endif
