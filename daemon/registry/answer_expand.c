/* The list of instances: each event once, and what refers to it. */
#include "daemon/registry/answer_expand.h"

#include "daemon/registry/expand.h"

#include <string.h>

enum {
    SECONDS_PER_DAY = 24 * 3600,
};

typedef Plenary__V1__EventsReply__Instance InstanceReply;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

/* --- which events --- */

/* The events of a page, in the order of their first instances on it. */
typedef struct Gathered {
    EventPage events;
    uint32_t *which; /* for each instance, its event's place */
    roaring_bitmap_t *known;
} Gathered;

static uint32_t place_of(Gathered *self, uint32_t number)
{
    uint32_t place = 0;
    if (roaring_bitmap_add_checked(self->known, number)) {
        self->events.numbers[self->events.count] = number;
        return (uint32_t)self->events.count++;
    }
    while (self->events.numbers[place] != number)
        place++;
    return place;
}

static bool gather(const Question *question, const EventPage *page, Gathered *out)
{
    *out = (Gathered){.which = arena_array(question->arena, page->count, sizeof *out->which),
                      .known = roaring_bitmap_create()};
    out->events.numbers = arena_array(question->arena, page->count, sizeof *page->numbers);
    bool made = out->which && out->known && out->events.numbers;
    for (size_t i = 0; made && i < page->count; i++)
        out->which[i] = place_of(out, page->numbers[i]);
    if (out->known) roaring_bitmap_free(out->known);
    return made;
}

/* --- instances --- */

static char *moment_text(const Question *question, int64_t local_s, bool is_date)
{
    char text[MOMENT_TEXT_SIZE];
    Moment moment = moment_from_local_s(local_s, is_date);
    moment_print(&moment, text);
    return arena_strdup(question->arena, text);
}

/* Written as the schedule is: of whole days the last day is included. */
static bool say_instance(const Question *question, int64_t start_s, const Head *head,
                         InstanceReply *instance)
{
    bool is_date = head->span.whole_days;
    int64_t length_s = head->span.local_end_s - head->span.local_start_s;
    int64_t end_s = start_s + length_s - (is_date && length_s ? SECONDS_PER_DAY : 0);
    instance->start = moment_text(question, start_s, is_date);
    instance->recurrence_id = instance->start;
    if (length_s) instance->end = moment_text(question, end_s, is_date);
    return instance->start && (!length_s || instance->end);
}

static bool add_instance(const Question *question, const Place *place, uint32_t event,
                         const Head *head, Plenary__V1__EventsReply *body)
{
    InstanceReply *instance = arena_alloc(question->arena, sizeof *instance);
    if (!instance) return false;
    plenary__v1__events_reply__instance__init(instance);
    instance->has_event = 1;
    instance->event = event;
    body->instances[body->n_instances++] = instance;
    return !head->recurs || say_instance(question, place->key, head, instance);
}

/* Up to the first one whose event did not fit on the page. */
static bool add_instances(const Question *question, const EventPage *page, const Gathered *gathered,
                          size_t taken, Plenary__V1__EventsReply *body)
{
    Head *heads = arena_array(question->arena, taken, sizeof *heads);
    body->instances = arena_array(question->arena, page->count, sizeof(InstanceReply *));
    if (!heads || !body->instances) return false;
    for (size_t i = 0; i < taken; i++)
        if (!state_head(question->state, gathered->events.numbers[i], &heads[i], NULL))
            return false;
    for (size_t i = 0; i < page->count && gathered->which[i] < taken; i++)
        if (!add_instance(question, &page->places[i], gathered->which[i],
                          &heads[gathered->which[i]], body))
            return false;
    return true;
}

StatusCode answer_expanded(const Question *question, const QueryContext *context,
                           const Resolved *resolved, Plenary__V1__EventsReply *body,
                           Problem *problem)
{
    EventPage page;
    Gathered gathered;
    size_t taken = 0;
    StatusCode code =
        expand_answer(context, resolved, question->request->list_events->page, &page, problem);
    if (code != STATUS_OK) return code;
    if (!gather(question, &page, &gathered)) return out_of_memory(problem);
    code = answer_load_events(question, &gathered.events, body, &taken, problem);
    if (code != STATUS_OK) return code;
    if (!add_instances(question, &page, &gathered, taken, body)) return out_of_memory(problem);
    if (body->n_instances < page.count &&
        !expand_token_after(context, resolved, &page, body->n_instances, &page.next))
        return out_of_memory(problem);
    body->has_next_page = page.next.len != 0;
    body->next_page = page.next;
    body->has_as_of_sequence = 1;
    body->as_of_sequence = question->state->applied.sequence;
    return STATUS_OK;
}
