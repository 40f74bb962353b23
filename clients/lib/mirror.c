#include "clients/lib/mirror.h"

#include "clients/lib/mirror_base.h"

#include <assert.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMAT = 1,
    WHOLE = 1 << 0,
    STALE = 1 << 1,
    NUMBER_BYTES = 4,
    STATE_HEAD_BYTES = 4 + 2 + 2 + 8 + 2 + 2,
    STATE_BYTES_MAX = STATE_HEAD_BYTES + MIRROR_NOTE_BYTES_MAX + MIRROR_POSITION_BYTES_MAX,
    EVENT_ARENA_BYTES = 64 * 1024 * 1024,          /* one event, unpacked */
    ORGANISATIONS_ARENA_BYTES = 256 * 1024 * 1024, /* those looked up since the last change */
    PACKED_FIRST_BYTES = 16 * 1024,
    SNAPSHOT_ROWS_MAX = 1000, /* of one transaction */
    SNAPSHOT_BYTES_MAX = 8 * 1024 * 1024,
};

/* What counts: one row, so that all of it moves at once. */
typedef struct State {
    size_t generation;
    bool is_whole; /* a snapshot was finished */
    bool is_stale; /* the file holds former images that are to be gone */
    uint64_t sequence;
    uint8_t note[MIRROR_NOTE_BYTES_MAX];
    size_t note_size;
    uint8_t position[MIRROR_POSITION_BYTES_MAX];
    size_t position_size;
} State;

struct Mirror {
    MirrorBase base;
    State state;
    bool is_dirty;    /* something was applied since the commit */
    bool is_building; /* a snapshot, in the other generation */
    size_t rows;      /* of the snapshot's transaction */
    size_t bytes;     /* packed since it began */
    uint8_t *packed;  /* of the record that is being written */
    size_t packed_room;
    GHashTable *organisations; /* id -> Organisation, or none; those looked up */
    Arena *organisations_arena;
};

/* --- what counts --- */

static void put_number(uint8_t *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(number >> (8 * i));
}

static uint64_t get_number(const uint8_t *in, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number |= (uint64_t)in[i] << (8 * i);
    return number;
}

/* Format (4 bytes), generation (2), what holds of it (2), sequence (8), the sizes of note and
 * position (2 each), all little-endian; the note; the position. */
static size_t encode_state(const State *state, uint8_t row[static STATE_BYTES_MAX])
{
    put_number(row, FORMAT, 4);
    put_number(row + 4, state->generation, 2);
    put_number(row + 6, (state->is_whole ? WHOLE : 0) | (state->is_stale ? STALE : 0), 2);
    put_number(row + 8, state->sequence, 8);
    put_number(row + 16, state->note_size, 2);
    put_number(row + 18, state->position_size, 2);
    memcpy(row + STATE_HEAD_BYTES, state->note, state->note_size);
    memcpy(row + STATE_HEAD_BYTES + state->note_size, state->position, state->position_size);
    return STATE_HEAD_BYTES + state->note_size + state->position_size;
}

static bool decode_state(const MDB_val *row, State *state)
{
    const uint8_t *data = row->mv_data;
    if (row->mv_size < STATE_HEAD_BYTES) return false;
    State read = {
        .generation = (size_t)get_number(data + 4, 2),
        .is_whole = (get_number(data + 6, 2) & WHOLE) != 0,
        .is_stale = (get_number(data + 6, 2) & STALE) != 0,
        .sequence = get_number(data + 8, 8),
        .note_size = (size_t)get_number(data + 16, 2),
        .position_size = (size_t)get_number(data + 18, 2),
    };
    if (get_number(data, 4) != FORMAT || read.generation >= BASE_GENERATIONS ||
        read.note_size > MIRROR_NOTE_BYTES_MAX || read.position_size > MIRROR_POSITION_BYTES_MAX ||
        row->mv_size != STATE_HEAD_BYTES + read.note_size + read.position_size)
        return false;
    memcpy(read.note, data + STATE_HEAD_BYTES, read.note_size);
    memcpy(read.position, data + STATE_HEAD_BYTES + read.note_size, read.position_size);
    *state = read;
    return true;
}

static size_t other_generation(const Mirror *self)
{
    return 1 - self->state.generation;
}

