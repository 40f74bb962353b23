/*
 * context - where a registry is over the network, and the keys to it, under a name.
 *
 * Each is a file in the folder `contexts` of the client's state, mode 0600, in lines
 *
 *     requests = "tcp://registry.example.org:5570"
 *     stream = "tcp://registry.example.org:5571"
 *     server-key = "..."
 *     key = "/home/azamat/azamat.key"
 *
 * with the server's public key and the path of one's own pair; no secret is in it. The name of the
 * one in use is in the file `context` beside. "local" means the sockets of the home and has no
 * file. `state` is the folder of the client's state (proto/paths.h). Any thread; problems name the
 * file.
 */
#ifndef PLENARY_CLIENTS_CONTEXT_H
#define PLENARY_CLIENTS_CONTEXT_H

#include "proto/curve.h"
#include "proto/key_file.h"
#include "proto/paths.h"

#define CONTEXT_LOCAL "local"

enum {
    CONTEXT_NAME_SIZE = 65, /* letters, digits, "-", "_" and "."; no ".new" at the end */
    CONTEXT_MAX = 1000,     /* that are listed */
};

typedef struct Context {
    char name[CONTEXT_NAME_SIZE]; /* given by reading, not taken by writing */
    char requests[PATHS_ENDPOINT_SIZE];
    char stream[PATHS_ENDPOINT_SIZE];
    char server_key[CURVE_TEXT_SIZE];
    char key[KEY_FILE_PATH_SIZE];
} Context;

/* INVALID_ARGUMENT: it cannot be the name of a context. */
StatusCode context_check_name(const char *name, Problem *problem);

/* Whether it is "tcp://host:port". Gives the length of what is before the last colon, and the
 * port. */
bool context_read_port(const char *endpoint, size_t *before, unsigned *port);

/* NOT_FOUND: there is none of that name. INVALID_ARGUMENT: the file is no context; the problem
 * names the line, or what is not there. */
StatusCode context_read(const char *state, const char *name, Context *context, Problem *problem);

/* ALREADY_EXISTS: there is one of that name. INVALID_ARGUMENT: it could not be read again. */
StatusCode context_add(const char *state, const char *name, const Context *context,
                       Problem *problem);

/* Where it is the one in use, that is "local" from then on. NOT_FOUND: there is none. */
StatusCode context_remove(const char *state, const char *name, Problem *problem);

/* The name of the one in use: "local" where nothing was said. */
StatusCode context_in_use(const char *state, char name[static CONTEXT_NAME_SIZE], Problem *problem);

/* From now on. NOT_FOUND: there is none. */
StatusCode context_use(const char *state, const char *name, Problem *problem);

/* The one that is meant: `name`, else $PLENARY_CONTEXT, else the one in use. *context is set where
 * it is not the local one. */
StatusCode context_find(const char *state, const char *name, bool *is_local, Context *context,
                        Problem *problem);

/* Their names, sorted, without "local". `names` has CONTEXT_MAX. */
size_t context_list(const char *state, char names[][CONTEXT_NAME_SIZE]);

#endif
