#include "daemon/registry/unseen.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_BYTES = 16,
};

#define NOBODY SIZE_MAX

/* --- which element is which: by less and less of what it says --- */

typedef enum Likeness {
    LIKE_ALL,  /* in all that anybody may see */
    LIKE_MOST, /* in what seldom changes */
    LIKE_NAME,
    LIKENESSES,
} Likeness;

/* Hashes what is compared. False: it cannot be told so. */
typedef bool key_fn(const ProtobufCMessage *element, Likeness likeness, Arena *arena,
                    uint8_t key[static KEY_BYTES], bool *full);

typedef struct Standing {
    uint8_t key[KEY_BYTES];
    bool is_after;
    size_t place;
} Standing;

typedef struct Lists {
    ProtobufCMessage *const *before;
    size_t before_count;
    ProtobufCMessage *const *after;
    size_t after_count;
    size_t *partners; /* of each element after: its place before, or NOBODY */
    bool *taken;      /* of each element before */
    Standing *standings;
    key_fn *key;
    Arena *arena;
    bool full;
} Lists;

static bool hash_key(const ProtobufCMessage *message, Arena *arena, uint8_t *key, bool *full)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = arena_alloc(arena, size + 1);
    *full = *full || !packed;
    if (!packed) return false;
    protobuf_c_message_pack(message, packed);
    crypto_generichash(key, KEY_BYTES, packed, size, NULL, 0);
    return true;
}

static bool key_of_participant(const ProtobufCMessage *element, Likeness likeness, Arena *arena,
                               uint8_t key[static KEY_BYTES], bool *full)
{
    const Participant *said = (const Participant *)element;
    Participant compared = PLENARY__V1__PARTICIPANT__INIT;
    if (likeness != LIKE_ALL && !said->name) return false;
    if (likeness == LIKE_ALL) compared = *said;
    compared.email = compared.phone = NULL;
    compared.name = said->name;
    if (likeness == LIKE_MOST) {
        compared.organisation = said->organisation;
        compared.country = said->country;
    }
    return hash_key(&compared.base, arena, key, full);
}

static bool key_of_outcome(const ProtobufCMessage *element, Likeness likeness, Arena *arena,
                           uint8_t key[static KEY_BYTES], bool *full)
{
    const Outcome *said = (const Outcome *)element;
    Outcome compared = PLENARY__V1__OUTCOME__INIT;
    if (likeness != LIKE_ALL && !said->title) return false;
    if (likeness == LIKE_ALL) compared = *said;
    compared.closed_by = NULL;
    compared.title = said->title;
    if (likeness == LIKE_MOST) {
        compared.has_kind = said->has_kind;
        compared.kind = said->kind;
    }
    return hash_key(&compared.base, arena, key, full);
}

static int by_key(const void *one, const void *other)
{
    const Standing *left = one;
    const Standing *right = other;
    int order = memcmp(left->key, right->key, KEY_BYTES);
    if (order != 0) return order;
    if (left->is_after != right->is_after) return left->is_after ? 1 : -1;
    return left->place < right->place ? -1 : left->place > right->place;
}

static size_t stand(Lists *self, Likeness likeness)
{
    size_t count = 0;
    for (size_t i = 0; i < self->before_count; i++) {
        Standing *standing = &self->standings[count];
        if (self->taken[i] ||
            !self->key(self->before[i], likeness, self->arena, standing->key, &self->full))
            continue;
        standing->is_after = false;
        standing->place = i;
        count++;
    }
    for (size_t i = 0; i < self->after_count; i++) {
        Standing *standing = &self->standings[count];
        if (self->partners[i] != NOBODY ||
            !self->key(self->after[i], likeness, self->arena, standing->key, &self->full))
            continue;
        standing->is_after = true;
        standing->place = i;
        count++;
    }
    return count;
}

/* Those that have one key, which stand in the order before, after. Two of one name are only told
 * apart by the rest: no contact may come to somebody else. */
static void pair(Lists *self, const Standing *group, size_t before_count, size_t after_count,
                 bool exact)
{
    if (!exact && (before_count != 1 || after_count != 1)) return;
    for (size_t i = 0; i < before_count && i < after_count; i++) {
        self->partners[group[before_count + i].place] = group[i].place;
        self->taken[group[i].place] = true;
    }
}

static void match(Lists *self, Likeness likeness)
{
    size_t count = stand(self, likeness);
    qsort(self->standings, count, sizeof *self->standings, by_key);
    for (size_t first = 0, end = 0; first < count; first = end) {
        size_t before_count = 0;
        for (end = first; end < count && memcmp(self->standings[end].key,
                                                self->standings[first].key, KEY_BYTES) == 0;
             end++)
            before_count += !self->standings[end].is_after;
        pair(self, &self->standings[first], before_count, end - first - before_count,
             likeness == LIKE_ALL);
    }
}

