/*
 * rules - what the fields of every message that comes from outside must be.
 *
 * One table per message type: for each text its limit and its form, which fields must be there,
 * and one function for what several fields say together. `validate` walks a message and asks
 * here. A Checker is the walk's state: the rules add violations to its problem at its path.
 * Tables are static; a Checker belongs to one thread.
 */
#ifndef PLENARY_PROTO_RULES_H
#define PLENARY_PROTO_RULES_H

#include "proto/moment.h"
#include "proto/path.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECKER_NO_PLACE SIZE_MAX

typedef struct Checker {
    Zones *zones; /* lent; may be NULL where no schedule is checked */
    Problem *problem;
    Path path;
    const char *field;  /* below the path, whose value is being checked; NULL: none */
    size_t place;       /* in it, where it is a list; CHECKER_NO_PLACE: in none */
    size_t bytes_bound; /* what was checked cannot take more when it is packed */
    bool text_only;     /* no tables: only what holds for any message */
    bool wrong;
} Checker;

/* Adds a violation at the path. */
void check_refuse(Checker *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a violation at a field below the path ("schedule.start"). */
void check_refuse_in(Checker *self, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is the text of the form that its field asks for? It is valid UTF-8 without control characters
 * but newline and tab, not blank, within its limit. */
typedef void check_text_fn(Checker *self, const char *text);

/* Do the message's fields go together? */
typedef void check_message_fn(Checker *self, const ProtobufCMessage *message);

typedef enum RuleFlags {
    RULE_REQUIRED = 1, /* it must be there; a list must not be empty */
    RULE_BLANK = 2,    /* it may be empty text */
} RuleFlags;

typedef struct FieldRule {
    const char *field;
    unsigned flags;
    size_t bytes_max; /* of one text or bytes; 0: VALIDATE_SHORT_BYTES_MAX */
    size_t count_max; /* of a list; 0: VALIDATE_LIST_MAX */
    check_text_fn *check;
} FieldRule;

typedef enum MessageFlags {
    MESSAGE_ROOT = 1,   /* violations name fields from here on, not from the request */
    MESSAGE_WRITES = 2, /* a verb that writes: the request must have an id */
    MESSAGE_RECORD = 4, /* its packed size is bounded */
} MessageFlags;

typedef struct MessageRules {
    const ProtobufCMessageDescriptor *descriptor;
    unsigned flags;
    const FieldRule *fields;
    size_t field_count;
    check_message_fn *check;
} MessageRules;

/* The rules of a message type, NULL where it has none. Static. */
const MessageRules *rules_of(const ProtobufCMessageDescriptor *descriptor);

/* The rule of a field; of any field that has none of its own, and with `rules` NULL, a rule that
 * sets the usual limits. Static. */
const FieldRule *rules_field(const MessageRules *rules, const char *field);

#endif
