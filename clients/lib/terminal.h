/*
 * terminal - whether a stream is read by a person, how wide, and whether in colour.
 *
 * NO_COLOR (any value but the empty one), TERM=dumb and a stream that is no terminal mean no
 * colours. Reads the environment; any thread.
 */
#ifndef PLENARY_CLIENTS_TERMINAL_H
#define PLENARY_CLIENTS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    TERMINAL_WIDTH_DEFAULT = 80, /* columns, where nothing says another width */
    TERMINAL_WIDTH_MIN = 20,
};

typedef struct Terminal {
    bool is_terminal;
    bool colours;
    size_t width; /* columns */
} Terminal;

Terminal terminal_of(FILE *file);

#endif