static void forget_organisations(Mirror *self)
{
    g_hash_table_remove_all(self->organisations);
    arena_reset(self->organisations_arena);
}

/* What is on the disk is what counts. */
static void read_state(Mirror *self)
{
    MDB_val row;
    self->is_dirty = false;
    self->is_building = false;
    forget_organisations(self);
    if (!base_state(&self->base, &row) || !decode_state(&row, &self->state))
        self->state = (State){0};
}

/* The disk refused. */
static StatusCode fall_back(Mirror *self, int error, Problem *problem)
{
    base_abort(&self->base);
    read_state(self);
    return base_explain(&self->base, error, problem);
}

/* --- opening --- */

StatusCode mirror_open(const char *folder, Mirror **self, Problem *problem)
{
    Mirror *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->base.lock = -1;
    made->organisations = g_hash_table_new(g_str_hash, g_str_equal);
    made->organisations_arena = arena_new(ORGANISATIONS_ARENA_BYTES);
    StatusCode code = made->organisations_arena
                          ? base_open(&made->base, folder, problem)
                          : problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    if (code != STATUS_OK) {
        mirror_close(&made);
        return code;
    }
    read_state(made);
    *self = made;
    return STATUS_OK;
}

void mirror_close(Mirror **self)
{
    if (!self || !*self) return;
    base_close(&(*self)->base);
    g_hash_table_destroy((*self)->organisations);
    arena_destroy(&(*self)->organisations_arena);
    free((*self)->packed);
    free(*self);
    *self = NULL;
}

bool mirror_is_new(const Mirror *self)
{
    return !self->state.is_whole;
}

bool mirror_was_damaged(const Mirror *self)
{
    return self->base.was_damaged;
}

uint64_t mirror_sequence(const Mirror *self)
{
    return self->state.sequence;
}

/* --- rows --- */

typedef struct NumberKey {
    uint8_t bytes[NUMBER_BYTES];
} NumberKey;

static MDB_val key_of_number(uint32_t number, NumberKey *key)
{
    for (size_t i = 0; i < NUMBER_BYTES; i++)
        key->bytes[i] = (uint8_t)(number >> (8 * (NUMBER_BYTES - 1 - i)));
    return (MDB_val){NUMBER_BYTES, key->bytes};
}

static MDB_val key_of_id(const char *id)
{
    return (MDB_val){strlen(id), (void *)(uintptr_t)id};
}

static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *type, const MDB_val *value,
                                Arena *arena)
{
    return protobuf_c_message_unpack(type, arena_allocator(arena), value->mv_size, value->mv_data);
}

/* *event is NULL where it is not there. Gives LMDB's error code. */
static int get_event(Mirror *self, MDB_val key, Arena *arena, const Event **event)
{
    MDB_val value;
    *event = NULL;
    if (!base_get(&self->base, self->state.generation, BASE_EVENTS, key, &value)) return 0;
    *event = (const Event *)unpack(&plenary__v1__event__descriptor, &value, arena);
    return *event ? 0 : MDB_CORRUPTED;
}

/* The packed record, lent until the next one. False: no memory. */
static bool pack(Mirror *self, const ProtobufCMessage *message, MDB_val *value)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    if (size > self->packed_room) {
        size_t room = size > PACKED_FIRST_BYTES ? size * 2 : PACKED_FIRST_BYTES;
        uint8_t *packed = realloc(self->packed, room);
        if (!packed) return false;
        self->packed = packed;
        self->packed_room = room;
    }
    protobuf_c_message_pack(message, self->packed);
    self->bytes += size;
    *value = (MDB_val){size, self->packed};
    return true;
}

/* Gives LMDB's error code, or ENOMEM. */
static int put_event(Mirror *self, size_t generation, const Event *event)
{
    NumberKey number;
    MDB_val key = key_of_number(event->number, &number);
    MDB_val value;
    if (!pack(self, &event->base, &value)) return ENOMEM;
    int error = base_put(&self->base, generation, BASE_EVENTS, key, value);
    if (!error && event->id && *event->id)
        error = base_put(&self->base, generation, BASE_IDS, key_of_id(event->id), key);
    return error;
}

