/*
 * align - which elements of two lists are the same one.
 *
 * What is alike at both ends is matched first; in between, texts and numbers by what they are, and
 * messages by what they are called (name, id, title, language). So a name that goes from the front
 * of a list is one difference, and not one in every place behind it. Pure.
 */
#ifndef PLENARY_PROTO_ALIGN_H
#define PLENARY_PROTO_ALIGN_H

#include "proto/arena.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    ALIGN_PRODUCT_MAX = 1 << 20, /* of both lengths; beyond it by position */
};

#define ALIGN_NONE SIZE_MAX

/* Positions in the two lists; ALIGN_NONE: it is only in the other one. */
typedef struct AlignPair {
    size_t before;
    size_t after;
} AlignPair;

/* Pairs for every element of the repeated `field` of both, in the order of the list after, what is
 * gone at the place that it had. `before` and `after` may be NULL. Elements that only stand in
 * another order are paired by position. NULL: the arena is full. */
AlignPair *align_lists(const ProtobufCMessage *before, const ProtobufCMessage *after,
                       const ProtobufCFieldDescriptor *field, Arena *arena, size_t *count);

/* Are two values of the field's type the same? */
bool align_same(const ProtobufCFieldDescriptor *field, const void *before, const void *after);

/* What a message is called: its name, id, title or language, whichever is there first. NULL: by
 * none of these. Lent. */
const char *align_label(const ProtobufCMessage *message);

#endif
