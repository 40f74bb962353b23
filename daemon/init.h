/*
 * init - makes a data folder ready to be served to others: the server's key, and a first admin.
 *
 *   DIR/server.key      the server's key pair, its owner's alone; server.key.pub may be handed out
 *   DIR/NAME.key        the first admin's pair, where none was given; it belongs on their machine
 *
 * The admin is a change in the log like any other, made by "local". What is there already is left
 * as it is, so that it can be run again, also after it was cut short. No daemon may be running on
 * the folder. One thread.
 */
#ifndef PLENARY_DAEMON_INIT_H
#define PLENARY_DAEMON_INIT_H

#include "daemon/registry/world.h"
#include "daemon/store/store.h"
#include "proto/status.h"

#define INIT_SERVER_KEY "server.key"
#define INIT_ADMIN_NAME "admin" /* where no other is given */

enum {
    INIT_WAIT_MS = 60 * 1000, /* for the change to be durable */
};

typedef struct InitAsked {
    const char *admin; /* name; NULL: the usual one, or whoever is the admin already */
    const char *key;   /* public key, or "@FILE"; NULL: a pair is made */
} InitAsked;

typedef void init_say_fn(void *context, const char *line);

/* FAILED_PRECONDITION: there is another admin, or the one of that name has another key. */
StatusCode init_registry(const StoreConfig *store, const World *world, const InitAsked *asked,
                         init_say_fn *say, void *context, Problem *problem);

#endif