static int put_organisation(Mirror *self, size_t generation, const Organisation *organisation)
{
    MDB_val value;
    if (!pack(self, &organisation->base, &value)) return ENOMEM;
    return base_put(&self->base, generation, BASE_ORGANISATIONS, key_of_id(organisation->id),
                    value);
}

/* --- applying --- */

static bool is_older(bool has_revision, uint32_t revision, uint32_t here)
{
    return has_revision && revision < here;
}

static int remove_event(Mirror *self, const Event *before)
{
    NumberKey number;
    size_t generation = self->state.generation;
    int error =
        base_delete(&self->base, generation, BASE_EVENTS, key_of_number(before->number, &number));
    if (!error && before->id && *before->id)
        error = base_delete(&self->base, generation, BASE_IDS, key_of_id(before->id));
    return error;
}

static int apply_event(Mirror *self, const Event *event, bool has_left, Arena *arena,
                       MirrorStep *step)
{
    NumberKey number;
    const Event *before;
    int error = get_event(self, key_of_number(event->number, &number), arena, &before);
    if (error) return error;
    if (before && is_older(event->has_revision, event->revision, before->revision)) return 0;
    if (has_left && !before) return 0;
    error = has_left ? remove_event(self, before) : put_event(self, self->state.generation, event);
    if (!error) *step = (MirrorStep){before, has_left ? NULL : event};
    return error;
}

static int apply_organisation(Mirror *self, const Organisation *organisation, bool has_left)
{
    size_t generation = self->state.generation;
    const Organisation *here = mirror_organisation(self, organisation->id);
    bool older =
        here && is_older(organisation->has_revision, organisation->revision, here->revision);
    forget_organisations(self);
    if (older) return 0;
    return has_left ? base_delete(&self->base, generation, BASE_ORGANISATIONS,
                                  key_of_id(organisation->id))
                    : put_organisation(self, generation, organisation);
}

StatusCode mirror_apply(Mirror *self, const Change *change,
                        Plenary__V1__Delivery__Relation relation, Arena *arena, MirrorStep *step,
                        Problem *problem)
{
    int error = 0;
    MirrorStep made = {0};
    bool has_left = relation == PLENARY__V1__DELIVERY__RELATION__LEFT;
    /* Several records are sent again with the change that is the cause. */
    bool is_erased = change->action == PLENARY__V1__CHANGE__ACTION__ERASED;
    bool is_again = is_erased || relation == PLENARY__V1__DELIVERY__RELATION__AGAIN;
    if (change->sequence > self->state.sequence ||
        (is_again && change->sequence == self->state.sequence)) {
        if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT && change->event->has_number)
            error = apply_event(self, change->event, has_left, arena, &made);
        else if (change->record_case == PLENARY__V1__CHANGE__RECORD_ORGANISATION &&
                 change->organisation->id)
            error = apply_organisation(self, change->organisation, has_left);
        if (error) return fall_back(self, error, problem);
        self->state.sequence = change->sequence;
        self->state.is_stale |= is_erased;
        self->is_dirty = true;
    }
    *step = made;
    return STATUS_OK;
}

/* --- committing --- */

static bool is_note(const Mirror *self, const void *note, size_t size)
{
    return size == self->state.note_size && memcmp(note, self->state.note, size) == 0;
}

static void take_note(State *state, const void *note, size_t size)
{
    assert(size <= MIRROR_NOTE_BYTES_MAX);
    if (!note) return;
    memcpy(state->note, note, size);
    state->note_size = size;
}

static int commit_state(Mirror *self, const State *state)
{
    uint8_t row[STATE_BYTES_MAX];
    int error = base_put_state(&self->base, row, encode_state(state, row));
    return error ? error : base_commit(&self->base);
}

StatusCode mirror_commit(Mirror *self, const void *note, size_t size, Problem *problem)
{
    assert(!self->is_building);
    if (!self->is_dirty && (!note || is_note(self, note, size))) return STATUS_OK;
    State state = self->state;
    take_note(&state, note, size);
    int error = commit_state(self, &state);
    if (error) return fall_back(self, error, problem);
    self->state = state;
    self->is_dirty = false;
    forget_organisations(self);
    return STATUS_OK;
}

size_t mirror_note(const Mirror *self, uint8_t note[static MIRROR_NOTE_BYTES_MAX])
{
    memcpy(note, self->state.note, self->state.note_size);
    return self->state.note_size;
}

