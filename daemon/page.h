/*
 * page - the manual pages plenaryd(8) and plenaryd.zpl(5), for the build.
 *
 * Written from the tables of options and keys. Main thread.
 */
#ifndef PLENARY_DAEMON_PAGE_H
#define PLENARY_DAEMON_PAGE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct OptionRow {
    const char *name;
    const char *argument; /* NULL: it takes none */
    char letter;
    const char *help;
} OptionRow;

/* Prints the page that the command line asks for: --manual DATE, or --manual-zpl DATE. False: it
 * asks for none. */
bool page_print(int argc, char *const *argv, const OptionRow *rows, size_t count);

#endif
