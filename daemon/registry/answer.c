#include "daemon/registry/answer.h"

#include "daemon/registry/answer_expand.h"
#include "daemon/registry/explain.h"
#include "daemon/registry/page.h"
#include "daemon/registry/past.h"
#include "proto/fields.h"
#include "proto/peek.h"

#include <string.h>

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

/* --- showing --- */

typedef struct Sight {
    State *state;
    const Caller *caller;
    Arena *arena;
} Sight;

static bool sees_event_id(void *context, const char *id)
{
    const Sight *sight = context;
    uint32_t number = state_number_of_id(sight->state, id);
    Head head;
    return number && state_head(sight->state, number, &head, sight->arena) &&
           state_sees_head(sight->caller, &head);
}

const Event *answer_show_event(State *state, const Caller *caller, const Event *event, Arena *arena)
{
    Sight sight = {state, caller, arena};
    return access_show_event(caller, event, sees_event_id, &sight, arena);
}

/* --- one event --- */

/* Which revision a request for an event means; 0: none. */
static StatusCode wanted_revision(const Question *question, uint32_t number, const Head *head,
                                  uint32_t *revision, Problem *problem)
{
    const Plenary__V1__GetEvent *body = question->request->get_event;
    *revision = head->revision;
    if (body->has_at_revision) {
        if (body->at_revision == 0 || body->at_revision > head->revision)
            return problem_set(problem, STATUS_NOT_FOUND, "event %u has revisions 1 to %u, not %u",
                               number, head->revision, body->at_revision);
        *revision = body->at_revision;
    } else if (body->at_time) {
        int64_t time_us;
        if (!instant_parse(body->at_time, &time_us))
            return problem_violation(problem, "at_time", "\"%s\" is not a time", body->at_time);
        *revision = past_revision(question->state, number, head->revision,
                                  past_sequence(question->state, time_us));
        if (*revision == 0)
            return problem_set(problem, STATUS_NOT_FOUND, "event %u was not registered by %s",
                               number, body->at_time);
    }
    return STATUS_OK;
}

StatusCode answer_get_event(const Question *question, Reply *reply, Problem *problem)
{
    uint32_t number;
    Head head;
    StatusCode code =
        state_find(question->state, question->caller, question->request->get_event->event_id,
                   question->arena, &number, &head, problem);
    uint32_t revision = 0;
    if (code == STATUS_OK) code = wanted_revision(question, number, &head, &revision, problem);
    if (code != STATUS_OK) return code;

    uint64_t sequence = state_version(question->state, number, revision);
    const Change *change = state_change(question->state, sequence, question->arena);
    if (!change) return out_of_memory(problem);
    if (change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN)
        return problem_set(problem, STATUS_NOT_FOUND, "event %u was withdrawn", number);
    if (!access_sees(question->caller, change->event->handling))
        return problem_set(problem, STATUS_NOT_FOUND, "there is no event \"%s\"",
                           question->request->get_event->event_id);

    Plenary__V1__EventReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__event_reply__init(body);
    const Event *shown =
        answer_show_event(question->state, question->caller, change->event, question->arena);
    if (!shown) return out_of_memory(problem);
    body->event = (Event *)(uintptr_t)shown;
    body->has_sequence = 1;
    body->sequence = sequence;
    reply->result_case = PLENARY__V1__REPLY__RESULT_EVENT;
    reply->event = body;
    return STATUS_OK;
}

/* --- many events --- */

static StatusCode resolve(const Question *question, const Query *query, QueryContext *context,
                          Resolved **resolved, Problem *problem)
{
    *context = (QueryContext){
        .state = question->state, .caller = question->caller, .arena = question->arena};
    return query_resolve(context, query, resolved, problem);
}

/* Passes an event on as it lies in the journal, for who sees all of it: its bytes go into the
 * reply under the number of `events`, and nothing is unpacked or packed. */
static bool add_as_it_is(const Question *question, uint64_t sequence,
                         Plenary__V1__EventsReply *body, size_t *bytes)
{
    Bytes change;
    const uint8_t *event;
    size_t size;
    if (!journal_get(question->state->journal, sequence, &change) ||
        !peek_message(change.data, change.size, FIELD_CHANGE_EVENT, &event, &size))
        return false;
    body->base.unknown_fields[body->base.n_unknown_fields++] = (ProtobufCMessageUnknownField){
        .tag = FIELD_EVENTS_REPLY_EVENTS,
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = size,
        .data = (uint8_t *)(uintptr_t)event,
    };
    *bytes += size;
    return true;
}

