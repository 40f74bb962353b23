#include "clients/cli/session.h"

#include "clients/cli/complain.h"
#include "clients/lib/filters.h"
#include "clients/lib/today.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *session_option(const Session *self, const char *name)
{
    return arguments_value(self->arguments, name);
}

bool session_has(const Session *self, const char *name)
{
    return arguments_have(self->arguments, name);
}

int session_no_memory(void)
{
    return complain_code(CLI_FAILED, "no memory is left");
}

int session_client(Session *self, PlenaryClient **client)
{
    PlenaryError error;
    if (!self->client) self->client = plenary_client_new(&self->connection, &error);
    if (!self->client) return complain_error(&error);
    *client = self->client;
    return CLI_DONE;
}

int session_zones(Session *self, Zones **zones)
{
    if (!self->zones) self->zones = zones_new();
    if (!self->zones) return session_no_memory();
    *zones = self->zones;
    return CLI_DONE;
}

int session_strange_answer(void)
{
    return complain_code(CLI_FAILED, "the registry's answer is none to the question; is it of "
                                     "another version?");
}

bool reply_is_ok(const Reply *reply)
{
    return !reply->status || reply->status->code == PLENARY__V1__STATUS_CODE__OK;
}

typedef struct Answer {
    Plenary__V1__Request__VerbCase verb;
    Plenary__V1__Reply__ResultCase result;
} Answer;

#define ANSWER(verb, result)                                                                       \
    {                                                                                              \
        PLENARY__V1__REQUEST__VERB_##verb, PLENARY__V1__REPLY__RESULT_##result                     \
    }

/* What the registry answers to what. */
static const Answer answers[] = {
    ANSWER(REGISTER_EVENT, WRITE),
    ANSWER(REVISE_EVENT, WRITE),
    ANSWER(CANCEL_EVENT, WRITE),
    ANSWER(REINSTATE_EVENT, WRITE),
    ANSWER(HOLD_EVENT, WRITE),
    ANSWER(WITHDRAW_EVENT, WRITE),
    ANSWER(REVERT_EVENT, WRITE),
    ANSWER(PUT_ORGANISATION, WRITE),
    ANSWER(PUT_PRINCIPAL, WRITE),
    ANSWER(REVOKE_PRINCIPAL, WRITE),
    ANSWER(ERASE_PERSON, WRITE),
    ANSWER(FIND_PERSON, FOUND_PERSON),
    ANSWER(GET_EVENT, EVENT),
    ANSWER(LIST_EVENTS, EVENTS),
    ANSWER(COUNT_EVENTS, COUNT),
    ANSWER(LIST_CONFLICTS, CONFLICTS),
    ANSWER(EVENT_HISTORY, CHANGES),
    ANSWER(LIST_CHANGES, CHANGES),
    ANSWER(GET_ORGANISATION, ORGANISATIONS),
    ANSWER(LIST_ORGANISATIONS, ORGANISATIONS),
    ANSWER(GET_PRINCIPAL, PRINCIPALS),
    ANSWER(LIST_PRINCIPALS, PRINCIPALS),
    ANSWER(GET_STATUS, DAEMON),
    ANSWER(VERIFY_JOURNAL, VERIFY),
    ANSWER(BACKUP_REGISTRY, BACKUP),
    ANSWER(COMPACT_REGISTRY, COMPACT),
};

/* A registry of another version may answer what this program cannot read. */
bool session_answers(const Request *request, const Reply *reply)
{
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_EVENT && !reply->event->event)
        return false;
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_WRITE && !reply->write->event &&
        !reply->write->organisation && !reply->write->principal &&
        request->verb_case != PLENARY__V1__REQUEST__VERB_ERASE_PERSON)
        return false;
    if (request->verb_case == PLENARY__V1__REQUEST__VERB_GET_PRINCIPAL &&
        reply->result_case == PLENARY__V1__REPLY__RESULT_PRINCIPALS &&
        reply->principals->n_principals != 1)
        return false;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (answers[i].verb == request->verb_case) return answers[i].result == reply->result_case;
    return false;
}

int session_try(Session *self, Request *request, Reply **reply)
{
    PlenaryClient *client = NULL;
    PlenaryError error = {0};
    int code = session_client(self, &client);
    if (code != CLI_DONE) return code;
    Reply *answer = NULL;
    if (!plenary_call(client, request, &answer, &error) || !answer) return complain_error(&error);
    if (!reply_is_ok(answer) || session_answers(request, answer)) {
        *reply = answer;
        return CLI_DONE;
    }
    plenary_reply_free(answer);
    return session_strange_answer();
}

