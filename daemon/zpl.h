/*
 * zpl - reads a ZPL file (ZeroMQ RFC 4) strictly.
 *
 * czmq's zconfig cuts values at an unquoted '#', keeps the first of two equal keys and says nothing
 * of a bad line. So the form is checked first, line by line, and only then given to zconfig. Pure.
 */
#ifndef PLENARY_DAEMON_ZPL_H
#define PLENARY_DAEMON_ZPL_H

#include "proto/status.h"

enum {
    ZPL_ENTRIES_MAX = 128,
    ZPL_PATH_SIZE = 96,
    ZPL_DEPTH_MAX = 4,
};

typedef struct ZplEntry {
    char path[ZPL_PATH_SIZE]; /* "views/fold_keys" */
    unsigned line;            /* from 1 */
    const char *value;        /* NULL: a section. Lent by the Zpl. */
} ZplEntry;

typedef struct Zpl Zpl;

/* `text` is NUL-terminated and has `size` bytes. INVALID_ARGUMENT: "line 3: ...". */
StatusCode zpl_read(const char *text, size_t size, Zpl **self, Problem *problem);
void zpl_destroy(Zpl **self);

size_t zpl_count(const Zpl *self);
const ZplEntry *zpl_entry(const Zpl *self, size_t position);

#endif
