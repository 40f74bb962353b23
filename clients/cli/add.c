/* The verbs add and org add: new records, from options or from files. */
#include "clients/cli/complain.h"
#include "clients/cli/documents.h"
#include "clients/cli/fields.h"
#include "clients/cli/organisations.h"
#include "clients/cli/record.h"
#include "clients/cli/verbs.h"
#include "clients/cli/written.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <stdlib.h>
#include <string.h>

enum {
    ADD_RECORDS_MAX = 10000, /* of one file; import takes any number */
};

/* --- one record --- */

static int send_event(Session *session, Event *event)
{
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event = event;
    body.has_dry_run = body.dry_run = session_has(session, "dry-run");
    body.has_warn_conflicts = body.warn_conflicts = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &body;
    return written_send(session, &request, NULL);
}

static int send_organisation(Session *session, Organisation *organisation)
{
    Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.organisation = organisation;
    body.has_expected_revision = 1; /* 0: it must not exist yet */
    body.has_dry_run = body.dry_run = session_has(session, "dry-run");
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &body;
    return written_send(session, &request, NULL);
}

/* --- files --- */

typedef struct FileRecords {
    Session *session;
    Zones *zones;
    Record *records;
    size_t count;
    int code; /* of what was complained about */
} FileRecords;

static int resolve_names(Session *session, Record *record)
{
    bool named = false;
    for (size_t i = 0; record->event && i < record->event->n_organisations; i++)
        if (!record->event->organisations[i]->id) named = true;
    if (!named) return CLI_DONE;
    json_t *json = json_of_message(&record->event->base);
    int code = json ? organisations_resolve(session, json) : session_no_memory();
    if (code == CLI_DONE) code = session_event(session, json, &record->event);
    json_decref(json);
    return code;
}

static bool take_document(void *context, const Place *place, const json_t *json,
                          const Problem *unreadable)
{
    FileRecords *all = context;
    Problem problem = *unreadable;
    char about[DOCUMENTS_ABOUT_SIZE];
    place_print(place, about);
    Record record = {0};
    if (json && problem.code == STATUS_OK)
        record_read(json, true, all->zones, all->session->arena, &record, &problem);
    if (problem.code == STATUS_OK && all->count == ADD_RECORDS_MAX)
        problem_set(&problem, STATUS_INVALID_ARGUMENT,
                    "a file for add holds %d records at most; import takes more", ADD_RECORDS_MAX);
    if (problem.code != STATUS_OK) {
        all->code = complain_problem(&problem, about);
        return all->count < ADD_RECORDS_MAX;
    }
    all->records[all->count++] = record;
    return true;
}

static int send_all(FileRecords *all)
{
    Session *session = all->session;
    if (all->count > 1 && session_has(session, "request-id"))
        return complain_code(CLI_USAGE, "--request-id is for one record; the file holds %zu",
                             all->count);
    for (size_t i = 0; i < all->count; i++) {
        Record *record = &all->records[i];
        int code = resolve_names(session, record);
        if (code == CLI_DONE)
            code = record->event ? send_event(session, record->event)
                                 : send_organisation(session, record->organisation);
        if (code == CLI_DONE) continue;
        if (all->count > 1) complain("record %zu of %zu; the rest was not sent", i + 1, all->count);
        return code;
    }
    return CLI_DONE;
}

/* All are checked before the first is sent. */
static int add_file(Session *session, const char *path)
{
    FileRecords all = {.session = session};
    int code = session_zones(session, &all.zones);
    if (code != CLI_DONE) return code;
    all.records = calloc(ADD_RECORDS_MAX, sizeof *all.records);
    if (!all.records) return session_no_memory();
    documents_each(path, all.zones, take_document, &all);
    if (all.code == CLI_DONE && all.count == 0)
        all.code = complain_code(CLI_INVALID, "%s holds no record", path);
    if (all.code == CLI_DONE) all.code = send_all(&all);
    free(all.records);
    return all.code;
}

/* --- add --- */

static int add_from_options(Session *session)
{
    char message[PROBLEM_MESSAGE_SIZE];
    Event *event = NULL;
    if (session->word_count == 0)
        return complain_code(CLI_USAGE, "say what: plenary add KIND \"TITLE\", or -f FILE");
    if (!filters_know_kind(session->words[0], message))
        return complain_code(CLI_USAGE, "kind: %s", message);
    if (session->word_count == 1)
        return complain_code(CLI_USAGE, "the title is missing: plenary add %s \"TITLE\"",
                             session->words[0]);
    json_t *json = json_pack("{s:s, s:s}", "kind", session->words[0], "title", session->words[1]);
    if (!json) return complain_code(CLI_INVALID, "title: is not valid UTF-8");
    int code = fields_apply(session, &event_fields, json);
    if (code == CLI_DONE) code = session_event(session, json, &event);
    json_decref(json);
    return code == CLI_DONE ? send_event(session, event) : code;
}

int verb_add(Session *session)
{
    const char *file = session_option(session, "file");
    if (!file) return add_from_options(session);
    if (session->word_count || arguments_count(session->arguments, GROUP_FIELDS))
        return complain_code(CLI_USAGE, "with -f the file holds all: no KIND, TITLE or fields");
    return add_file(session, file);
}

/* --- org add --- */

int verb_org_add(Session *session)
{
    Organisation *organisation = NULL;
    const char *file = session_option(session, "file");
    if (file) return add_file(session, file);
    if (session->word_count == 0)
        return complain_code(CLI_USAGE, "say which: plenary org add ID --name NAME, or -f FILE");
    json_t *json = json_pack("{s:s}", "id", session->words[0]);
    if (!json) return complain_code(CLI_INVALID, "id: is not valid UTF-8");
    int code = fields_apply(session, &organisation_fields, json);
    if (code == CLI_DONE) code = session_organisation(session, json, &organisation);
    json_decref(json);
    return code == CLI_DONE ? send_organisation(session, organisation) : code;
}