int session_call(Session *self, Request *request, Reply **reply)
{
    Reply *answer = NULL;
    int code = session_try(self, request, &answer);
    if (code != CLI_DONE || !answer) return code;
    if (reply_is_ok(answer)) {
        *reply = answer;
        return CLI_DONE;
    }
    code = complain_status(answer->status, NULL);
    plenary_reply_free(answer);
    return code;
}

int session_number(const Session *self, const char *name, uint32_t least, bool *given,
                   uint32_t *number)
{
    const char *text = session_option(self, name);
    *given = text != NULL;
    if (!text) return CLI_DONE;
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value > UINT32_MAX || value < least)
        return complain_code(CLI_INVALID, "--%s: \"%s\" is not a number from %u on", name, text,
                             least);
    *number = (uint32_t)value;
    return CLI_DONE;
}

int session_filters(Session *self, Query **query)
{
    Problem problem;
    problem_clear(&problem);
    Moment today = today_here();
    StatusCode code = filters_read(self->arguments, &today, self->arena, query, &problem);
    if (code == STATUS_OK) code = validate_query(*query, &problem);
    return code == STATUS_OK ? CLI_DONE : complain_problem(&problem, NULL);
}

int session_event(Session *self, const json_t *json, Event **event)
{
    Problem problem;
    ProtobufCMessage *message = NULL;
    Zones *zones = NULL;
    int exit_code = session_zones(self, &zones);
    if (exit_code != CLI_DONE) return exit_code;
    problem_clear(&problem);
    StatusCode code =
        json_to_message(json, &plenary__v1__event__descriptor, self->arena, &message, &problem);
    if (code == STATUS_OK) code = validate_event((Event *)message, zones, &problem);
    if (code != STATUS_OK) return complain_problem(&problem, NULL);
    *event = (Event *)message;
    return CLI_DONE;
}

int session_organisation(Session *self, const json_t *json, Organisation **organisation)
{
    Problem problem;
    ProtobufCMessage *message = NULL;
    Zones *zones = NULL;
    int exit_code = session_zones(self, &zones);
    if (exit_code != CLI_DONE) return exit_code;
    problem_clear(&problem);
    StatusCode code = json_to_message(json, &plenary__v1__organisation__descriptor, self->arena,
                                      &message, &problem);
    if (code == STATUS_OK) code = validate_organisation((Organisation *)message, zones, &problem);
    if (code != STATUS_OK) return complain_problem(&problem, NULL);
    *organisation = (Organisation *)message;
    return CLI_DONE;
}

int session_principal(Session *self, const json_t *json, Principal **principal)
{
    Problem problem;
    ProtobufCMessage *message = NULL;
    problem_clear(&problem);
    StatusCode code =
        json_to_message(json, &plenary__v1__principal__descriptor, self->arena, &message, &problem);
    if (code == STATUS_OK) code = validate_principal((Principal *)message, &problem);
    if (code != STATUS_OK) return complain_problem(&problem, NULL);
    *principal = (Principal *)message;
    return CLI_DONE;
}

int session_get_principal(Session *self, const char *name, Reply **reply)
{
    Plenary__V1__GetPrincipal get = PLENARY__V1__GET_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    get.name = (char *)(uintptr_t)name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_PRINCIPAL;
    request.get_principal = &get;
    return session_call(self, &request, reply);
}

int session_get_event(Session *self, const char *name, Reply **reply)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    get.event_id = (char *)(uintptr_t)name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    return session_call(self, &request, reply);
}

int session_get_status(Session *self, Reply **reply)
{
    Plenary__V1__GetStatus get = PLENARY__V1__GET_STATUS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_STATUS;
    request.get_status = &get;
    return session_call(self, &request, reply);
}

static bool is_yes(const char *answer)
{
    return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0;
}

int session_confirm(const Session *self, const char *why, const char *question, ...)
{
    char answer[16];
    va_list arguments;
    if (session_has(self, "yes")) return CLI_DONE;
    if (!self->may_ask)
        return complain_code(CLI_USAGE, "%s, and nobody is there to ask: say --yes", why);
    (void)fflush(stdout);
    va_start(arguments, question);
    (void)vfprintf(stderr, question, arguments);
    va_end(arguments);
    (void)fputs(" [y/N] ", stderr);
    if (fgets(answer, sizeof answer, stdin) && is_yes(answer)) return CLI_DONE;
    return complain_code(CLI_FAILED, "nothing was done");
}
