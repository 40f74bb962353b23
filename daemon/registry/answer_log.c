#include "daemon/registry/answer.h"
#include "daemon/registry/page.h"
#include "daemon/registry/past.h"
#include "proto/fields.h"
#include "proto/peek.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    LOG_PAGE_DEFAULT = 100,
    LOG_PAGE_MAX = 200,
    LOG_SCANNED_MAX = 2000, /* changes that one request looks at */
    LOG_OPENED_MAX = 250,   /* of those, unpacked: shown, or not to be seen */

    TOKEN_HASH_BYTES = 16,
    TOKEN_BYTES = TOKEN_HASH_BYTES + 8 + 8,
};

/* The field of Change that holds each kind of record. */
static const uint32_t record_fields[] = {
    [PLENARY__V1__LIST_CHANGES__RECORD__EVENT] = FIELD_CHANGE_EVENT,
    [PLENARY__V1__LIST_CHANGES__RECORD__ORGANISATION] = FIELD_CHANGE_ORGANISATION,
    [PLENARY__V1__LIST_CHANGES__RECORD__PRINCIPAL] = FIELD_CHANGE_PRINCIPAL,
};

/* A stretch of the journal that is being read, up or down. */
typedef struct LogReading {
    const Question *question;
    const Plenary__V1__ListChanges *asked;
    const char *organisations[DIRECTORY_MATCHES_MAX]; /* ids that who acted may have */
    size_t organisation_count;
    uint8_t hash[TOKEN_HASH_BYTES]; /* of the question and of who asks */
    uint64_t first;                 /* nothing below it is meant */
    uint64_t last;                  /* nor above it */
    bool descending;
    Plenary__V1__ChangesReply *body;
    uint32_t limit;
    uint32_t opened;
    size_t bytes;
} LogReading;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

/* --- what is asked for, without unpacking --- */

static bool is_text(Bytes change, uint32_t field, const char *wanted)
{
    const uint8_t *text;
    size_t size;
    return peek_text(change.data, change.size, field, &text, &size) && size == strlen(wanted) &&
           memcmp(text, wanted, size) == 0;
}

static bool is_by_organisation(const LogReading *reading, Bytes change)
{
    if (!reading->asked->organisation) return true;
    for (size_t i = 0; i < reading->organisation_count; i++)
        if (is_text(change, FIELD_CHANGE_BY_ORGANISATION, reading->organisations[i])) return true;
    return false;
}

static bool is_action(const Plenary__V1__ListChanges *asked, Bytes change)
{
    uint64_t action = 0;
    if (asked->n_actions == 0) return true;
    if (!peek_varint(change.data, change.size, FIELD_CHANGE_ACTION, &action)) return false;
    for (size_t i = 0; i < asked->n_actions; i++)
        if ((uint64_t)asked->actions[i] == action) return true;
    return false;
}

static bool is_record(const Plenary__V1__ListChanges *asked, Bytes change)
{
    return !asked->has_record || asked->record == PLENARY__V1__LIST_CHANGES__RECORD__ANY ||
           peek_has(change.data, change.size, record_fields[asked->record]);
}

static bool is_wanted(const LogReading *reading, Bytes change)
{
    const Plenary__V1__ListChanges *asked = reading->asked;
    return (!asked->principal || is_text(change, FIELD_CHANGE_BY_PRINCIPAL, asked->principal)) &&
           is_by_organisation(reading, change) && is_action(asked, change) &&
           is_record(asked, change);
}

/* --- reading --- */

/* False: the arena is full. */
static bool add(LogReading *reading, uint64_t sequence)
{
    const Question *question = reading->question;
    const Change *change = state_change(question->state, sequence, question->arena);
    const Change *shown = NULL;
    if (!change || !answer_show_change(question, change, &shown)) return false;
    reading->opened++;
    if (!shown) return true;
    reading->body->changes[reading->body->n_changes++] = (Change *)(uintptr_t)shown;
    return true;
}

static bool has_room(const LogReading *reading)
{
    return reading->body->n_changes < reading->limit && reading->opened < LOG_OPENED_MAX &&
           reading->bytes < PAGE_OPENED_BYTES_MAX;
}

/* Reads from `next` on until the page is full or enough was looked at; *next is then where to go
 * on, or 0 at the end. */
static StatusCode read_changes(LogReading *reading, uint64_t *next, Problem *problem)
{
    uint64_t at = *next;
    Journal *journal = reading->question->state->journal;
    for (size_t scanned = 0; at >= reading->first && at <= reading->last; scanned++) {
        Bytes change;
        if (scanned == LOG_SCANNED_MAX || !has_room(reading)) {
            *next = at;
            return STATUS_OK;
        }
        if (!journal_get(journal, at, &change))
            return problem_set(problem, STATUS_INTERNAL, "change %llu cannot be read",
                               (unsigned long long)at);
        if (is_wanted(reading, change)) {
            reading->bytes += change.size;
            if (!add(reading, at)) return out_of_memory(problem);
        }
        at = reading->descending ? at - 1 : at + 1;
    }
    *next = 0;
    return STATUS_OK;
}

/* --- the stretch --- */

