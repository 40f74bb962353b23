/*
 * session - one run of the program: what was asked, and the means to do it.
 *
 * Made by main, lent to the verb's handler. The client, the zone data and the arena live as long
 * as the session. Functions that give an int give an exit code: 0, or one that was complained
 * about already.
 */
#ifndef PLENARY_CLI_SESSION_H
#define PLENARY_CLI_SESSION_H

#include "clients/lib/options.h"
#include "clients/lib/output.h"
#include "clients/lib/plenary.h"
#include "clients/lib/terminal.h"
#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Verb Verb;

enum {
    SESSION_MEMORY_MAX = 256 * 1024 * 1024, /* bytes of the arena */
};

typedef struct Session {
    const Verb *verb;
    const Arguments *arguments;
    const char *const *words; /* after the verb */
    size_t word_count;
    OutputForm form;
    bool form_given;
    bool may_ask;      /* somebody is there to answer */
    bool reader_gone;  /* nobody reads standard output any more, which is no failure */
    Terminal terminal; /* of standard output */
    PlenaryOptions connection;
    PlenaryClient *client; /* NULL until session_client */
    Zones *zones;          /* NULL until session_zones */
    Arena *arena;
} Session;

/* The value of an option, or NULL. */
const char *session_option(const Session *self, const char *name);
bool session_has(const Session *self, const char *name);

/* The client, made when first asked for. */
int session_client(Session *self, PlenaryClient **client);

int session_zones(Session *self, Zones **zones);

/* Asks the registry. On 0 *reply is OK and the caller's (plenary_reply_free). */
int session_call(Session *self, Request *request, Reply **reply);

/* The same, but a refusal is the caller's to deal with: it is in the reply's status. */
int session_try(Session *self, Request *request, Reply **reply);

/* True where the reply is no refusal. */
bool reply_is_ok(const Reply *reply);

/* True where a reply that is no refusal has what was asked for. */
bool session_answers(const Request *request, const Reply *reply);

/* A number that an option has; absent: *given is false. `least` is the smallest that may be. */
int session_number(const Session *self, const char *name, uint32_t least, bool *given,
                   uint32_t *number);

/* The filters among the options, in the session's arena. */
int session_filters(Session *self, Query **query);

/* A record from JSON (scalars may be texts), in the session's arena, valid. */
int session_event(Session *self, const json_t *json, Event **event);
int session_organisation(Session *self, const json_t *json, Organisation **organisation);
int session_principal(Session *self, const json_t *json, Principal **principal);

/* The event that the registry knows under a name. *reply owns it. */
int session_get_event(Session *self, const char *name, Reply **reply);

/* Asks on standard error whether to do what cannot be undone, unless --yes was said. `why` is what
 * is wrong with not asking: "withdrawing cannot be undone". */
int session_confirm(const Session *self, const char *why, const char *question, ...)
    __attribute__((format(printf, 3, 4)));

/* The principal of a name or with a key; the reply holds it alone. */
int session_get_principal(Session *self, const char *name, Reply **reply);

int session_get_status(Session *self, Reply **reply);

/* "the registry's answer is none to the question". */
int session_strange_answer(void);

/* "no memory is left". */
int session_no_memory(void);

#endif
