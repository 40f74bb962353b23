#include "daemon/registry/outbox.h"

#include "daemon/registry/answer.h"
#include "daemon/registry/warning.h"

void outbox_send(const Outbox *self, uint64_t ticket, const Request *request, Reply *reply)
{
    reply->has_correlation = request->has_correlation;
    reply->correlation = request->correlation;
    self->reply(self->reply_context, ticket, reply);
}

void outbox_refuse(const Outbox *self, uint64_t ticket, const Request *request,
                   const Problem *problem)
{
    StatusMessage message;
    Reply reply = PLENARY__V1__REPLY__INIT;
    problem_to_message(problem, &message);
    reply.status = &message.status;
    outbox_send(self, ticket, request, &reply);
}

static bool is_brief(const Request *request)
{
    if (request->verb_case == PLENARY__V1__REQUEST__VERB_REGISTER_EVENT)
        return request->register_event->reply_brief;
    return request->verb_case == PLENARY__V1__REQUEST__VERB_REVISE_EVENT &&
           request->revise_event->reply_brief;
}

/* What it is named by, which whoever could write it may know. */
static Event names_of(const Event *event)
{
    Event names = PLENARY__V1__EVENT__INIT;
    names.id = event->id;
    names.uid = event->uid;
    names.has_number = event->has_number;
    names.number = event->number;
    names.has_revision = event->has_revision;
    names.revision = event->revision;
    return names;
}

void outbox_confirm(Outbox *self, const Command *command, uint64_t sequence,
                    Plenary__V1__Change__Action action, bool unchanged)
{
    Reply reply = PLENARY__V1__REPLY__INIT;
    Plenary__V1__WriteReply body = PLENARY__V1__WRITE_REPLY__INIT;
    const Decision *decision = &command->decision;
    const Event *event = decision->event;
    Event names;
    if (command->forgotten) return;
    if (event && is_brief(command->request)) {
        names = names_of(event);
        event = &names;
    } else if (event) {
        event = answer_show_event(self->state, &command->caller, event, command->arena);
    }
    body.has_sequence = 1;
    body.sequence = sequence;
    body.has_unchanged = unchanged;
    body.unchanged = unchanged;
    body.has_action = action != PLENARY__V1__CHANGE__ACTION__ACTION_UNSPECIFIED;
    body.action = action;
    body.has_dry_run = decision->dry_run;
    body.dry_run = decision->dry_run;
    body.event = (Event *)(uintptr_t)event;
    body.organisation = (Organisation *)(uintptr_t)decision->organisation;
    body.principal = (Principal *)(uintptr_t)decision->principal;
    if (!unchanged && warning_is_wanted(command->request))
        warning_add(self->state, command, &self->warning_steps, &body);
    reply.result_case = PLENARY__V1__REPLY__RESULT_WRITE;
    reply.write = &body;
    outbox_send(self, command->ticket, command->request, &reply);
}

void outbox_retry(Problem *problem, StatusCode code, const char *message)
{
    problem_clear(problem);
    problem_set(problem, code, "%s", message);
    problem->retry_after_ms = REGISTRY_RETRY_AFTER_MS;
}
