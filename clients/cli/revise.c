#include "clients/cli/revise.h"

#include "clients/cli/complain.h"
#include "clients/cli/organisations.h"
#include "clients/cli/written.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <time.h>

typedef struct Revising {
    Session *session;
    const char *name;
    change_fn *change;
    void *context;
    uint32_t expected; /* 0: what was read */
    const char *about; /* of refusals, or NULL */
    bool last;         /* no attempt follows */
    bool outrun;       /* somebody else was faster */
} Revising;

typedef int attempt_fn(Revising *self);

/* Sends, and tells what it did. */
static int send_revision(Revising *self, Request *request, const Written *written)
{
    Reply *reply = NULL;
    Session *session = self->session;
    request->request_id = (char *)(uintptr_t)session_option(session, "request-id");
    int code = session_try(session, request, &reply);
    if (code != CLI_DONE) return code;
    if (reply_is_ok(reply)) {
        code = written_tell(session, reply->write, written);
    } else {
        self->outrun = reply->status->code == PLENARY__V1__STATUS_CODE__ABORTED && !self->last;
        code = self->outrun ? CLI_DONE : complain_status(reply->status, self->about);
    }
    plenary_reply_free(reply);
    return code;
}

/* Until nobody was faster, or, where --if-rev says what is to be revised, once. */
static int revise(Revising *self, attempt_fn *attempt)
{
    long pause_ms = 0;
    bool given;
    int code = session_number(self->session, "if-rev", 1, &given, &self->expected);
    if (code != CLI_DONE) return code;
    for (int i = 1; i <= REVISE_ATTEMPTS_MAX; i++) {
        struct timespec pause = {.tv_nsec = pause_ms * 1000000};
        self->outrun = false;
        self->last = i == REVISE_ATTEMPTS_MAX || self->expected;
        code = attempt(self);
        if (code != CLI_DONE || !self->outrun) return code;
        if (pause_ms < REVISE_PAUSE_MAX_MS) pause_ms += REVISE_PAUSE_MS;
        (void)nanosleep(&pause, NULL);
    }
    return CLI_DONE;
}

/* --- events --- */

static int send_event(Revising *self, const Event *before, Event *event, uint32_t expected,
                      const char *what)
{
    Plenary__V1__ReviseEvent body = PLENARY__V1__REVISE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Written written = {.before = before, .what = what};
    body.event_id = before->id;
    body.event = event;
    body.has_expected_revision = 1;
    body.expected_revision = expected;
    /* Not every verb that revises has the option; the others mean it. */
    body.has_dry_run = body.dry_run = session_has(self->session, "dry-run");
    body.has_warn_conflicts = body.warn_conflicts = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REVISE_EVENT;
    request.revise_event = &body;
    return send_revision(self, &request, &written);
}

int revise_from(Session *session, const Event *before, Event *event)
{
    Revising self = {.session = session, .last = true};
    return send_event(&self, before, event, before->revision, NULL);
}

static int attempt_event(Revising *self)
{
    Reply *reply = NULL;
    Event *event = NULL;
    const char *what = NULL;
    int code = session_get_event(self->session, self->name, &reply);
    if (code != CLI_DONE) return code;
    const Event *before = reply->event->event;
    json_t *json = json_of_message(&before->base);
    code = json ? self->change(self->context, json, &what) : session_no_memory();
    if (code == CLI_DONE) code = session_event(self->session, json, &event);
    if (code == CLI_DONE)
        code = send_event(self, before, event, self->expected ? self->expected : before->revision,
                          what);
    json_decref(json);
    plenary_reply_free(reply);
    return code;
}

int revise_event(Session *session, const char *name, change_fn *change, void *context)
{
    Revising self = {.session = session, .name = name, .change = change, .context = context};
    return revise(&self, attempt_event);
}

/* --- organisations --- */

static int send_organisation(Revising *self, const Organisation *before, Organisation *organisation)
{
    Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Written written = {.organisation_before = before};
    body.organisation = organisation;
    body.has_expected_revision = 1;
    body.expected_revision = self->expected ? self->expected : before->revision;
    body.has_dry_run = body.dry_run = session_has(self->session, "dry-run");
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &body;
    return send_revision(self, &request, &written);
}

static int change_organisation(Revising *self, const Organisation *before)
{
    Organisation *organisation = NULL;
    const char *unused = NULL;
    json_t *json = json_of_message(&before->base);
    int code = json ? self->change(self->context, json, &unused) : session_no_memory();
    if (code == CLI_DONE) code = session_organisation(self->session, json, &organisation);
    if (code == CLI_DONE) code = send_organisation(self, before, organisation);
    json_decref(json);
    return code;
}

static int attempt_organisation(Revising *self)
{
    Reply *reply = NULL;
    const Organisation *before = NULL;
    int code = organisations_find(self->session, self->name, &before, &reply);
    if (code != CLI_DONE) return code;
    code = before ? change_organisation(self, before)
                  : complain_code(status_exit_code(STATUS_NOT_FOUND),
                                  "there is no organisation \"%s\"", self->name);
    plenary_reply_free(reply);
    return code;
}

int revise_organisation(Session *session, const char *name, change_fn *change, void *context)
{
    Revising self = {.session = session,
                     .name = name,
                     .change = change,
                     .context = context,
                     .about = "directory"};
    return revise(&self, attempt_organisation);
}

/* --- principals --- */

static int send_principal(Revising *self, const Principal *before, Principal *principal)
{
    Plenary__V1__PutPrincipal body = PLENARY__V1__PUT_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Written written = {.principal_before = before};
    body.principal = principal;
    body.has_expected_revision = 1;
    body.expected_revision = self->expected ? self->expected : before->revision;
    body.has_dry_run = body.dry_run = session_has(self->session, "dry-run");
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_PRINCIPAL;
    request.put_principal = &body;
    return send_revision(self, &request, &written);
}

static int attempt_principal(Revising *self)
{
    Reply *reply = NULL;
    Principal *principal = NULL;
    const char *unused = NULL;
    int code = session_get_principal(self->session, self->name, &reply);
    if (code != CLI_DONE) return code;
    const Principal *before = reply->principals->principals[0];
    json_t *json = json_of_message(&before->base);
    code = json ? self->change(self->context, json, &unused) : session_no_memory();
    if (code == CLI_DONE) code = session_principal(self->session, json, &principal);
    if (code == CLI_DONE) code = send_principal(self, before, principal);
    json_decref(json);
    plenary_reply_free(reply);
    return code;
}

int revise_principal(Session *session, const char *name, change_fn *change, void *context)
{
    Revising self = {.session = session, .name = name, .change = change, .context = context};
    return revise(&self, attempt_principal);
}
