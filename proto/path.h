/*
 * path - the name of a field within a record: "participants[2].role".
 *
 * Plain memory of a fixed size; a path too long is cut, never wrong in what it shows. Enter a
 * field, use `text`, leave it again with the mark that entering gave.
 */
#ifndef PLENARY_PROTO_PATH_H
#define PLENARY_PROTO_PATH_H

#include "proto/status.h"

#include <stddef.h>

typedef struct Path {
    char text[PROBLEM_FIELD_SIZE];
    size_t length;
} Path;

/* A path that begins as `text`; "" for the top. */
Path path_from(const char *text);

/* Appends a field's name. Control characters show as '?'. */
size_t path_enter(Path *self, const char *name);

/* Appends the position in a list: "[2]". */
size_t path_enter_at(Path *self, size_t index);

void path_leave(Path *self, size_t mark);

#endif
