/*
 * pairs - "key=value;key=value" as written on the command line, into the fields of a record.
 *
 * Values are not checked here: the record that they make is. Main thread.
 */
#ifndef PLENARY_CLI_PAIRS_H
#define PLENARY_CLI_PAIRS_H

#include <jansson.h>
#include <stddef.h>

typedef struct PairKey {
    const char *name;  /* as it is written */
    const char *field; /* of the record as JSON */
} PairKey;

typedef struct PairKeys {
    const char *what; /* how messages call it: "participant" */
    const PairKey *keys;
    size_t count;
} PairKeys;

enum {
    PAIR_KEYS_MAX = 16,
};

/* Puts each pair of `text`, which is changed, into the object; NULL and empty ones are passed over.
 * Gives an exit code. */
int pairs_read(const PairKeys *keys, char *text, json_t *object);

/* Sets one field where the value is not empty. */
int pairs_set(const PairKeys *keys, json_t *object, const char *field, const char *value);

#endif
