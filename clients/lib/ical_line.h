/*
 * ical_line - the content lines of iCalendar (RFC 5545 section 3.1), read and written.
 *
 * A line is a name, parameters and a value; on the way it is folded at 75 octets, never within a
 * character. What is written here can be read by any parser: control characters cannot pass, texts
 * are escaped, parameters quoted where they must be and encoded as RFC 6868 says.
 *
 * One thread at a time. The file is the caller's.
 */
#ifndef PLENARY_CLIENTS_ICAL_LINE_H
#define PLENARY_CLIENTS_ICAL_LINE_H

#include "proto/arena.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    ICAL_LINE_OCTETS_MAX = 75,                /* of a folded line, its end not counted */
    ICAL_CONTENT_BYTES_MAX = 4 * 1024 * 1024, /* of an unfolded line that is read */
    ICAL_PARAMETERS_MAX = 64,                 /* of one line */
};

/* --- writing --- */

/* Writes one line: begin, any number of parameters, then one of the values. What the file does not
 * take is told by ferror. */
typedef struct IcalPen {
    FILE *file;
    size_t column; /* octets that the folded line has */
} IcalPen;

void ical_begin(IcalPen *self, const char *name);

/* NULL and "" are left out. */
void ical_parameter(IcalPen *self, const char *name, const char *value);

/* The value as TEXT, escaped, and the line's end. */
void ical_text(IcalPen *self, const char *value);

/* One more text of a list, as CATEGORIES has it: a comma goes before all but the first. The list
 * is ended by ical_end. */
void ical_list_text(IcalPen *self, const char *value, bool first);

/* The value as it is (a URI, a moment, a rule), and the line's end. */
void ical_raw(IcalPen *self, const char *value);

void ical_end(IcalPen *self);

/* A whole line whose value is a text, or nothing where it is NULL. */
void ical_text_line(IcalPen *self, const char *name, const char *value);
void ical_raw_line(IcalPen *self, const char *name, const char *value);

/* Letters, digits and hyphens, which a name is made of? */
bool ical_is_name(const char *text);

/* --- reading --- */

typedef struct IcalParameter {
    const char *name; /* in upper case */
    const char *value;
} IcalParameter;

typedef struct IcalLine {
    const char *name; /* in upper case */
    IcalParameter *parameters;
    size_t parameter_count;
    const char *value; /* as it stands; ical_unescape makes a text of it */
    size_t number;     /* of the first of its folded lines, from 1 */
} IcalLine;

typedef struct IcalSource IcalSource;

/* Reads from where the file is; NULL: no memory. */
IcalSource *ical_source_new(FILE *file);
void ical_source_destroy(IcalSource **self);

/* The next line that is not empty, in the arena. NOT_FOUND: the file is at its end.
 * INVALID_ARGUMENT: it is none; the ones after it can be read. RESOURCE_EXHAUSTED: it does not fit.
 * *number is set in all cases. */
StatusCode ical_source_next(IcalSource *self, Arena *arena, IcalLine *line, size_t *number,
                            Problem *problem);

/* The value of a parameter, or NULL. */
const char *ical_find_parameter(const IcalLine *line, const char *name);

/* A text as the value that ical_text writes, in the arena. NULL: it is full. */
char *ical_escape(const char *text, Arena *arena);

/* A TEXT value without its escapes. NULL: the arena is full. */
char *ical_unescape(const char *value, Arena *arena);

/* The first text of a list, without its escapes; *rest is what comes after its comma, or NULL.
 * NULL: the arena is full. */
char *ical_unescape_first(const char *value, const char **rest, Arena *arena);

#endif
