/* The verb import: many records, in an order in which references resolve. */
#include "clients/cli/complain.h"
#include "clients/cli/import_order.h"
#include "clients/cli/import_references.h"
#include "clients/cli/import_set.h"
#include "clients/cli/progress.h"
#include "clients/cli/verbs.h"
#include "proto/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    IMPORT_IN_FLIGHT_MAX = 64,
};

typedef struct Counts {
    size_t registered;
    size_t revised;
    size_t unchanged;
} Counts;

/* Sending the records of one list. */
typedef struct Sending {
    ImportSet *set;
    PlenaryClient *client;
    const ImportList *list;
    bool events; /* else organisations */
    ImportGraph graph;
    ImportOrder order;
    bool *is_new; /* of each record in a circle; and once registered in part */
    Counts counts;
    Progress *progress;
    uint64_t *done;
} Sending;

/* --- asking which of a circle are there --- */

static int take_presence(Sending *self)
{
    void *tag = NULL;
    Reply *reply = NULL;
    PlenaryError error = {0};
    if (!plenary_receive(self->client, -1, &tag, &reply, &error) || !reply)
        return complain_error(&error);
    const Plenary__V1__Status *status = reply->status;
    *(bool *)tag = status && status->code == PLENARY__V1__STATUS_CODE__NOT_FOUND;
    plenary_reply_free(reply);
    return CLI_DONE;
}

static int ask_presence(Sending *self, size_t record)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    PlenaryError error;
    get.event_id = (char *)(uintptr_t)self->list->records[record].key;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    return plenary_send(self->client, &request, &self->is_new[record], &error)
               ? CLI_DONE
               : complain_error(&error);
}

static int find_new(Sending *self)
{
    int code = CLI_DONE;
    for (size_t i = 0; i < self->list->count && code == CLI_DONE; i++) {
        if (!self->events || self->graph.circle[i] == IMPORT_NO_CIRCLE) continue;
        code = ask_presence(self, i);
        if (code == CLI_DONE && plenary_in_flight(self->client) >= IMPORT_IN_FLIGHT_MAX)
            code = take_presence(self);
    }
    while (code == CLI_DONE && plenary_in_flight(self->client))
        code = take_presence(self);
    return code;
}

/* --- one record --- */

typedef struct Renaming {
    const Sending *sending;
    const ImportJob *job;
} Renaming;

/* A record of this import is named by its UID, whatever it was named by; within its circle it is
 * left out of what is sent in part. */
static const char *rename_reference(void *context, const char *name)
{
    const Renaming *renaming = context;
    const ImportGraph *graph = &renaming->sending->graph;
    const ImportList *list = renaming->sending->list;
    size_t target;
    if (!import_list_find(list, name, &target)) return name;
    if (renaming->job->partial && graph->circle[target] == graph->circle[renaming->job->record])
        return NULL;
    return list->records[target].key;
}

static bool load_event(const Sending *self, const ImportJob *job, Event **event)
{
    const ImportRecord *record = &self->list->records[job->record];
    Renaming renaming = {self, job};
    *event = plenary__v1__event__unpack(NULL, record->size, record->packed);
    if (!*event) return false;
    if (import_references_rename(*event, rename_reference, &renaming)) return true;
    plenary__v1__event__free_unpacked(*event, NULL);
    return false;
}

static int send_event(Sending *self, ImportJob *job)
{
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    PlenaryError error;
    if (!load_event(self, job, &body.event)) return session_no_memory();
    body.has_upsert = body.upsert = 1;
    body.has_reply_brief = body.reply_brief = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &body;
    bool sent = plenary_send(self->client, &request, job, &error);
    plenary__v1__event__free_unpacked(body.event, NULL);
    return sent ? CLI_DONE : complain_error(&error);
}

static int send_organisation(Sending *self, ImportJob *job)
{
    const ImportRecord *record = &self->list->records[job->record];
    Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    PlenaryError error;
    body.organisation = plenary__v1__organisation__unpack(NULL, record->size, record->packed);
    if (!body.organisation) return session_no_memory();
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &body;
    bool sent = plenary_send(self->client, &request, job, &error);
    plenary__v1__organisation__free_unpacked(body.organisation, NULL);
    return sent ? CLI_DONE : complain_error(&error);
}

/* --- replies --- */

static void problem_of_status(const Plenary__V1__Status *status, Problem *problem)
{
    problem_clear(problem);
    for (size_t i = 0; i < status->n_violations; i++)
        problem_violation(problem, status->violations[i]->field ? status->violations[i]->field : "",
                          "%s",
                          status->violations[i]->message ? status->violations[i]->message : "");
    if (status->n_violations == 0)
        problem_set(problem, (StatusCode)status->code, "%s",
                    status->message ? status->message : status_name((StatusCode)status->code));
    problem->code = (StatusCode)status->code;
}

static json_t *document_of(const Sending *self, const ImportRecord *record)
{
    ProtobufCMessage *message = protobuf_c_message_unpack(
        self->events ? &plenary__v1__event__descriptor : &plenary__v1__organisation__descriptor,
        NULL, record->size, record->packed);
    json_t *json = message ? json_pack("{s:o}", self->events ? "event" : "organisation",
                                       json_of_message(message))
                           : NULL;
    if (message) protobuf_c_message_free_unpacked(message, NULL);
    return json;
}

