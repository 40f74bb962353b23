/*
 * letter - bytes sent between the loop and one of the store's threads, over a czmq actor's pipe.
 *
 * Each side uses its own end only. A letter is one frame; its sender keeps nothing of it.
 */
#ifndef PLENARY_STORE_LETTER_H
#define PLENARY_STORE_LETTER_H

#include <czmq.h>
#include <stdbool.h>
#include <stddef.h>

enum { LETTER_WAIT_FOREVER = -1 };

/* Starts an actor; gives it when letter_ready was called in it, so `lent` may end then. */
zactor_t *letter_start_actor(zactor_fn *actor, void *lent);

/* To be called in an actor once it has read what it was lent. Signals are then no business of
 * its thread's. */
void letter_ready(zsock_t *pipe);

/* `pipe` is a zsock_t or a zactor_t. The pipes' queues are longer than what is ever on the way. */
void letter_send(void *pipe, const void *bytes, size_t size);

/* Waits `timeout_ms` at most. NULL: nothing came. Given: zframe_destroy. */
zframe_t *letter_receive(void *pipe, int timeout_ms);

/* A letter is there to be received. */
bool letter_waits(void *pipe);

/* The actor is told to end. */
bool letter_is_end(zframe_t *letter);

/* Tells the actor to end, waits until it has, destroys it. Takes a pointer to NULL. */
void letter_end_actor(zactor_t **actor);

#endif
