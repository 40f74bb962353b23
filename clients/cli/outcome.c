/* The verbs outcome add, outcome list and outcome update. */
#include "clients/cli/complain.h"
#include "clients/cli/fields.h"
#include "clients/cli/revise.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIGURE_SIZE = 24,
};

static const char *text_of(const json_t *outcome, const char *key)
{
    const char *text = json_string_value(json_object_get(outcome, key));
    return text ? text : "";
}

/* What it is called where nothing more than a line is told. */
static const char *name_of(const json_t *outcome)
{
    const char *title = text_of(outcome, "title");
    return *title ? title : text_of(outcome, "text");
}

/* --- outcome add --- */

static json_t *outcomes_of(json_t *event)
{
    json_t *list = json_object_get(event, "outcomes");
    if (list) return list;
    if (json_object_set_new(event, "outcomes", json_array()) != 0) return NULL;
    return json_object_get(event, "outcomes");
}

static int add(void *context, json_t *event, const char **what)
{
    Session *session = context;
    json_t *list = outcomes_of(event);
    json_t *outcome = json_object();
    int code =
        list && outcome ? fields_apply(session, &outcome_fields, outcome) : session_no_memory();
    if (code == CLI_DONE && json_array_append(list, outcome) != 0) code = session_no_memory();
    if (code == CLI_DONE)
        *what = arena_printf(session->arena, "outcome %zu added: %s \"%.200s\"",
                             json_array_size(list), text_of(outcome, "kind"), name_of(outcome));
    json_decref(outcome);
    return code;
}

int verb_outcome_add(Session *session)
{
    if (!session_option(session, "kind"))
        return complain_code(CLI_USAGE,
                             "say what: plenary outcome add %s --kind decision --title TITLE",
                             session->words[0]);
    return revise_event(session, session->words[0], add, session);
}

/* --- outcome update --- */

typedef struct OutcomeUpdate {
    Session *session;
    size_t number; /* from 1 */
    json_t *seen;  /* as it was read first; NULL: not yet */
} OutcomeUpdate;

/* Outcomes have no names of their own: where the list was changed meanwhile, another one may have
 * that number. */
static int check_same(OutcomeUpdate *self, const json_t *outcome)
{
    if (!self->seen) self->seen = json_deep_copy(outcome);
    if (!self->seen) return session_no_memory();
    if (json_equal(self->seen, outcome)) return CLI_DONE;
    return complain_code(status_exit_code(STATUS_ABORTED),
                         "somebody else changed outcome %zu meanwhile; look at it with \"plenary "
                         "outcome list\"",
                         self->number);
}

static int update(void *context, json_t *event, const char **what)
{
    OutcomeUpdate *self = context;
    Session *session = self->session;
    json_t *list = json_object_get(event, "outcomes");
    json_t *outcome = json_array_get(list, self->number - 1);
    if (!outcome)
        return complain_code(status_exit_code(STATUS_NOT_FOUND),
                             "there is no outcome %zu; the event has %zu", self->number,
                             json_array_size(list));
    int code = check_same(self, outcome);
    if (code == CLI_DONE) code = fields_apply(session, &outcome_fields, outcome);
    if (code == CLI_DONE)
        *what = arena_printf(session->arena, "outcome %zu: %s \"%.200s\"%s%s", self->number,
                             text_of(outcome, "kind"), name_of(outcome),
                             *text_of(outcome, "state") ? ", " : "", text_of(outcome, "state"));
    return code;
}

int verb_outcome_update(Session *session)
{
    OutcomeUpdate self = {.session = session};
    char *end;
    errno = 0;
    unsigned long number = strtoul(session->words[1], &end, 10);
    if (*session->words[1] < '1' || *session->words[1] > '9' || *end || errno ||
        number > VALIDATE_LIST_MAX)
        return complain_code(CLI_INVALID, "\"%s\" is not the number of an outcome",
                             session->words[1]);
    if (arguments_count(session->arguments, outcome_fields.groups) == 0)
        return complain_code(CLI_USAGE,
                             "say what to change: plenary outcome update %s %lu --state done",
                             session->words[0], number);
    self.number = number;
    int code = revise_event(session, session->words[0], update, &self);
    json_decref(self.seen);
    return code;
}

/* --- outcome list --- */

static const char *join(const json_t *list, Arena *arena)
{
    const char *joined = "";
    for (size_t i = 0; i < json_array_size(list) && joined; i++)
        joined = arena_printf(arena, "%s%s%s", joined, i ? ", " : "",
                              json_string_value(json_array_get(list, i)));
    return joined;
}

static int print_table(Session *session, const json_t *outcomes)
{
    static const TableColumn columns[] = {
        {"NO", TABLE_RIGHT}, {"KIND", 0}, {"TITLE", TABLE_CUT}, {"DATE", 0}, {"DUE", 0},
        {"STATE", 0},        {"BY", 0},
    };
    Table *table = table_new(columns, sizeof columns / sizeof *columns, &session->terminal);
    if (!table) return session_no_memory();
    for (size_t i = 0; i < json_array_size(outcomes); i++) {
        const json_t *outcome = json_array_get(outcomes, i);
        char number[FIGURE_SIZE];
        (void)snprintf(number, sizeof number, "%zu", i + 1);
        const char *cells[] = {number,
                               text_of(outcome, "kind"),
                               name_of(outcome),
                               text_of(outcome, "date"),
                               text_of(outcome, "due"),
                               text_of(outcome, "state"),
                               join(json_object_get(outcome, "organisations"), session->arena)};
        table_add(table, cells, NULL);
    }
    bool written = table_print(table, stdout);
    table_destroy(&table);
    return written ? CLI_DONE : complain_code(CLI_FAILED, "the list could not be written");
}

static int print_outcomes(Session *session, const json_t *outcomes)
{
    if (session->form == OUTPUT_TABLE && json_array_size(outcomes) == 0) {
        complain("the event has no outcomes");
        return CLI_DONE;
    }
    if (session->form == OUTPUT_TABLE) return print_table(session, outcomes);
    if (session->form != OUTPUT_JSONL) {
        (void)output_json(stdout, outcomes, session->form);
        return CLI_DONE;
    }
    for (size_t i = 0; i < json_array_size(outcomes); i++)
        (void)output_json(stdout, json_array_get(outcomes, i), session->form);
    return CLI_DONE;
}

/* Each with its number, by which it is updated. */
static json_t *numbered(const Event *event)
{
    json_t *list = json_array();
    for (size_t i = 0; i < event->n_outcomes && list; i++) {
        json_t *outcome = json_of_message(&event->outcomes[i]->base);
        json_t *number = json_integer((json_int_t)i + 1);
        if (json_object_set_new(outcome, "number", number) == 0 &&
            json_array_append_new(list, outcome) == 0)
            continue;
        json_decref(list);
        list = NULL;
    }
    return list;
}

int verb_outcome_list(Session *session)
{
    Reply *reply = NULL;
    int code = session_get_event(session, session->words[0], &reply);
    if (code != CLI_DONE) return code;
    json_t *outcomes = numbered(reply->event->event);
    code = outcomes ? print_outcomes(session, outcomes) : session_no_memory();
    json_decref(outcomes);
    plenary_reply_free(reply);
    return code;
}