static uint64_t sequence_at(const Question *question, const char *instant, int64_t earlier_us)
{
    int64_t time_us = 0;
    bool parsed = instant_parse(instant, &time_us); /* checked already */
    assert(parsed);
    return past_sequence(question->state, time_us - earlier_us);
}

static void find_stretch(LogReading *reading)
{
    const Plenary__V1__ListChanges *asked = reading->asked;
    reading->first = asked->after_sequence == UINT64_MAX ? UINT64_MAX : asked->after_sequence + 1;
    reading->last = reading->question->state->applied.sequence;
    if (asked->from) {
        uint64_t from = sequence_at(reading->question, asked->from, 1) + 1;
        if (from > reading->first) reading->first = from;
    }
    if (asked->to) reading->last = sequence_at(reading->question, asked->to, 0);
}

/* Who acted is named by id; people give any name that there is. */
static void find_organisations(LogReading *reading)
{
    const char *name = reading->asked->organisation;
    if (!name) return;
    reading->organisation_count =
        directory_resolve(reading->question->state->directory, name, false,
                          reading->question->arena, reading->organisations);
}

/* --- tokens: hash of the question, the last change that is meant, where to go on --- */

static StatusCode hash_question(LogReading *reading, Problem *problem)
{
    Plenary__V1__ListChanges asked = *reading->asked;
    asked.page = NULL;
    size_t size = plenary__v1__list_changes__get_packed_size(&asked);
    uint8_t *packed = arena_alloc(reading->question->arena, size + ACCESS_HASH_BYTES);
    if (!packed) return out_of_memory(problem);
    plenary__v1__list_changes__pack(&asked, packed);
    access_hash(reading->question->caller, packed + size);
    crypto_generichash(reading->hash, sizeof reading->hash, packed, size + ACCESS_HASH_BYTES, NULL,
                       0);
    return STATUS_OK;
}

static StatusCode read_token(LogReading *reading, uint64_t *next, Problem *problem)
{
    const Page *page = reading->asked->page;
    *next = reading->descending ? reading->last : reading->first;
    if (!page || !page->has_token) return STATUS_OK;
    const uint8_t *token = page->token.data;
    if (page->token.len != TOKEN_BYTES || memcmp(token, reading->hash, sizeof reading->hash) != 0)
        return problem_violation(problem, "page.token", "it is none of this question's");
    uint64_t last = key_to_sequence((Bytes){token + TOKEN_HASH_BYTES, 8});
    *next = key_to_sequence((Bytes){token + TOKEN_HASH_BYTES + 8, 8});
    if (last > reading->question->state->applied.sequence || *next > last || *next == 0)
        return problem_violation(problem, "page.token", "it is none of this question's");
    reading->last = last;
    return STATUS_OK;
}

static StatusCode write_token(const LogReading *reading, uint64_t next, Problem *problem)
{
    uint8_t *token = arena_alloc(reading->question->arena, TOKEN_BYTES);
    if (!token) return out_of_memory(problem);
    Key last = key_sequence(reading->last);
    Key place = key_sequence(next);
    memcpy(token, reading->hash, sizeof reading->hash);
    memcpy(token + TOKEN_HASH_BYTES, last.bytes, last.size);
    memcpy(token + TOKEN_HASH_BYTES + last.size, place.bytes, place.size);
    reading->body->has_next_page = 1;
    reading->body->next_page = (ProtobufCBinaryData){TOKEN_BYTES, token};
    return STATUS_OK;
}

/* --- the answer --- */

static StatusCode check_rights(const LogReading *reading, Problem *problem)
{
    const Plenary__V1__ListChanges *asked = reading->asked;
    if (access_sees_all(reading->question->caller)) return STATUS_OK;
    if (asked->principal)
        return problem_set(problem, STATUS_PERMISSION_DENIED,
                           "you may not ask which principal acted");
    if (asked->has_record && asked->record == PLENARY__V1__LIST_CHANGES__RECORD__PRINCIPAL)
        return problem_set(problem, STATUS_PERMISSION_DENIED, "you may not ask for principals");
    return STATUS_OK;
}

StatusCode answer_list_changes(const Question *question, Reply *reply, Problem *problem)
{
    LogReading reading = {.question = question, .asked = question->request->list_changes};
    uint64_t next = 0;
    reading.descending = reading.asked->descending;
    reading.limit = page_limit(reading.asked->page, LOG_PAGE_DEFAULT, LOG_PAGE_MAX);
    StatusCode code = check_rights(&reading, problem);
    if (code == STATUS_OK) code = hash_question(&reading, problem);
    if (code != STATUS_OK) return code;
    find_stretch(&reading);
    find_organisations(&reading);
    code = read_token(&reading, &next, problem);
    if (code != STATUS_OK) return code;

    reading.body = arena_alloc(question->arena, sizeof *reading.body);
    if (!reading.body) return out_of_memory(problem);
    plenary__v1__changes_reply__init(reading.body);
    reading.body->changes =
        arena_array(question->arena, reading.limit, sizeof *reading.body->changes);
    if (!reading.body->changes) return out_of_memory(problem);
    code = read_changes(&reading, &next, problem);
    if (code == STATUS_OK && next) code = write_token(&reading, next, problem);
    reply->result_case = PLENARY__V1__REPLY__RESULT_CHANGES;
    reply->changes = reading.body;
    return code;
}
