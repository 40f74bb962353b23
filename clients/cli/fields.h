/*
 * fields - options of the command line become fields of a record.
 *
 * Works on the record as JSON, so that every value is read and checked by the same code as a
 * file's: an option is a path in the record. The names of organisations are looked up in the
 * directory. Gives an exit code; what is wrong was complained about.
 */
#ifndef PLENARY_CLI_FIELDS_H
#define PLENARY_CLI_FIELDS_H

#include "clients/cli/session.h"

typedef enum FieldForm {
    FIELD_TEXT,
    FIELD_FLAG,
    FIELD_ORGANISATION, /* one, by its id or a name */
    /* lists: */
    FIELD_LIST,         /* of texts */
    FIELD_NAMED,        /* of organisations: ids, or names */
    FIELD_INVOLVEMENTS, /* of organisations in their roles */
    FIELD_PARTICIPANTS,
    FIELD_STANDINGS,
    FIELD_KEYS, /* of a principal */
} FieldForm;

typedef struct Field {
    const char *option;
    const char *parent; /* NULL: the record itself */
    const char *name;
    FieldForm form;
} Field;

/* The fields of one kind of record, and the groups of their options. */
typedef struct FieldTable {
    const Field *fields;
    size_t count;
    OptionGroups groups;
} FieldTable;

enum {
    FIELDS_MAX = 64, /* of one table */
};

extern const FieldTable event_fields;
extern const FieldTable organisation_fields;
extern const FieldTable outcome_fields;
extern const FieldTable principal_fields;
extern const FieldTable key_fields;

/* Puts every field that was given into `record`. The first value of a list replaces what is
 * there, an empty one clears, --add-… and --remove-… change it. */
int fields_apply(Session *session, const FieldTable *table, json_t *record);

/* The same, but lists are added to and not replaced. */
int fields_append(Session *session, const FieldTable *table, json_t *record);

#endif