static void reject(Sending *self, const ImportJob *job, const Plenary__V1__Status *status)
{
    const ImportRecord *record = &self->list->records[job->record];
    Problem problem;
    problem_of_status(status, &problem);
    json_t *document = document_of(self, record);
    import_set_reject(self->set, &record->place, document, &problem,
                      status_exit_code(problem.code));
    json_decref(document);
}

/* A record in a circle is counted by its first job. */
static void count(Sending *self, const ImportJob *job, const Plenary__V1__WriteReply *reply)
{
    const ImportJob *first = &self->order.jobs[self->order.first_job[job->record]];
    if (job != first) return;
    if (reply->unchanged)
        self->counts.unchanged++;
    else if (reply->action == PLENARY__V1__CHANGE__ACTION__REGISTERED)
        self->counts.registered++;
    else
        self->counts.revised++;
}

static int take_reply(Sending *self)
{
    void *tag = NULL;
    Reply *reply = NULL;
    PlenaryError error = {0};
    if (!plenary_receive(self->client, -1, &tag, &reply, &error) || !reply)
        return complain_error(&error);
    const ImportJob *job = tag;
    if (reply_is_ok(reply))
        count(self, job, reply->write);
    else
        reject(self, job, reply->status);
    plenary_reply_free(reply);
    import_order_done(&self->order, job);
    progress_show(self->progress, ++*self->done);
    return CLI_DONE;
}

/* Sends what is ready, as much as may be on the way. */
static int send_ready(Sending *self)
{
    int code = CLI_DONE;
    while (code == CLI_DONE && plenary_in_flight(self->client) < IMPORT_IN_FLIGHT_MAX) {
        ImportJob *job = import_order_next(&self->order);
        if (!job) break;
        code = self->events ? send_event(self, job) : send_organisation(self, job);
    }
    return code;
}

static int send_jobs(Sending *self)
{
    int code = send_ready(self);
    while (code == CLI_DONE && plenary_in_flight(self->client)) {
        code = take_reply(self);
        if (code == CLI_DONE) code = send_ready(self);
    }
    return code;
}

static int send_list(Sending *self)
{
    if (self->list->count == 0) return CLI_DONE;
    self->is_new = calloc(self->list->count, sizeof *self->is_new);
    bool memory = self->is_new && import_graph_build(&self->graph, self->list);
    int code = memory ? find_new(self) : session_no_memory();
    if (code == CLI_DONE && !import_order_build(&self->order, &self->graph, self->is_new))
        code = session_no_memory();
    if (code == CLI_DONE) code = send_jobs(self);
    import_order_free(&self->order);
    import_graph_free(&self->graph);
    free(self->is_new);
    return code;
}

/* --- all --- */

static void tell(const ImportSet *set, const Counts *events, const Counts *organisations)
{
    bool changed = events->registered || events->revised || organisations->registered ||
                   organisations->revised;
    (void)printf("%s%zu registered, %zu revised, %zu unchanged; organisations: %zu registered, "
                 "%zu revised, %zu unchanged",
                 changed || set->rejected ? "" : "no change: ", events->registered, events->revised,
                 events->unchanged, organisations->registered, organisations->revised,
                 organisations->unchanged);
    if (set->rejected) (void)printf("; %zu rejected", set->rejected);
    (void)putchar('\n');
}

static int send_all(ImportSet *set)
{
    PlenaryClient *client = NULL;
    uint64_t done = 0;
    int code = session_client(set->session, &client);
    if (code != CLI_DONE) return code;
    Progress progress = progress_start("records", set->events.count + set->organisations.count);
    Sending organisations = {.set = set,
                             .client = client,
                             .list = &set->organisations,
                             .progress = &progress,
                             .done = &done};
    Sending events = organisations;
    events.list = &set->events;
    events.events = true;
    code = send_list(&organisations);
    if (code == CLI_DONE) code = send_list(&events);
    progress_end(&progress);
    tell(set, &events.counts, &organisations.counts);
    return code;
}

int verb_import(Session *session)
{
    ImportSet set;
    int code = import_set_open(&set, session);
    for (size_t i = 0; i < session->word_count && code == CLI_DONE; i++)
        import_set_read(&set, session->words[i]);
    size_t total = set.events.count + set.organisations.count;
    if (code == CLI_DONE && set.rejected && !set.rejects)
        complain("%zu of %zu records are not valid; nothing was sent", set.rejected,
                 total + set.rejected);
    else if (code == CLI_DONE && total == 0 && !set.rejected)
        code = complain_code(CLI_INVALID, "there are no records");
    else if (code == CLI_DONE && session_has(session, "dry-run"))
        (void)printf("%zu events and %zu organisations are valid, %zu records are not; nothing "
                     "was sent\n",
                     set.events.count, set.organisations.count, set.rejected);
    else if (code == CLI_DONE)
        code = send_all(&set);
    int rejected = import_set_close(&set);
    return code == CLI_DONE ? rejected : code;
}
