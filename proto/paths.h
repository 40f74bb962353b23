/*
 * paths - where a daemon and its clients meet, and where each keeps its files.
 *
 * With a home: HOME/data, HOME/run, HOME/state. Without one, the folders that systemd gives to a
 * service ($STATE_DIRECTORY, $RUNTIME_DIRECTORY); else XDG folders where there is an
 * XDG_RUNTIME_DIR (a person has logged in), else /var/lib/plenary and /run/plenary.
 * Reads the environment only; makes no folder. Any thread that does not race with setenv.
 */
#ifndef PLENARY_PROTO_PATHS_H
#define PLENARY_PROTO_PATHS_H

#include "proto/status.h"

enum {
    PATHS_SIZE = 1024,
    PATHS_SOCKET_BYTES_MAX = 107, /* sun_path of a UNIX socket, without its NUL */
    PATHS_ENDPOINT_SIZE = 256,
};

typedef struct Paths {
    char data[PATHS_SIZE];   /* the daemon's journal and views */
    char run[PATHS_SIZE];    /* requests.ipc, stream.ipc, broadcast.ipc; mode 0700 */
    char state[PATHS_SIZE];  /* what clients remember: cursors */
    char config[PATHS_SIZE]; /* plenaryd.zpl, which may be absent */
} Paths;

/* `home` NULL: $PLENARY_HOME. False: a path is too long. */
bool paths_find(const char *home, Paths *paths, Problem *problem);

/* "ipc://RUN/NAME.ipc". False: longer than a UNIX socket's path may be. */
bool paths_endpoint(const Paths *paths, const char *name, char endpoint[static PATHS_ENDPOINT_SIZE],
                    Problem *problem);

#endif
