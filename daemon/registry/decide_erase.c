#include "daemon/registry/decide.h"
#include "daemon/registry/registry.h"
#include "proto/erase.h"

#include <string.h>

/* What is being put together, all of it in the command's arena. */
typedef struct Erasing {
    Command *command;
    const Eraser *eraser;
    const char *text;
    Change *change;
    Rewritten *rewritten;
    const Event **before;
    size_t bytes;
} Erasing;

static StatusCode no_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                       "the images are too large together: name fewer changes");
}

/* It rewrites what any other command may be built on, and is alone in its group. */
StatusCode claim_erase_person(State *state, Command *command)
{
    return claim_put_principal(state, command);
}

/* The old salt goes, so that the digest of before cannot be guessed from a name. */
static bool give_salt(const Erasing *erasing, Change *touched)
{
    uint8_t seed[SEAL_SALT_BYTES + sizeof touched->sequence];
    uint8_t *salt = arena_alloc(erasing->command->arena, JOURNAL_DIGEST_BYTES);
    if (!salt) return false;
    memcpy(seed, erasing->command->salt, SEAL_SALT_BYTES);
    memcpy(seed + SEAL_SALT_BYTES, &touched->sequence, sizeof touched->sequence);
    seal_hash((Bytes){seed, sizeof seed}, salt);
    touched->has_salt = 1;
    touched->salt = (ProtobufCBinaryData){SEAL_SALT_BYTES, salt};
    return true;
}

/* Seals the change anew and tells of it in the `erased` one. False: the arena is full. */
static bool rewrite(Erasing *erasing, Change *touched, const Event *before)
{
    Arena *arena = erasing->command->arena;
    Plenary__V1__Erasure *erasure = arena_alloc(arena, sizeof *erasure);
    uint8_t *content = arena_alloc(arena, JOURNAL_DIGEST_BYTES);
    if (!erasure || !content || !give_salt(erasing, touched)) return false;
    touched->has_request_hash = 0;
    Bytes packed = seal_again(touched, content, arena);
    if (packed.size == 0) return false;
    plenary__v1__erasure__init(erasure);
    erasure->has_sequence = erasure->has_content_digest = erasure->has_number = 1;
    erasure->sequence = touched->sequence;
    erasure->content_digest = (ProtobufCBinaryData){JOURNAL_DIGEST_BYTES, content};
    erasure->number = touched->event->number;
    size_t at = erasing->change->n_erasures++;
    erasing->change->erasures[at] = erasure;
    erasing->rewritten[at] = (Rewritten){touched->sequence, packed};
    erasing->before[at] = before;
    erasing->bytes += packed.size;
    return erasing->bytes <= REGISTRY_GROUP_BYTES_MAX;
}

/* Takes the person out of one change's image; one that does not name them is passed over. */
static StatusCode erase_one(State *state, Erasing *erasing, uint64_t sequence, Problem *problem)
{
    Arena *arena = erasing->command->arena;
    Erased erased = {0};
    const Change *before = state_change(state, sequence, arena);
    if (!before || before->record_case != PLENARY__V1__CHANGE__RECORD_EVENT) return STATUS_OK;
    if (!eraser_finds(erasing->eraser, before->event, NULL, NULL)) return STATUS_OK;
    Change *touched = (Change *)(uintptr_t)state_change(state, sequence, arena);
    if (!touched || !eraser_apply(erasing->eraser, touched->event, erasing->text, arena, &erased))
        return no_memory(problem);
    if (erased.entries + erased.texts == 0) return STATUS_OK;
    return rewrite(erasing, touched, before->event) ? STATUS_OK : no_memory(problem);
}

static bool is_repeated(const Plenary__V1__ErasePerson *body, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (body->sequences[i] == body->sequences[at]) return true;
    return false;
}

static StatusCode erase_all(State *state, Erasing *erasing, Problem *problem)
{
    const Plenary__V1__ErasePerson *body = erasing->command->request->erase_person;
    for (size_t i = 0; i < body->n_sequences; i++) {
        if (body->sequences[i] == 0 || body->sequences[i] > state->applied.sequence)
            return problem_violation(problem, "sequences", "there is no change %llu",
                                     (unsigned long long)body->sequences[i]);
        if (is_repeated(body, i)) continue;
        StatusCode code = erase_one(state, erasing, body->sequences[i], problem);
        if (code != STATUS_OK) return code;
    }
    return STATUS_OK;
}

static bool begin(Erasing *erasing, size_t count)
{
    Arena *arena = erasing->command->arena;
    erasing->change = arena_alloc(arena, sizeof *erasing->change);
    erasing->rewritten = arena_array(arena, count, sizeof *erasing->rewritten);
    erasing->before = arena_array(arena, count, sizeof(const Event *));
    if (!erasing->change || !erasing->rewritten || !erasing->before) return false;
    plenary__v1__change__init(erasing->change);
    erasing->change->has_action = 1;
    erasing->change->action = PLENARY__V1__CHANGE__ACTION__ERASED;
    erasing->change->erasures = arena_array(arena, count, sizeof *erasing->change->erasures);
    return erasing->change->erasures != NULL;
}

static void finish(const State *state, const Erasing *erasing)
{
    Decision *decision = &erasing->command->decision;
    decision->latest_sequence = state->applied.sequence;
    if (erasing->change->n_erasures == 0) return;
    decision->change = erasing->change;
    decision->rewritten_count = erasing->change->n_erasures;
    decision->rewritten = erasing->rewritten;
    decision->unerased = erasing->before;
}

StatusCode decide_erase_person(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__ErasePerson *body = command->request->erase_person;
    if (state->health && state->health->backup.running)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "a backup is under way, and would have the name in one part and not in "
                           "another; plenary status says how far it is");
    Eraser *eraser = eraser_new(state->words, body->person, problem);
    if (!eraser) return problem->code;
    Erasing erasing = {.command = command, .eraser = eraser, .text = body->text};
    StatusCode code = body->text ? eraser_check_text(eraser, body->text, problem) : STATUS_OK;
    if (code == STATUS_OK && !begin(&erasing, body->n_sequences)) code = no_memory(problem);
    if (code == STATUS_OK) code = erase_all(state, &erasing, problem);
    if (code == STATUS_OK) finish(state, &erasing);
    eraser_destroy(&eraser);
    return code;
}
