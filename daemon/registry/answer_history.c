#include "daemon/registry/answer.h"
#include "daemon/registry/page.h"
#include "daemon/registry/told.h"

enum {
    HISTORY_PAGE_DEFAULT = 50,
    HISTORY_PAGE_MAX = 200,
    TOKEN_REVISION_BYTE = 4, /* behind the event's number */
    TOKEN_BYTES = 8,
    HISTORY_READ_MAX = 300, /* revisions that one turn reads, those not shown included */
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

static bool sees_record_now(const Question *question, const Change *change)
{
    Head head;
    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT:
        return access_sees(question->caller, change->event->handling) &&
               state_head(question->state, change->event->number, &head, question->arena) &&
               state_sees_head(question->caller, &head);
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION: return true;
    default: return access_sees_all(question->caller);
    }
}

bool answer_show_change(const Question *question, const Change *change, const Change **shown)
{
    *shown = NULL;
    if (!sees_record_now(question, change)) return true;
    Change *copy = arena_alloc(question->arena, sizeof *copy);
    const Change *seen = access_show_change(question->caller, change, question->arena);
    if (!copy || !seen) return false;
    *copy = *seen;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT)
        copy->event = (Event *)(uintptr_t)answer_show_event(question->state, question->caller,
                                                            change->event, question->arena);
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_ORGANISATION)
        copy->organisation = (Organisation *)(uintptr_t)access_show_organisation(
            question->caller, change->organisation, question->arena);
    *shown = copy;
    /* The members of the oneof share their place: one check does for all. */
    return copy->event != NULL || change->record_case == PLENARY__V1__CHANGE__RECORD__NOT_SET;
}

/* Where the page after this one begins: below `revision`, which this one took or left out. The
 * token is the version's key, so that it fits no other event. */
static StatusCode tell_next(const Question *question, uint32_t number, uint32_t revision,
                            Plenary__V1__ChangesReply *body, Problem *problem)
{
    Key next = key_version(number, revision);
    uint8_t *token = (uint8_t *)arena_strndup(question->arena, (const char *)next.bytes, next.size);
    if (!token) return out_of_memory(problem);
    body->has_next_page = 1;
    body->next_page = (ProtobufCBinaryData){next.size, token};
    return STATUS_OK;
}

/* Fills a page of revisions below `before`, newest first. It ends early where it would read or
 * hold too much; a page may then be short, or empty, and still have a next one. */
static StatusCode load_history(const Question *question, uint32_t number, uint32_t before,
                               uint32_t limit, Plenary__V1__ChangesReply *body, Problem *problem)
{
    body->changes = arena_array(question->arena, limit, sizeof *body->changes);
    if (!body->changes) return out_of_memory(problem);
    ToldList *told = NULL;
    if (question->request->event_history->told) {
        told = told_list(question);
        body->told = arena_array(question->arena, limit, sizeof *body->told);
        if (!told || !body->told) return out_of_memory(problem);
    }
    uint32_t revision = before;
    size_t bytes = 0;
    for (uint32_t read = 0;
         revision > 1 && body->n_changes < limit && bytes < PAGE_OPENED_BYTES_MAX &&
         read < HISTORY_READ_MAX && !(told && told_is_enough(told));
         read++) {
        revision--;
        uint64_t sequence = state_version(question->state, number, revision);
        const Change *change = state_change(question->state, sequence, question->arena);
        if (!change) return out_of_memory(problem);
        bytes += protobuf_c_message_get_packed_size(&change->base);
        const Change *shown;
        if (!answer_show_change(question, change, &shown)) return out_of_memory(problem);
        if (shown) body->changes[body->n_changes++] = (Change *)(uintptr_t)shown;
        if (shown && told && !told_add(told, change, body)) return out_of_memory(problem);
    }
    return revision > 1 ? tell_next(question, number, revision, body, problem) : STATUS_OK;
}

StatusCode answer_event_history(const Question *question, Reply *reply, Problem *problem)
{
    const Plenary__V1__EventHistory *request = question->request->event_history;
    uint32_t number;
    Head head;
    StatusCode code = state_find(question->state, question->caller, request->event_id,
                                 question->arena, &number, &head, problem);
    if (code != STATUS_OK) return code;
    if (request->told && !access_sees_all(question->caller))
        return problem_set(problem, STATUS_PERMISSION_DENIED, "you may not ask who was told");
    uint32_t before = head.revision + 1;
    if (request->page && request->page->has_token) {
        const uint8_t *token = request->page->token.data;
        bool fits =
            request->page->token.len == TOKEN_BYTES && key_to_number((Bytes){token, 4}) == number;
        uint32_t revision = fits ? key_to_number((Bytes){token + TOKEN_REVISION_BYTE, 4}) : 0;
        if (revision == 0 || revision > before)
            return problem_violation(problem, "page.token", "it is none of this history's");
        before = revision;
    }
    Plenary__V1__ChangesReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__changes_reply__init(body);
    reply->result_case = PLENARY__V1__REPLY__RESULT_CHANGES;
    reply->changes = body;
    return load_history(question, number, before,
                        page_limit(request->page, HISTORY_PAGE_DEFAULT, HISTORY_PAGE_MAX), body,
                        problem);
}
