#include "daemon/remember.h"

#include "daemon/registry/subscribers.h"
#include "daemon/store/note.h"

#include <stdlib.h>
#include <string.h>

static const char note_name[] = "subscribers";

enum {
    NOTE_MEMORY_MAX = 16 * 1024 * 1024, /* bytes, unpacked */
};

static bool is_of(const State *state, const Plenary__V1__SubscribersNote *note)
{
    return note->registry_id &&
           strcmp(note->registry_id, journal_registry_id(state->journal)) == 0 &&
           note->epoch == journal_epoch(state->journal);
}

void remember_read(Remember *self, Registry *registry, const char *folder)
{
    uint8_t *data;
    size_t size;
    State *state = registry_state(registry);
    if (!note_read(folder, note_name, SUBSCRIBERS_NOTE_BYTES_MAX, &data, &size)) return;
    Arena *arena = arena_new(NOTE_MEMORY_MAX);
    const Plenary__V1__SubscribersNote *note =
        arena ? plenary__v1__subscribers_note__unpack(arena_allocator(arena), size, data) : NULL;
    if (note && is_of(state, note))
        subscribers_restore(state->subscribers, note->subscribers, note->n_subscribers);
    self->version = subscribers_version(state->subscribers);
    arena_destroy(&arena);
    free(data);
}

static void write_note(const State *state, const char *folder, Arena *arena)
{
    Plenary__V1__SubscribersNote note = PLENARY__V1__SUBSCRIBERS_NOTE__INIT;
    if (!subscribers_list(state->subscribers, arena, &note.subscribers, &note.n_subscribers))
        return;
    note.registry_id = (char *)(uintptr_t)journal_registry_id(state->journal);
    note.has_epoch = 1;
    note.epoch = journal_epoch(state->journal);
    size_t size = plenary__v1__subscribers_note__get_packed_size(&note);
    uint8_t *data = size <= SUBSCRIBERS_NOTE_BYTES_MAX ? arena_alloc(arena, size) : NULL;
    if (!data) return;
    plenary__v1__subscribers_note__pack(&note, data);
    /* A full disk is told of by what matters more. */
    (void)note_write(folder, note_name, (Bytes){data, size});
}

void remember_write(Remember *self, Registry *registry, const char *folder, int64_t now_ms,
                    bool now)
{
    const State *state = registry_state(registry);
    uint64_t version = subscribers_version(state->subscribers);
    if (version == self->version) return;
    if (!now && now_ms - self->written_ms < REMEMBER_EVERY_MS) return;
    Arena *arena = arena_new(NOTE_MEMORY_MAX);
    if (arena) write_note(state, folder, arena);
    arena_destroy(&arena);
    self->version = version;
    self->written_ms = now_ms;
}
