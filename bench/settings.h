/*
 * settings - what the command line asks for.
 */
#ifndef PLENARY_BENCH_SETTINGS_H
#define PLENARY_BENCH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SETTINGS_RECORDS_DEFAULT = 10000,
    SETTINGS_RECORDS_MAX = 10000000,
    SETTINGS_IN_FLIGHT_DEFAULT = 64,
    SETTINGS_IN_FLIGHT_MAX = 1024,
};

typedef struct Settings {
    size_t records;
    size_t in_flight;
    uint64_t seed;
    bool json;
    const char *home;
    const char *plenaryd;
    bool questions;     /* only these, at Plenary and at the databases */
    bool varied;        /* generate_event_varied */
    bool alone;         /* questions at Plenary only */
    const char *only;   /* NULL, or the name of one question */
    const char *keep;   /* NULL: a folder of this run alone */
    size_t generate;    /* 0: measure */
    const char *output; /* of generate; NULL: stdout */
} Settings;

/* False: the program ends with *exit_code; help or an error was printed. */
bool settings_read(Settings *self, int argc, char **argv, int *exit_code);

#endif
