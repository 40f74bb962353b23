/* How many events match, and how many of them have each value of a facet. */
#include "daemon/registry/answer.h"
#include "daemon/registry/buckets.h"
#include "daemon/registry/explain.h"

#include <assert.h>

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

/* What is counted, and the reply that is filled. */
typedef struct Count {
    QueryContext context;
    const Plenary__V1__CountEvents *request;
    const Resolved *resolved;
    const roaring_bitmap_t *set;
    Plenary__V1__CountReply *body;
} Count;

static StatusCode add_buckets(Count *self, Problem *problem)
{
    BucketQuestion question = {.context = &self->context,
                               .resolved = self->resolved,
                               .set = self->set,
                               .page = self->request->page};
    BucketPage page;
    bool known = facet_find(self->request->by, &question.facet);
    assert(known);
    StatusCode code = buckets_answer(&question, &page, problem);
    if (code != STATUS_OK) return code;
    self->body->buckets = page.buckets;
    self->body->n_buckets = page.count;
    self->body->has_next_page = page.next.len != 0;
    self->body->next_page = page.next;
    return STATUS_OK;
}

static StatusCode count_set(Count *self, Problem *problem)
{
    self->body->has_count = self->body->has_as_of_sequence = 1;
    self->body->count = roaring_bitmap_get_cardinality(self->set);
    self->body->as_of_sequence = self->context.state->applied.sequence;
    StatusCode code = self->request->by ? add_buckets(self, problem) : STATUS_OK;
    if (code != STATUS_OK) return code;
    if (self->request->explain && !explain_report(&self->context, &self->body->explanation))
        return out_of_memory(problem);
    return STATUS_OK;
}

StatusCode answer_count_events(const Question *question, Reply *reply, Problem *problem)
{
    SetReport report = {.started_us = explain_now_us(question->state)};
    Count count = {.context = {question->state, question->caller, question->arena, NULL},
                   .request = question->request->count_events};
    Resolved *resolved;
    StatusCode code = query_resolve(&count.context, count.request->query, &resolved, problem);
    if (code != STATUS_OK) return code;
    if (count.request->explain) count.context.report = &report;
    count.resolved = resolved;
    count.body = arena_alloc(question->arena, sizeof *count.body);
    if (!count.body) return out_of_memory(problem);
    plenary__v1__count_reply__init(count.body);
    roaring_bitmap_t *set = NULL;
    code = sets_answer(&count.context, resolved, &set, problem);
    if (code != STATUS_OK) return code;
    count.set = set;
    code = count_set(&count, problem);
    roaring_bitmap_free(set);
    if (code != STATUS_OK) return code;
    reply->result_case = PLENARY__V1__REPLY__RESULT_COUNT;
    reply->count = count.body;
    return STATUS_OK;
}
