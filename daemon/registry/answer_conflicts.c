/* The request list_conflicts: what a bounded walk over the query's events finds, page by page. */
#include "daemon/registry/answer.h"
#include "daemon/registry/conflicts.h"
#include "daemon/registry/page.h"

#include <string.h>

enum {
    CONFLICTS_DEFAULT = 100,
    CONFLICTS_MAX = 500,
    EVENTS_AT_ONCE = 256,                     /* looked at for one page */
    TOKEN_TAKEN_BYTE = QUERY_VIEW_HASH_BYTES, /* behind the hash of the query */
    TOKEN_NUMBER_BYTE = TOKEN_TAKEN_BYTE + 1,
    TOKEN_CANDIDATE_BYTE = TOKEN_NUMBER_BYTE + 4,
    TOKEN_PAGE_BYTE = TOKEN_CANDIDATE_BYTE + 4, /* then the token of the events' own pages */
};

/* A page of conflicts begins behind an event, or within the one that follows it. */
typedef struct Walk {
    const Question *question;
    QueryContext context;
    Resolved *resolved;
    ProtobufCBinaryData after; /* token of the events' pages; length 0: from the first */
    Conflicts conflicts;
    Plenary__V1__ConflictsReply *body;
} Walk;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

/* --- tokens --- */

static StatusCode read_token(Walk *self, const Page *page, ConflictsPlace *place, Problem *problem)
{
    if (!page || !page->has_token) return STATUS_OK;
    const uint8_t *token = page->token.data;
    uint8_t hash[QUERY_VIEW_HASH_BYTES];
    query_hash(&self->context, self->resolved, hash);
    if (page->token.len < TOKEN_PAGE_BYTE || memcmp(token, hash, sizeof hash) != 0)
        return problem_violation(problem, "page.token", "it is none of this query's");
    place->taken_said = token[TOKEN_TAKEN_BYTE] != 0;
    place->number = key_to_number((Bytes){token + TOKEN_NUMBER_BYTE, 4});
    place->candidate = key_to_number((Bytes){token + TOKEN_CANDIDATE_BYTE, 4});
    self->after = (ProtobufCBinaryData){page->token.len - TOKEN_PAGE_BYTE,
                                        page->token.data + TOKEN_PAGE_BYTE};
    return STATUS_OK;
}

static StatusCode write_token(Walk *self, Problem *problem)
{
    const ConflictsPlace *place = &self->conflicts.place;
    size_t size = TOKEN_PAGE_BYTE + self->after.len;
    uint8_t *token = arena_alloc(self->question->arena, size);
    if (!token) return out_of_memory(problem);
    Key number = key_number(place->number);
    Key candidate = key_number(place->candidate);
    query_hash(&self->context, self->resolved, token);
    token[TOKEN_TAKEN_BYTE] = place->taken_said;
    memcpy(token + TOKEN_NUMBER_BYTE, number.bytes, number.size);
    memcpy(token + TOKEN_CANDIDATE_BYTE, candidate.bytes, candidate.size);
    if (self->after.len) memcpy(token + TOKEN_PAGE_BYTE, self->after.data, self->after.len);
    self->body->has_next_page = 1;
    self->body->next_page = (ProtobufCBinaryData){size, token};
    return STATUS_OK;
}

/* --- a page --- */

/* Of the query's answer, which the conflicts hold. */
static StatusCode find_events(Walk *self, EventPage *events, Problem *problem)
{
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = 1;
    page.limit = EVENTS_AT_ONCE;
    page.has_token = self->after.len != 0;
    page.token = self->after;
    return page_answer_of(&self->context, self->resolved, self->conflicts.answer, &page, events,
                          problem);
}

/* The events of one page of the query, until the work is enough. */
static StatusCode walk_events(Walk *self, const EventPage *events, Problem *problem)
{
    for (size_t i = 0; i < events->count; i++) {
        if (i > 0 && conflicts_tired(&self->conflicts)) return write_token(self, problem);
        switch (conflicts_of_event(&self->conflicts, events->numbers[i])) {
        case CONFLICTS_FULL: return out_of_memory(problem);
        case CONFLICTS_CUT: return write_token(self, problem);
        case CONFLICTS_DONE: break;
        }
        self->conflicts.place = (ConflictsPlace){0};
        if (!page_token_after(&self->context, self->resolved, events, i + 1, &self->after))
            return out_of_memory(problem);
    }
    return events->next.len ? write_token(self, problem) : STATUS_OK;
}

static StatusCode fill_page(Walk *self, const ConflictsPlace *place, uint32_t limit,
                            Problem *problem)
{
    EventPage events;
    StatusCode code =
        conflicts_begin(&self->context, self->resolved, limit, &self->conflicts, problem);
    if (code != STATUS_OK) return code;
    self->conflicts.place = *place;
    code = find_events(self, &events, problem);
    return code == STATUS_OK ? walk_events(self, &events, problem) : code;
}

/* The same of one event alone. */
static StatusCode fill_page_of_event(Walk *self, const ConflictsPlace *place, uint32_t limit,
                                     Problem *problem)
{
    const Plenary__V1__ListConflicts *request = self->question->request->list_conflicts;
    uint32_t number;
    Head head;
    StatusCode code = state_find(self->context.state, self->context.caller, request->event_id,
                                 self->context.arena, &number, &head, problem);
    if (code != STATUS_OK) return code;
    if (head.withdrawn)
        return problem_set(problem, STATUS_NOT_FOUND, "event %u was withdrawn", number);
    if (place->number && place->number != number)
        return problem_violation(problem, "page.token", "it is none of this query's");
    conflicts_begin_alone(&self->context, limit, CONFLICTS_STEPS_MAX, &self->conflicts);
    self->conflicts.place = *place;
    switch (conflicts_of_event(&self->conflicts, number)) {
    case CONFLICTS_FULL: return out_of_memory(problem);
    case CONFLICTS_CUT: return write_token(self, problem);
    case CONFLICTS_DONE: break;
    }
    return STATUS_OK;
}

StatusCode answer_list_conflicts(const Question *question, Reply *reply, Problem *problem)
{
    const Plenary__V1__ListConflicts *request = question->request->list_conflicts;
    Walk walk = {.question = question,
                 .context = {question->state, question->caller, question->arena}};
    ConflictsPlace place = {0};
    uint32_t limit = page_limit(request->page, CONFLICTS_DEFAULT, CONFLICTS_MAX);
    StatusCode code = query_resolve(&walk.context, request->query, &walk.resolved, problem);
    if (code == STATUS_OK) code = read_token(&walk, request->page, &place, problem);
    if (code != STATUS_OK) return code;
    walk.body = arena_alloc(question->arena, sizeof *walk.body);
    if (!walk.body) return out_of_memory(problem);
    plenary__v1__conflicts_reply__init(walk.body);
    code = request->event_id ? fill_page_of_event(&walk, &place, limit, problem)
                             : fill_page(&walk, &place, limit, problem);
    if (walk.conflicts.live) conflicts_end(&walk.conflicts);
    walk.body->conflicts = walk.conflicts.found;
    walk.body->n_conflicts = walk.conflicts.count;
    reply->result_case = PLENARY__V1__REPLY__RESULT_CONFLICTS;
    reply->conflicts = walk.body;
    return code;
}
