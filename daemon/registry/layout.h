/*
 * layout - what the bytes in the views' tables mean.
 *
 * Numbers in keys are big-endian, so that memcmp orders them; values are little-endian. Keys are
 * built in memory that the caller lends. Pure.
 */
#ifndef PLENARY_REGISTRY_LAYOUT_H
#define PLENARY_REGISTRY_LAYOUT_H

#include "daemon/store/views.h"
#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/id.h"
#include "proto/moment.h"

#include <stdbool.h>

enum {
    LAYOUT_VERSION = 6, /* raised with every change here or of what apply writes */
    LAYOUT_KEY_SIZE = 511,
};

/* A key with the memory it lies in. */
typedef struct Key {
    uint8_t bytes[LAYOUT_KEY_SIZE];
    size_t size;
} Key;

/* What is known of an event without reading its image. */
typedef struct Head {
    char id[ID_TEXT_SIZE];
    uint64_t sequence;
    uint32_t revision;
    bool withdrawn;
    bool recurs;                    /* the last image is that of a series, */
    bool overrides;                 /* or replaces an instance of one */
    Span span;                      /* of its first instance */
    Plenary__V1__Handling__Tlp tlp; /* of the last image; absent is green */
    char **audience;                /* in the arena of head_decode */
    size_t audience_count;
} Head;

Bytes key_bytes(const Key *key);

Key key_number(uint32_t number);                         /* heads */
Key key_version(uint32_t number, uint32_t revision);     /* versions */
Key key_sequence(uint64_t sequence);                     /* updates */
Key key_id(const char *id);                              /* names; also of a prefix of an id */
Key key_uid(const char *uid, const char *recurrence_id); /* names */
Key key_text(const char *text);                          /* organisations, principals */
Key key_request(const char *request_id, const char *principal);

/* The parts of keys and values; the bytes are as written here. */
uint32_t key_to_number(Bytes key);
uint64_t key_to_sequence(Bytes key);

/* Values that are one number. */
typedef struct Number {
    uint8_t bytes[8];
} Number;

Number number_encode(uint64_t value);
Bytes number_bytes(const Number *number);
uint64_t number_decode(Bytes value);

/* The head's value, in the arena; size 0: the arena is full. */
Bytes head_encode(const Head *head, Arena *arena);

/* False: the bytes are no head (a damaged base). Audience is left out where `arena` is NULL. */
bool head_decode(Bytes value, Head *head, Arena *arena);

/* The value of `requests`: hash of the body and sequence of the change. */
enum {
    REQUEST_HASH_BYTES = 32,
    REQUEST_VALUE_BYTES = REQUEST_HASH_BYTES + 8,
};
void request_value_encode(const uint8_t hash[static REQUEST_HASH_BYTES], uint64_t sequence,
                          uint8_t value[static REQUEST_VALUE_BYTES]);
bool request_value_decode(Bytes value, uint8_t hash[static REQUEST_HASH_BYTES], uint64_t *sequence);

#endif
