/*
 * config - what an operator may change, from one table of keys.
 *
 * No file is needed: every key has a default. Where there is one (plenaryd.zpl), every key in it
 * is checked, and one that is not known is refused with its line. Plain data; one thread.
 */
#ifndef PLENARY_DAEMON_CONFIG_H
#define PLENARY_DAEMON_CONFIG_H

#include "proto/paths.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CONFIG_ADDRESS_SIZE = 128,
};

typedef struct Config {
    char data[PATHS_SIZE];
    char run[PATHS_SIZE];
    char aliases[PATHS_SIZE];                   /* "": none is asked for */
    char aliases_usual[PATHS_SIZE];             /* read where there is one */
    char network_requests[CONFIG_ADDRESS_SIZE]; /* "tcp://..."; "": not on the network */
    char network_stream[CONFIG_ADDRESS_SIZE];
    uint64_t journal_map_mib;
    uint64_t views_map_mib;
    uint64_t delta_freeze_mib;
    uint64_t delta_max_mib;
    uint64_t fold_keys;
    uint64_t fold_pause_ms;
    uint64_t requests;
    uint64_t requests_per_connection;
    uint64_t streams;
    uint64_t streams_per_connection;
    uint64_t broadcast; /* 0: it is switched off */
    uint64_t broadcast_queue;
} Config;

/* All defaults, with the folders of `paths`. */
void config_defaults(Config *self, const Paths *paths);

/* Changes what the text says. INVALID_ARGUMENT: "line 3: ..."; *self may be half changed then. */
StatusCode config_parse(Config *self, const char *text, size_t size, Problem *problem);

/* The same from a file. NOT_FOUND: there is none. Problems name the file. */
StatusCode config_load(Config *self, const char *path, Problem *problem);

/* Every key with its bounds, its default and what it is for. */
void config_print_keys(FILE *stream);

/* The same as items of a manual page. */
void config_print_manual(FILE *stream);

#endif
