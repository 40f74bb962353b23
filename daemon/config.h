/*
 * config - what an operator may set: one table of keys, and the ZPL file that sets them.
 *
 * ZPL is ZeroMQ RFC 4. czmq's reader is lenient (of two equal keys it keeps the first, and a "#"
 * cuts a value), so lines are checked strictly before it is trusted. No file is needed.
 */
#ifndef PLENARY_DAEMON_CONFIG_H
#define PLENARY_DAEMON_CONFIG_H

#include "daemon/log.h"
#include "proto/status.h"

#include <stdint.h>

enum {
    CONFIG_FILE_BYTES_MAX = 64 * 1024,
};

/* path, member, default, least, most, help */
#define CONFIG_KEYS(X)                                                                             \
    X("storage/journal_map_mib", journal_map_mib, 65536, 1, 16777216,                              \
      "address space for the journal; it grows by itself")                                         \
    X("storage/views_map_mib", views_map_mib, 65536, 1, 16777216,                                  \
      "address space for the views; it grows by itself")                                           \
    X("storage/delta_freeze_kib", delta_freeze_kib, 32768, 64, 4194304,                            \
      "memory of changes at which a checkpoint begins")                                            \
    X("storage/delta_max_kib", delta_max_kib, 262144, 256, 8388608,                                \
      "memory of changes at which writing waits for the checkpoint")                               \
    X("storage/fold_keys", fold_keys, 2000, 10, 100000, "keys in one transaction of a checkpoint") \
    X("storage/fold_pause_ms", fold_pause_ms, 2, 0, 1000,                                          \
      "pause between transactions of a checkpoint, in milliseconds")

typedef struct Config {
#define CONFIG_MEMBER(path, member, usual, least, most, help) uint64_t member;
    CONFIG_KEYS(CONFIG_MEMBER)
#undef CONFIG_MEMBER
    LogLevel log_level; /* log/level */
} Config;

/* Every key at its default. */
Config config_defaults(void);

/* Sets what the file says. INVALID_ARGUMENT: `problem` names file and line or key. */
StatusCode config_read(const char *file, Config *config, Problem *problem);

#endif