void mirror_set_position(Mirror *self, const uint8_t *position, size_t size)
{
    State *state = &self->state;
    assert(size <= MIRROR_POSITION_BYTES_MAX);
    if (size == state->position_size && memcmp(position, state->position, size) == 0) return;
    memcpy(state->position, position, size);
    state->position_size = size;
    self->is_dirty = true;
}

size_t mirror_position(const Mirror *self, uint8_t position[static MIRROR_POSITION_BYTES_MAX])
{
    memcpy(position, self->state.position, self->state.position_size);
    return self->state.position_size;
}

/* --- snapshots --- */

StatusCode mirror_snapshot_begin(Mirror *self, Problem *problem)
{
    assert(!self->is_dirty);
    /* One that was not finished leaves its bytes behind. */
    self->state.is_stale |= base_count(&self->base, other_generation(self), BASE_EVENTS) > 0;
    int error = base_clear(&self->base, other_generation(self));
    if (!error) error = commit_state(self, &self->state);
    if (error) return fall_back(self, error, problem);
    self->is_building = true;
    self->rows = self->bytes = 0;
    forget_organisations(self);
    return STATUS_OK;
}

/* A row was written: the transaction stays small. */
static StatusCode count_row(Mirror *self, int error, Problem *problem)
{
    self->rows++;
    if (!error && (self->rows >= SNAPSHOT_ROWS_MAX || self->bytes >= SNAPSHOT_BYTES_MAX)) {
        self->rows = self->bytes = 0;
        error = base_commit(&self->base);
        forget_organisations(self);
    }
    return error ? fall_back(self, error, problem) : STATUS_OK;
}

StatusCode mirror_snapshot_event(Mirror *self, const Event *event, Problem *problem)
{
    assert(self->is_building);
    if (!event->has_number) return STATUS_OK;
    return count_row(self, put_event(self, other_generation(self), event), problem);
}

StatusCode mirror_snapshot_organisation(Mirror *self, const Organisation *organisation,
                                        Problem *problem)
{
    assert(self->is_building);
    if (!organisation->id || !*organisation->id) return STATUS_OK;
    return count_row(self, put_organisation(self, other_generation(self), organisation), problem);
}

StatusCode mirror_snapshot_end(Mirror *self, uint64_t sequence, const void *note, size_t size,
                               Problem *problem)
{
    assert(self->is_building);
    State state = self->state;
    state.generation = other_generation(self);
    /* The old one's bytes: whether a person was erased from it is not known. */
    state.is_stale |= self->state.is_whole;
    state.is_whole = true;
    state.sequence = sequence;
    take_note(&state, note, size);
    int error = base_clear(&self->base, self->state.generation);
    if (!error) error = commit_state(self, &state);
    if (error) return fall_back(self, error, problem);
    self->state = state;
    self->is_building = self->is_dirty = false;
    forget_organisations(self);
    return STATUS_OK;
}

/* --- what is not to be kept --- */

bool mirror_is_stale(const Mirror *self)
{
    return self->state.is_stale;
}

StatusCode mirror_renew(Mirror *self, Problem *problem)
{
    uint8_t row[STATE_BYTES_MAX];
    State state = self->state;
    assert(!self->is_dirty && !self->is_building);
    state.is_stale = false;
    base_abort(&self->base); /* it has only read */
    int error = base_renew(&self->base, state.generation, row, encode_state(&state, row));
    if (error) return base_explain(&self->base, error, problem);
    read_state(self);
    return STATUS_OK;
}

/* --- reading --- */

/* The events of one generation, one after the other. */
typedef struct Walk {
    MDB_cursor *cursor;
    Arena *arena;
    MDB_val key;
    MDB_val value;
    bool is_over; /* there is no row any more */
    bool failed;
} Walk;

static void walk_next(Walk *walk)
{
    MDB_cursor_op move = walk->key.mv_data ? MDB_NEXT : MDB_FIRST;
    int error = mdb_cursor_get(walk->cursor, &walk->key, &walk->value, move);
    walk->is_over = error != 0;
    if (error && error != MDB_NOTFOUND) walk->failed = true;
}