/* The place before of each element after. NULL: the arena is full. */
static const size_t *partners_of(Lists *self)
{
    size_t count = self->before_count + self->after_count;
    self->partners = arena_array(self->arena, self->after_count + 1, sizeof *self->partners);
    self->taken = arena_array(self->arena, self->before_count + 1, sizeof *self->taken);
    self->standings = arena_array(self->arena, count + 1, sizeof *self->standings);
    if (!self->partners || !self->taken || !self->standings) return NULL;
    for (size_t i = 0; i < self->after_count; i++)
        self->partners[i] = NOBODY;
    for (int likeness = LIKE_ALL; likeness < LIKENESSES; likeness++)
        match(self, (Likeness)likeness);
    return self->full ? NULL : self->partners;
}

/* --- what comes back --- */

static char *kept(char *came, const char *shown, char *before)
{
    return came || shown ? came : before;
}

static bool keep_contacts(const Event *before, const Event *shown, Event *event, Arena *arena)
{
    Lists lists = {.before = (ProtobufCMessage *const *)before->participants,
                   .before_count = before->n_participants,
                   .after = (ProtobufCMessage *const *)event->participants,
                   .after_count = event->n_participants,
                   .key = key_of_participant,
                   .arena = arena};
    if (!before->n_participants || !event->n_participants ||
        before->participants == shown->participants)
        return true;
    const size_t *partners = partners_of(&lists);
    Participant **all = arena_array(arena, event->n_participants, sizeof(Participant *));
    Participant *copies = arena_array(arena, event->n_participants, sizeof *copies);
    if (!partners || !all || !copies) return false;
    for (size_t i = 0; i < event->n_participants; i++) {
        copies[i] = *event->participants[i];
        all[i] = &copies[i];
        if (partners[i] == NOBODY) continue;
        const Participant *was = before->participants[partners[i]];
        const Participant *seen = shown->participants[partners[i]];
        copies[i].email = kept(copies[i].email, seen->email, was->email);
        copies[i].phone = kept(copies[i].phone, seen->phone, was->phone);
    }
    event->participants = all;
    return true;
}

static bool keep_outcomes(const Event *before, const Event *shown, Event *event, Arena *arena)
{
    Lists lists = {.before = (ProtobufCMessage *const *)before->outcomes,
                   .before_count = before->n_outcomes,
                   .after = (ProtobufCMessage *const *)event->outcomes,
                   .after_count = event->n_outcomes,
                   .key = key_of_outcome,
                   .arena = arena};
    if (!before->n_outcomes || !event->n_outcomes) return true;
    const size_t *partners = partners_of(&lists);
    Outcome **all = arena_array(arena, event->n_outcomes, sizeof(Outcome *));
    Outcome *copies = arena_array(arena, event->n_outcomes, sizeof *copies);
    if (!partners || !all || !copies) return false;
    for (size_t i = 0; i < event->n_outcomes; i++) {
        copies[i] = *event->outcomes[i];
        all[i] = &copies[i];
        if (partners[i] == NOBODY) continue;
        copies[i].closed_by = kept(copies[i].closed_by, shown->outcomes[partners[i]]->closed_by,
                                   before->outcomes[partners[i]]->closed_by);
    }
    event->outcomes = all;
    return true;
}

/* Each where it stood, as far as the list is that long: what nobody changed is the same again. */
static bool keep_related(const Event *before, const Event *shown, Event *event, Arena *arena)
{
    size_t hidden = before->n_related - shown->n_related;
    if (hidden == 0) return true;
    char **all = arena_array(arena, event->n_related + hidden, sizeof *all);
    if (!all) return false;
    size_t count = event->n_related;
    if (count) memcpy(all, event->related, count * sizeof *all);
    for (size_t i = 0, seen = 0; i < before->n_related; i++) {
        if (seen < shown->n_related && shown->related[seen] == before->related[i]) {
            seen++;
            continue;
        }
        size_t place = i < count ? i : count;
        memmove(all + place + 1, all + place, (count - place) * sizeof *all);
        all[place] = before->related[i];
        count++;
    }
    event->related = all;
    event->n_related = count;
    return true;
}

bool unseen_keep(const Event *before, const Event *shown, Event *event, Arena *arena)
{
    event->part_of = kept(event->part_of, shown->part_of, before->part_of);
    event->follows = kept(event->follows, shown->follows, before->follows);
    return keep_related(before, shown, event, arena) &&
           keep_outcomes(before, shown, event, arena) && keep_contacts(before, shown, event, arena);
}
