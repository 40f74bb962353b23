/*
 * mirror - a client's own durable copy of the records that its subscription lets it see.
 *
 * One LMDB environment in the client's state folder: events by number, organisations by id, how far
 * it is in the journal and where the stream goes on, all of which move in one transaction. A change
 * is applied once however often it is heard: what lies at or before mirror_sequence is passed over,
 * and so is an image with a lower revision than the one that is here (a snapshot may be ahead of
 * the stream).
 *
 * A snapshot is built beside, from nothing, and takes the place of what was there in one move, so
 * that a crash leaves the one or the other whole. What is applied is seen at once by this process
 * and durable after mirror_commit; what was not committed is gone after a crash. One process (the
 * folder is locked), one thread. Records that are given are lent until the next call, unless it
 * says other.
 */
#ifndef PLENARY_CLIENTS_MIRROR_H
#define PLENARY_CLIENTS_MIRROR_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MIRROR_NOTE_BYTES_MAX = 256,
    MIRROR_POSITION_BYTES_MAX = 576, /* PLENARY_POSITION_SIZE */
};

typedef struct Mirror Mirror;

/* Opens or makes it in `folder`, which exists. What was there and cannot be read is put aside as
 * "mirror.mdb.damaged". FAILED_PRECONDITION: another process has it (names its pid). UNAVAILABLE:
 * the disk. */
StatusCode mirror_open(const char *folder, Mirror **self, Problem *problem);

/* Takes NULL and a pointer to NULL. What is not committed is gone. */
void mirror_close(Mirror **self);

/* True: no snapshot was ever finished here; there is nothing to go on from. */
bool mirror_is_new(const Mirror *self);

/* One that could not be read was put aside: this one is new. */
bool mirror_was_damaged(const Mirror *self);

/* The last change that is in it. */
uint64_t mirror_sequence(const Mirror *self);

/* --- applying --- */

/* What a change does to an event of the mirror; each image NULL where there is none. */
typedef struct MirrorStep {
    const Event *before;
    const Event *after;
} MirrorStep;

/* Applies one change as it was heard; one that lies behind is passed over, but not records that
 * come AGAIN with the last one, or of which it erased a person. `step->before` is in the arena,
 * `step->after` is the change's own; `step` is empty (both NULL) where the change was passed over
 * or is about no event. UNAVAILABLE: the disk; what was applied since the last commit is gone too.
 */
StatusCode mirror_apply(Mirror *self, const Change *change,
                        Plenary__V1__Delivery__Relation relation, Arena *arena, MirrorStep *step,
                        Problem *problem);

/* Makes what was applied durable, with a note that the program wishes to find again after a crash
 * (NULL: it stays as it is). */
StatusCode mirror_commit(Mirror *self, const void *note, size_t size, Problem *problem);

/* The note of the last commit; 0: there is none. */
size_t mirror_note(const Mirror *self, uint8_t note[static MIRROR_NOTE_BYTES_MAX]);

/* Where the stream goes on after what is in it (plenary_position); durable with the next commit or
 * end of a snapshot. */
void mirror_set_position(Mirror *self, const uint8_t *position, size_t size);

/* 0: there is none. */
size_t mirror_position(const Mirror *self, uint8_t position[static MIRROR_POSITION_BYTES_MAX]);

/* --- snapshots --- */

/* Begins an empty one beside, in the place of one that was begun and not finished. What was applied
 * is committed before that. Until the end nothing is applied, and a failure here takes the snapshot
 * back to nothing: begin anew. */
StatusCode mirror_snapshot_begin(Mirror *self, Problem *problem);
StatusCode mirror_snapshot_event(Mirror *self, const Event *event, Problem *problem);
StatusCode mirror_snapshot_organisation(Mirror *self, const Organisation *organisation,
                                        Problem *problem);

/* What would differ if it took the old one's place now: each event that is not the same on both
 * sides, in number order, until `each` gives false (then this does too, and where the disk cannot
 * be read). The step is lent for the call. */
typedef bool mirror_difference_fn(void *context, const MirrorStep *step);
bool mirror_snapshot_compare(Mirror *self, mirror_difference_fn *each, void *context);

/* It takes the old one's place, durable on return, as of change `sequence`. */
StatusCode mirror_snapshot_end(Mirror *self, uint64_t sequence, const void *note, size_t size,
                               Problem *problem);

/* --- what is not to be kept --- */

/* Does the file hold what is to be gone for good: the bytes of a former image from which a person
 * was erased, or of a copy that a snapshot replaced? Known also after a crash. */
bool mirror_is_stale(const Mirror *self);

/* Writes the file anew: nothing is in it then but what is in the mirror, nor is there a damaged one
 * beside it. What was applied was committed, and no snapshot is being built. It takes as long as
 * reading everything and writing it. UNAVAILABLE: the disk; it is stale still. */
StatusCode mirror_renew(Mirror *self, Problem *problem);

/* --- reading --- */

/* Every event in number order, until `each` gives false (then this does too, and where one cannot
 * be read). An event is lent for the call, in which others may be looked up. */
typedef bool mirror_event_fn(void *context, const Event *event);
bool mirror_events(Mirror *self, mirror_event_fn *each, void *context);

size_t mirror_event_count(Mirror *self);

bool mirror_has_event(Mirror *self, uint32_t number);

/* The event with this id (not its number), into the arena; NULL: it is not here. */
const Event *mirror_event_of_id(Mirror *self, const char *id, Arena *arena);

/* NULL: not in the directory. Lent until the next apply, commit or snapshot. */
const Organisation *mirror_organisation(Mirror *self, const char *id);

#endif