static bool add_shown(const Question *question, uint64_t sequence, Plenary__V1__EventsReply *body,
                      size_t *bytes)
{
    const Change *change = state_change(question->state, sequence, question->arena);
    const Event *event = change ? answer_show_event(question->state, question->caller,
                                                    change->event, question->arena)
                                : NULL;
    if (!event) return false;
    body->events[body->n_events++] = (Event *)(uintptr_t)event;
    *bytes += protobuf_c_message_get_packed_size(&event->base);
    return true;
}

/* Loads the events of a page until it grows over its bytes; what is left is the next page's. */
StatusCode answer_load_events(const Question *question, const EventPage *page,
                              Plenary__V1__EventsReply *body, size_t *taken, Problem *problem)
{
    size_t bytes = 0;
    bool as_it_is = access_sees_all(question->caller);
    size_t bytes_max = as_it_is ? PAGE_BYTES_MAX : PAGE_OPENED_BYTES_MAX;
    *taken = 0;
    body->events = arena_array(question->arena, page->count, sizeof *body->events);
    body->base.unknown_fields =
        arena_array(question->arena, page->count, sizeof *body->base.unknown_fields);
    if (!body->events || !body->base.unknown_fields) return out_of_memory(problem);
    for (; *taken < page->count && bytes < bytes_max; (*taken)++) {
        const Column *column = columns_find(&question->state->columns, page->numbers[*taken]);
        if (!column) continue;
        uint64_t sequence = page->sequences ? page->sequences[*taken] : column->sequence;
        bool added = as_it_is ? add_as_it_is(question, sequence, body, &bytes)
                              : add_shown(question, sequence, body, &bytes);
        if (!added) return out_of_memory(problem);
    }
    return STATUS_OK;
}

/* Checked already; 0 where the present is asked for. */
static int64_t as_of_us(const Plenary__V1__ListEvents *request)
{
    int64_t time_us = 0;
    if (request->as_of) (void)instant_parse(request->as_of, &time_us);
    return time_us;
}

static StatusCode list_instances(const Question *question, Reply *reply, Problem *problem)
{
    QueryContext context;
    Resolved *resolved;
    StatusCode code =
        resolve(question, question->request->list_events->query, &context, &resolved, problem);
    if (code != STATUS_OK) return code;
    Plenary__V1__EventsReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__events_reply__init(body);
    code = answer_expanded(question, &context, resolved, body, problem);
    if (code != STATUS_OK) return code;
    reply->result_case = PLENARY__V1__REPLY__RESULT_EVENTS;
    reply->events = body;
    return STATUS_OK;
}

StatusCode answer_list_events(const Question *question, Reply *reply, Problem *problem)
{
    const Plenary__V1__ListEvents *request = question->request->list_events;
    if (request->expand) return list_instances(question, reply, problem);
    SetReport report = {.started_us = explain_now_us(question->state)};
    QueryContext context;
    Resolved *resolved;
    EventPage page;
    StatusCode code = resolve(question, request->query, &context, &resolved, problem);
    if (code != STATUS_OK) return code;
    if (request->explain) context.report = &report;
    const PastQuestion past = {&context, resolved, as_of_us(request), request->page};
    code = request->as_of ? past_answer(&past, &page, problem)
                          : page_answer(&context, resolved, request->page, &page, problem);
    if (code != STATUS_OK) return code;

    Plenary__V1__EventsReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__events_reply__init(body);
    size_t taken = 0;
    code = answer_load_events(question, &page, body, &taken, problem);
    if (code != STATUS_OK) return code;
    if (taken < page.count &&
        !(request->as_of ? past_token_after(&past, &page, taken - 1, &page.next)
                         : page_token_after(&context, resolved, &page, taken, &page.next)))
        return out_of_memory(problem);
    body->has_next_page = page.next.len != 0;
    body->next_page = page.next;
    body->has_as_of_sequence = 1;
    body->as_of_sequence = request->as_of ? page.as_of_sequence : question->state->applied.sequence;
    body->has_total = !page.is_partial;
    body->total = page.total;
    report.loaded += taken;
    if (request->explain && !explain_report(&context, &body->explanation))
        return out_of_memory(problem);
    reply->result_case = PLENARY__V1__REPLY__RESULT_EVENTS;
    reply->events = body;
    return STATUS_OK;
}
