#include "clients/lib/snapshot.h"

enum {
    PAGE_RECORDS = 500, /* asked for at once */
};

typedef struct Snapshot {
    PlenaryClient *client;
    Mirror *mirror;
    snapshot_stop_fn *stop;
    void *context;
    Problem *problem;
} Snapshot;

static StatusCode refused(Snapshot *self, const Plenary__V1__Status *status)
{
    return problem_set(self->problem, (StatusCode)status->code, "%s",
                       status->message ? status->message : status_name((StatusCode)status->code));
}

/* A page that is too large for a message is asked for in halves. */
static bool is_too_large(const Plenary__V1__Status *status, Page *page)
{
    if (status->code != PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED || status->retry_after_ms ||
        page->limit == 1)
        return false;
    page->limit /= 2;
    return true;
}

/* One page; *reply is NULL where it is to be asked for again. */
static StatusCode ask(Snapshot *self, Plenary__V1__Request *request, Page *page,
                      Plenary__V1__Reply__ResultCase wanted, Plenary__V1__Reply **reply)
{
    PlenaryError error = {0};
    Plenary__V1__Reply *answer = NULL;
    StatusCode code = STATUS_OK;
    if (self->stop(self->context)) return problem_set(self->problem, STATUS_ABORTED, "stopped");
    if (!plenary_call(self->client, request, &answer, &error) || !answer)
        return problem_set(self->problem, (StatusCode)error.code, "%s", error.message);
    if (answer->status && answer->status->code != PLENARY__V1__STATUS_CODE__OK) {
        if (!is_too_large(answer->status, page)) code = refused(self, answer->status);
    } else if (answer->result_case == wanted) {
        *reply = answer;
        return STATUS_OK;
    } else {
        code = problem_set(self->problem, STATUS_INTERNAL,
                           "the registry's answer is none to the question");
    }
    plenary_reply_free(answer);
    return code;
}

static StatusCode keep_events(Snapshot *self, const Plenary__V1__EventsReply *events)
{
    StatusCode code = STATUS_OK;
    for (size_t i = 0; i < events->n_events && code == STATUS_OK; i++)
        code = mirror_snapshot_event(self->mirror, events->events[i], self->problem);
    return code;
}

static StatusCode keep_organisations(Snapshot *self, const Plenary__V1__OrganisationsReply *page)
{
    StatusCode code = STATUS_OK;
    for (size_t i = 0; i < page->n_organisations && code == STATUS_OK; i++)
        code = mirror_snapshot_organisation(self->mirror, page->organisations[i], self->problem);
    return code;
}

/* Keeps what a page has; *next is the token of the one after it, lent by the reply. */
static StatusCode keep(Snapshot *self, const Plenary__V1__Reply *reply, ProtobufCBinaryData *next)
{
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_EVENTS) {
        *next = reply->events->next_page;
        return keep_events(self, reply->events);
    }
    *next = reply->organisations->next_page;
    return keep_organisations(self, reply->organisations);
}

/* All pages of a question whose page is `page`. */
static StatusCode walk(Snapshot *self, Plenary__V1__Request *request, Page *page,
                       Plenary__V1__Reply__ResultCase wanted)
{
    Plenary__V1__Reply *last = NULL; /* lends the token */
    ProtobufCBinaryData next = {0};
    StatusCode code;
    page->has_limit = 1;
    page->limit = PAGE_RECORDS;
    do {
        Plenary__V1__Reply *reply = NULL;
        page->has_token = next.len > 0;
        page->token = next;
        code = ask(self, request, page, wanted, &reply);
        if (code == STATUS_OK && !reply) continue;
        if (code == STATUS_OK) code = keep(self, reply, &next);
        plenary_reply_free(last);
        last = reply;
        if (next.len == 0) break;
    } while (code == STATUS_OK);
    plenary_reply_free(last);
    return code;
}

static StatusCode take_events(Snapshot *self, const Query *query)
{
    Query in_number_order = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    if (query) in_number_order = *query;
    in_number_order.has_order = 1;
    in_number_order.order = PLENARY__V1__QUERY__ORDER__NUMBER;
    in_number_order.has_descending = 0;
    list.query = &in_number_order;
    list.page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    return walk(self, &request, &page, PLENARY__V1__REPLY__RESULT_EVENTS);
}

static StatusCode take_organisations(Snapshot *self)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Plenary__V1__ListOrganisations list = PLENARY__V1__LIST_ORGANISATIONS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    list.page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_ORGANISATIONS;
    request.list_organisations = &list;
    return walk(self, &request, &page, PLENARY__V1__REPLY__RESULT_ORGANISATIONS);
}

StatusCode snapshot_take(PlenaryClient *client, const Query *query, Mirror *mirror,
                         snapshot_stop_fn *stop, void *context, Problem *problem)
{
    Snapshot self = {client, mirror, stop, context, problem};
    StatusCode code = mirror_snapshot_begin(mirror, problem);
    if (code == STATUS_OK) code = take_events(&self, query);
    if (code == STATUS_OK) code = take_organisations(&self);
    return code;
}
