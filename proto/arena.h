/*
 * arena - memory that is given back in one move.
 *
 * One arena serves one request (or one turn, one record): everything that lives as long is taken
 * from it, protobuf-c's messages included, and nothing of it is freed alone. An arena belongs to
 * one thread at a time. It is bounded: past its limit, allocation gives NULL, which protobuf-c
 * reports as a message that could not be unpacked.
 */
#ifndef PLENARY_PROTO_ARENA_H
#define PLENARY_PROTO_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Arena Arena;

/* An empty arena that hands out at most `limit_bytes` between resets, each piece rounded up to the
 * alignment of any type. NULL: no memory. */
Arena *arena_new(size_t limit_bytes);

/* Takes NULL and a pointer to NULL; sets *self to NULL. */
void arena_destroy(Arena **self);

/* Zeroed memory, aligned for any type; NULL past the limit. Valid until the reset. */
void *arena_alloc(Arena *self, size_t size_bytes);

/* `count` objects of `size_bytes`, zeroed; NULL past the limit or on overflow. */
void *arena_array(Arena *self, size_t count, size_t size_bytes);

/* A copy that lives in the arena; NULL where `text` is NULL or past the limit. */
char *arena_strdup(Arena *self, const char *text);

/* A copy of `length` bytes of `text`, with a NUL after them. */
char *arena_strndup(Arena *self, const char *text, size_t length);

char *arena_printf(Arena *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets everything; keeps the first block for what comes next. */
void arena_reset(Arena *self);

/* Bytes handed out since the reset, as counted against the limit. */
size_t arena_used(const Arena *self);

/* Was anything refused since the reset? It tells a message that needed too much from one that was
 * not valid, which protobuf-c does not. */
bool arena_has_refused(const Arena *self);

/* For protobuf-c. Lent; lives as long as the arena. */
ProtobufCAllocator *arena_allocator(Arena *self);

#endif