static void walk_begin(Mirror *self, size_t generation, Walk *walk)
{
    *walk = (Walk){.arena = arena_new(EVENT_ARENA_BYTES)};
    walk->cursor = walk->arena ? base_cursor(&self->base, generation, BASE_EVENTS) : NULL;
    walk->failed = walk->is_over = !walk->cursor;
    if (walk->cursor) walk_next(walk);
}

/* The event at the row. NULL: it cannot be read, and the walk has failed. */
static const Event *walk_event(Walk *walk)
{
    arena_reset(walk->arena);
    const Event *event =
        (Event *)unpack(&plenary__v1__event__descriptor, &walk->value, walk->arena);
    if (!event) walk->failed = true;
    return event;
}

static void walk_end(Walk *walk)
{
    if (walk->cursor) mdb_cursor_close(walk->cursor);
    arena_destroy(&walk->arena);
}

bool mirror_events(Mirror *self, mirror_event_fn *each, void *context)
{
    Walk walk;
    bool goes_on = true;
    walk_begin(self, self->state.generation, &walk);
    while (goes_on && !walk.is_over) {
        const Event *event = walk_event(&walk);
        goes_on = event && each(context, event);
        if (goes_on) walk_next(&walk);
    }
    walk_end(&walk);
    return goes_on && !walk.failed;
}

/* Which of two rows comes first: below zero, equal, above. A walk that is over comes last. */
static int compare_rows(const Walk *old, const Walk *new)
{
    if (old->is_over || new->is_over) return (int)old->is_over - (int)new->is_over;
    return memcmp(old->key.mv_data, new->key.mv_data, NUMBER_BYTES);
}

static bool same_bytes(const MDB_val *one, const MDB_val *other)
{
    return one->mv_size == other->mv_size &&
           memcmp(one->mv_data, other->mv_data, one->mv_size) == 0;
}

static bool tell_difference(Walk *old, Walk *new, int order, mirror_difference_fn *each,
                            void *context)
{
    if (order == 0 && same_bytes(&old->value, &new->value)) return true;
    MirrorStep step = {0};
    if (order <= 0) step.before = walk_event(old);
    if (order >= 0) step.after = walk_event(new);
    return !old->failed && !new->failed &&each(context, &step);
}

bool mirror_snapshot_compare(Mirror *self, mirror_difference_fn *each, void *context)
{
    Walk old;
    Walk new;
    bool goes_on = true;
    assert(self->is_building);
    walk_begin(self, self->state.generation, &old);
    walk_begin(self, other_generation(self), &new);
    while (goes_on && !(old.is_over && new.is_over)) {
        int order = compare_rows(&old, &new);
        goes_on = tell_difference(&old, &new, order, each, context);
        if (order <= 0) walk_next(&old);
        if (order >= 0) walk_next(&new);
    }
    bool failed = old.failed || new.failed;
    walk_end(&old);
    walk_end(&new);
    return goes_on && !failed;
}

size_t mirror_event_count(Mirror *self)
{
    return base_count(&self->base, self->state.generation, BASE_EVENTS);
}

bool mirror_has_event(Mirror *self, uint32_t number)
{
    NumberKey key;
    MDB_val unused;
    return base_get(&self->base, self->state.generation, BASE_EVENTS, key_of_number(number, &key),
                    &unused);
}

const Event *mirror_event_of_id(Mirror *self, const char *id, Arena *arena)
{
    MDB_val number;
    const Event *event;
    if (!*id || !base_get(&self->base, self->state.generation, BASE_IDS, key_of_id(id), &number))
        return NULL;
    (void)get_event(self, number, arena, &event);
    return event;
}

const Organisation *mirror_organisation(Mirror *self, const char *id)
{
    void *known = NULL;
    MDB_val value;
    if (!id || !*id || g_hash_table_lookup_extended(self->organisations, id, NULL, &known))
        return known;
    Organisation *found = NULL;
    if (base_get(&self->base, self->state.generation, BASE_ORGANISATIONS, key_of_id(id), &value))
        found = (Organisation *)unpack(&plenary__v1__organisation__descriptor, &value,
                                       self->organisations_arena);
    char *key = arena_strdup(self->organisations_arena, id);
    if (key) (void)g_hash_table_insert(self->organisations, key, found);
    return found;
}
