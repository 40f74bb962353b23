/*
 * outbox - how replies are made and leave: refusals, and what a write did.
 *
 * Plain data that is passed by pointer; lends what it is given for as long as a call. Loop's
 * thread only.
 */
#ifndef PLENARY_REGISTRY_OUTBOX_H
#define PLENARY_REGISTRY_OUTBOX_H

#include "daemon/registry/command.h"
#include "daemon/registry/registry.h"

typedef struct Outbox {
    State *state;
    registry_reply_fn *reply;
    void *reply_context;
    size_t warning_steps; /* that this turn may still take to look for conflicts */
} Outbox;

/* Adds the request's correlation and hands the reply over. */
void outbox_send(const Outbox *self, uint64_t ticket, const Request *request, Reply *reply);

void outbox_refuse(const Outbox *self, uint64_t ticket, const Request *request,
                   const Problem *problem);

/* Tells what a command did, by its decision: the record's image as the caller may see it, and what
 * it clashes with, where that was asked for. Says nothing where nobody waits for it. */
void outbox_confirm(Outbox *self, const Command *command, uint64_t sequence,
                    Plenary__V1__Change__Action action, bool unchanged);

/* A refusal after which the client may try again. */
void outbox_retry(Problem *problem, StatusCode code, const char *message);

#endif
