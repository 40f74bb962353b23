#include "daemon/registry/answer.h"

#include "daemon/registry/registry.h"
#include "daemon/registry/seal.h"
#include "daemon/registry/subscribers.h"

#include <assert.h>
#include <string.h>

enum {
    VERIFY_CHANGES_MAX = 1000, /* what one turn may read */
    VERIFY_BYTES_MAX = 8 * 1024 * 1024,
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

/* --- status --- */

static uint64_t count_visible(const Question *question)
{
    roaring_bitmap_t *visible = access_visible(question->caller, question->state->views);
    uint64_t count = roaring_bitmap_get_cardinality(visible);
    roaring_bitmap_free(visible);
    return count;
}

static void describe_store(const Question *question, Plenary__V1__StatusReply *body)
{
    State *state = question->state;
    ViewsState views = views_state(state->views);
    body->has_epoch = body->has_checkpoint_sequence = body->has_delta_bytes = 1;
    body->has_journal_bytes = body->has_views_bytes = 1;
    body->epoch = journal_epoch(state->journal);
    body->checkpoint_sequence = views.base_sequence;
    body->delta_bytes = views.delta_bytes;
    body->journal_bytes = journal_file_bytes(state->journal);
    body->views_bytes = views.file_bytes;
}

static void describe_health(const Question *question, Plenary__V1__StatusReply *body)
{
    const RegistryHealth *health = question->state->health;
    body->has_read_only = 1;
    body->read_only = health->read_only || health->disk_full;
    body->has_backup_sequence = health->backup.running;
    body->backup_sequence = health->backup.sequence;
    body->has_compacted_bytes = health->compacting.running;
    body->compacted_bytes = health->compacting.bytes;
    if (body->read_only) body->read_only_reason = arena_strdup(question->arena, health->reason);
}

StatusCode answer_get_status(const Question *question, Reply *reply, Problem *problem)
{
    State *state = question->state;
    char started[INSTANT_TEXT_SIZE];
    instant_print(state->started_us, started);
    Plenary__V1__StatusReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__status_reply__init(body);
    body->registry_id = arena_strdup(question->arena, journal_registry_id(state->journal));
    body->started = arena_strdup(question->arena, started);
    body->has_sequence = body->has_events = body->has_organisations = 1;
    body->sequence = state->applied.sequence;
    body->events = count_visible(question);
    body->organisations = directory_count(state->directory);
    describe_store(question, body);
    describe_health(question, body);
    if (access_sees_all(question->caller)) {
        body->has_principals = 1;
        body->principals = principals_count(state->principals);
        body->has_digest = 1;
        body->digest = (ProtobufCBinaryData){JOURNAL_DIGEST_BYTES, state->applied.digest};
        if (!subscribers_list(state->subscribers, question->arena, &body->subscribers,
                              &body->n_subscribers))
            return out_of_memory(problem);
    }
    if (state->world.describe) state->world.describe(state->world.context, body);
    reply->result_case = PLENARY__V1__REPLY__RESULT_DAEMON;
    reply->daemon = body;
    return STATUS_OK;
}

/* --- verifying --- */

typedef struct Verifying {
    State *state;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    uint64_t next; /* to be looked at */
    uint64_t last;
    size_t bytes;
    Plenary__V1__VerifyReply *body;
} Verifying;

static void tell_broken(Verifying *verifying, const char *what)
{
    verifying->body->has_broken_sequence = 1;
    verifying->body->broken_sequence = verifying->next;
    verifying->body->problem = (char *)(uintptr_t)what;
}

/* By its own digest, or by what an erasure said of it. */
static bool is_covered(State *state, uint64_t sequence, Bytes change)
{
    uint8_t content[JOURNAL_DIGEST_BYTES];
    if (seal_covers(change, content)) return true;
    Key key = key_sequence(sequence);
    Bytes told;
    return views_get(state->views, VIEW_ERASURES, key_bytes(&key), &told) &&
           told.size == sizeof content && memcmp(told.data, content, sizeof content) == 0;
}

static bool verify_one(void *context, uint64_t sequence, Bytes change)
{
    Verifying *verifying = context;
    if (sequence > verifying->last) return false;
    if (sequence != verifying->next) {
        tell_broken(verifying, "the change is missing");
        return false;
    }
    if (!seal_chains(change, verifying->digest) ||
        !is_covered(verifying->state, sequence, change)) {
        tell_broken(verifying, "the change's digest does not cover what it contains");
        return false;
    }
    bool sealed = seal_digest(change, verifying->digest);
    assert(sealed);
    verifying->body->verified++;
    verifying->next++;
    verifying->bytes += change.size;
    return verifying->bytes < VERIFY_BYTES_MAX;
}

static bool start_digest(State *state, uint64_t first, uint8_t *digest)
{
    memset(digest, 0, JOURNAL_DIGEST_BYTES);
    Bytes before;
    if (first == 1) return true;
    return journal_get(state->journal, first - 1, &before) && seal_digest(before, digest);
}

StatusCode answer_verify_journal(const Question *question, Reply *reply, Problem *problem)
{
    const Plenary__V1__VerifyJournal *request = question->request->verify_journal;
    uint64_t last = question->state->applied.sequence;
    uint64_t first =
        request->has_from_sequence && request->from_sequence > 0 ? request->from_sequence : 1;
    uint32_t limit = VERIFY_CHANGES_MAX;
    if (request->has_limit && request->limit && request->limit < limit) limit = request->limit;

    Plenary__V1__VerifyReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__verify_reply__init(body);
    body->has_verified = 1;
    reply->result_case = PLENARY__V1__REPLY__RESULT_VERIFY;
    reply->verify = body;
    if (first > last) return STATUS_OK;

    Verifying verifying = {.state = question->state, .next = first, .last = last, .body = body};
    if (!start_digest(question->state, first, verifying.digest))
        return problem_violation(problem, "from_sequence", "there is no change %llu before it",
                                 (unsigned long long)(first - 1));
    size_t scanned = journal_scan(question->state->journal, first, limit, verify_one, &verifying);
    if (body->has_broken_sequence || verifying.next > last) return STATUS_OK;
    if (scanned == limit || verifying.bytes >= VERIFY_BYTES_MAX) {
        body->has_next_sequence = 1;
        body->next_sequence = verifying.next;
    } else {
        tell_broken(&verifying, "the change is missing");
    }
    return STATUS_OK;
}
