#include "daemon/registry/state.h"

#include "proto/validate.h"

#include <stdlib.h>
#include <string.h>

enum {
    PREFIX_CHARACTERS_MIN = 8,
    PREFIX_IDS_MAX = 4096, /* ids looked at; further ones that are seen are not found by it */
};

const Change *state_change(State *self, uint64_t sequence, Arena *arena)
{
    Bytes packed;
    if (!journal_get(self->journal, sequence, &packed)) return NULL;
    return (const Change *)protobuf_c_message_unpack(
        &plenary__v1__change__descriptor, arena_allocator(arena), packed.size, packed.data);
}

bool state_head(State *self, uint32_t number, Head *head, Arena *arena)
{
    Key key = key_number(number);
    Bytes value;
    return views_get(self->views, VIEW_HEADS, key_bytes(&key), &value) &&
           head_decode(value, head, arena);
}

uint64_t state_version(State *self, uint32_t number, uint32_t revision)
{
    Key key = key_version(number, revision);
    Bytes value;
    bool found = views_get(self->views, VIEW_VERSIONS, key_bytes(&key), &value);
    return found ? number_decode(value) : 0;
}

const Event *state_event(State *self, const Head *head, Arena *arena)
{
    if (head->withdrawn) return NULL;
    const Change *change = state_change(self, head->sequence, arena);
    return change && change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT ? change->event
                                                                              : NULL;
}

bool state_sees_head(const Caller *caller, const Head *head)
{
    if (access_sees_all(caller)) return true;
    if (head->withdrawn) return false;
    Handling handling = PLENARY__V1__HANDLING__INIT;
    handling.has_tlp = 1;
    handling.tlp = head->tlp;
    handling.audience = head->audience;
    handling.n_audience = head->audience_count;
    return access_sees(caller, &handling);
}

static uint32_t named(State *self, Key key)
{
    Bytes value;
    if (!views_get(self->views, VIEW_NAMES, key_bytes(&key), &value)) return 0;
    return (uint32_t)number_decode(value);
}

uint32_t state_number_of_id(State *self, const char *id)
{
    return strlen(id) == ID_TEXT_SIZE - 1 ? named(self, key_id(id)) : 0;
}

uint32_t state_number_of_uid(State *self, const char *uid, const char *recurrence_id)
{
    bool fits = strlen(uid) <= VALIDATE_UID_BYTES_MAX &&
                (!recurrence_id || strlen(recurrence_id) < MOMENT_TEXT_SIZE);
    return fits ? named(self, key_uid(uid, recurrence_id)) : 0;
}

static uint32_t parse_number(const char *name)
{
    if (name[0] < '1' || name[0] > '9') return 0;
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    return *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

typedef struct PrefixSearch {
    State *state;
    const Caller *caller;
    Arena *arena;
    Key prefix;
    uint32_t number;
    Head head;
    bool twice;
    uint32_t looked_at;
} PrefixSearch;

static bool take_prefixed(void *context, Bytes key, Bytes value)
{
    PrefixSearch *search = context;
    if (key.size < search->prefix.size ||
        memcmp(key.data, search->prefix.bytes, search->prefix.size) != 0 ||
        search->looked_at++ == PREFIX_IDS_MAX)
        return false;
    Head head;
    uint32_t number = (uint32_t)number_decode(value);
    if (!state_head(search->state, number, &head, search->arena)) return true;
    if (!state_sees_head(search->caller, &head)) return true;
    search->twice = search->number != 0;
    search->number = number;
    search->head = head;
    return !search->twice;
}

static StatusCode find_by_prefix(State *self, const Caller *caller, const char *name, Arena *arena,
                                 uint32_t *number, Head *head, Problem *problem)
{
    size_t length = strlen(name);
    if (length < PREFIX_CHARACTERS_MIN || length >= ID_TEXT_SIZE) return STATUS_NOT_FOUND;
    PrefixSearch search = {.state = self, .caller = caller, .arena = arena, .prefix = key_id(name)};
    views_scan(self->views, VIEW_NAMES, key_bytes(&search.prefix), take_prefixed, &search);
    if (search.twice)
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "more than one event has an id that begins with %s", name);
    if (!search.number) return STATUS_NOT_FOUND;
    *number = search.number;
    *head = search.head;
    return STATUS_OK;
}

StatusCode state_find(State *self, const Caller *caller, const char *name, Arena *arena,
                      uint32_t *number, Head *head, Problem *problem)
{
    const uint32_t candidates[] = {
        parse_number(name),
        state_number_of_id(self, name),
        state_number_of_uid(self, name, NULL),
    };
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        Head found;
        if (!candidates[i] || !state_head(self, candidates[i], &found, arena)) continue;
        if (!state_sees_head(caller, &found)) continue;
        *number = candidates[i];
        *head = found;
        return STATUS_OK;
    }
    StatusCode code = find_by_prefix(self, caller, name, arena, number, head, problem);
    if (code == STATUS_NOT_FOUND) problem_set(problem, code, "there is no event \"%s\"", name);
    return code;
}
