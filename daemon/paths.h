/*
 * paths - where the daemon's files are.
 *
 *   a home (--home, PLENARY_HOME)   DIR/data, DIR/run, DIR/plenaryd.zpl
 *   a service (systemd)             $STATE_DIRECTORY, $RUNTIME_DIRECTORY, /etc/plenary
 *   a person                        the XDG folders, each with /plenary behind it
 *   else                            /var/lib/plenary, /run/plenary, /etc/plenary
 *
 * Clients find the sockets by the same rules. Pure but for the environment, which is passed.
 */
#ifndef PLENARY_DAEMON_PATHS_H
#define PLENARY_DAEMON_PATHS_H

#include "proto/status.h"

enum {
    PATHS_SIZE = 4096,
};

typedef struct Paths {
    char data[PATHS_SIZE];   /* the store's folder */
    char run[PATHS_SIZE];    /* the sockets' folder */
    char config[PATHS_SIZE]; /* the configuration file, which may be absent */
} Paths;

/* Gives the value of a variable, or NULL: getenv. */
typedef const char *paths_variable_fn(const char *name);

/* `home` NULL: what the environment says. INVALID_ARGUMENT: a path is too long. */
StatusCode paths_find(const char *home, paths_variable_fn *variable, Paths *paths,
                      Problem *problem);

/* Makes a folder and those above it, with mode 0700 for what is made. */
StatusCode paths_make_folder(const char *folder, Problem *problem);

#endif
