/* The verb log: every change of any record, who made it and to what. */
#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/cli/instants.h"
#include "clients/cli/pages.h"
#include "clients/cli/principal_view.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"
#include "clients/lib/wording.h"
#include "proto/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOG_ACTIONS_MAX = 16,
    LOG_ERASED_MAX = 4, /* events named of one erasure */
};

/* --- how a change looks in a list --- */

static const char *change_sequence(const void *record, Arena *arena)
{
    return arena_printf(arena, "%" PRIu64, ((const Change *)record)->sequence);
}

static const char *change_time(const void *record, Arena *arena)
{
    char text[WORDING_SIZE];
    const Change *change = record;
    wording_instant(change->time ? change->time : "", text);
    return arena_strdup(arena, text);
}

static const char *change_instant(const void *record, Arena *arena)
{
    (void)arena;
    return ((const Change *)record)->time;
}

static const char *change_action(const void *record, Arena *arena)
{
    (void)arena;
    return action_name((int)((const Change *)record)->action);
}

/* Who acted is told as an organisation, to admins as a principal. */
static const char *change_by(const void *record, Arena *arena)
{
    const Change *change = record;
    if (!change->by_principal) return change->by_organisation;
    if (!change->by_organisation) return change->by_principal;
    return arena_printf(arena, "%s, %s", change->by_principal, change->by_organisation);
}

static const char *change_principal(const void *record, Arena *arena)
{
    (void)arena;
    return ((const Change *)record)->by_principal;
}

static const char *change_organisation(const void *record, Arena *arena)
{
    (void)arena;
    return ((const Change *)record)->by_organisation;
}

static const char *change_kind(const void *record, Arena *arena)
{
    (void)arena;
    switch (((const Change *)record)->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT: return "event";
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION: return "organisation";
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL: return "principal";
    default: return NULL;
    }
}

static const char *change_id(const void *record, Arena *arena)
{
    (void)arena;
    const Change *change = record;
    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT: return change->event->id;
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION: return change->organisation->id;
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL: return change->principal->name;
    default: return NULL;
    }
}

static const char *change_number(const void *record, Arena *arena)
{
    const Change *change = record;
    bool event = change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT;
    return event ? arena_printf(arena, "%u", change->event->number) : NULL;
}

static bool is_told(const Change *change, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (change->erasures[i]->number == change->erasures[place]->number) return true;
    return false;
}

/* The numbers of the events that an erasure wrote anew, a few of them. */
static const char *erased_numbers(const Change *change, Arena *arena)
{
    const char *numbers = NULL;
    size_t told = 0;
    for (size_t i = 0; i < change->n_erasures; i++) {
        if (is_told(change, i)) continue;
        if (told++ == LOG_ERASED_MAX) return arena_printf(arena, "%s, …", numbers);
        uint32_t number = change->erasures[i]->number;
        numbers = numbers ? arena_printf(arena, "%s, %" PRIu32, numbers, number)
                          : arena_printf(arena, "%" PRIu32, number);
    }
    return numbers;
}

/* As the other verbs take it: an event's number, an organisation's id. */
static const char *change_name(const void *record, Arena *arena)
{
    const Change *change = record;
    const char *number = change_number(record, arena);
    if (number) return number;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD__NOT_SET)
        return erased_numbers(change, arena);
    return arena_printf(arena, "%s %s", change_kind(record, arena), change_id(record, arena));
}

static const char *change_revision(const void *record, Arena *arena)
{
    const Change *change = record;
    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT:
        return arena_printf(arena, "%u", change->event->revision);
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION:
        return arena_printf(arena, "%u", change->organisation->revision);
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL:
        return arena_printf(arena, "%u", change->principal->revision);
    default: return NULL;
    }
}

static const char *change_title(const void *record, Arena *arena)
{
    const Change *change = record;
    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT: return change->event->title;
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION: return change->organisation->name;
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL: return principal_words(change->principal, arena);
    default: return NULL;
    }
}

static const Column change_columns[] = {
    {"CHANGE", change_sequence, TABLE_RIGHT},
    {"TIME", change_time, 0},
    {"ACTION", change_action, 0},
    {"BY", change_by, 0},
    {"RECORD", change_name, 0},
    {"REV", change_revision, TABLE_RIGHT},
    {"TITLE", change_title, TABLE_CUT},
};

static const Column change_csv[] = {
    {"sequence", change_sequence, 0},
    {"time", change_instant, 0},
    {"action", change_action, 0},
    {"principal", change_principal, 0},
    {"organisation", change_organisation, 0},
    {"record", change_kind, 0},
    {"number", change_number, 0},
    {"id", change_id, 0},
    {"revision", change_revision, 0},
    {"title", change_title, 0},
};

static const RecordKind change_record_kind = {
    .columns = change_columns,
    .column_count = sizeof change_columns / sizeof *change_columns,
    .csv = change_csv,
    .csv_count = sizeof change_csv / sizeof *change_csv,
    .id = change_id,
};

/* --- what is asked for --- */

static int read_enum(const char *option, const ProtobufCEnumDescriptor *descriptor,
                     const char *text, int *value)
{
    char message[PROBLEM_MESSAGE_SIZE];
    if (json_enum_find(descriptor, text, value)) return CLI_DONE;
    json_enum_explain(descriptor, text, message);
    return complain_code(CLI_USAGE, "--%s: %s", option, message);
}

static int read_actions(const Session *session, Plenary__V1__ListChanges *asked)
{
    const Arguments *arguments = session->arguments;
    for (size_t i = 0; i < arguments->given_count; i++) {
        const Given *given = &arguments->given[i];
        int action;
        if (strcmp(given->option->name, "action") != 0) continue;
        if (asked->n_actions == LOG_ACTIONS_MAX)
            return complain_code(CLI_INVALID, "--action: it may be given %d times",
                                 LOG_ACTIONS_MAX);
        int code =
            read_enum("action", &plenary__v1__change__action__descriptor, given->value, &action);
        if (code != CLI_DONE) return code;
        asked->actions[asked->n_actions++] = (Plenary__V1__Change__Action)action;
    }
    return CLI_DONE;
}

static int read_record(const Session *session, Plenary__V1__ListChanges *asked)
{
    const char *text = session_option(session, "record");
    int record;
    if (!text) return CLI_DONE;
    int code = read_enum("record", &plenary__v1__list_changes__record__descriptor, text, &record);
    asked->has_record = code == CLI_DONE;
    if (code == CLI_DONE) asked->record = (Plenary__V1__ListChanges__Record)record;
    return code;
}

static int read_since(const Session *session, Plenary__V1__ListChanges *asked)
{
    const char *text = session_option(session, "since");
    if (!text) return CLI_DONE;
    char *end;
    errno = 0;
    asked->has_after_sequence = 1;
    asked->after_sequence = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && !errno) return CLI_DONE;
    return complain_code(CLI_INVALID, "--since: \"%s\" is not the number of a change", text);
}

static int read_question(Session *session, Plenary__V1__ListChanges *asked)
{
    int code = instants_option(session, "from", DAY_BEGINS, &asked->from);
    if (code == CLI_DONE) code = instants_option(session, "to", DAY_ENDS, &asked->to);
    if (code == CLI_DONE) code = read_since(session, asked);
    if (code == CLI_DONE) code = read_actions(session, asked);
    if (code == CLI_DONE) code = read_record(session, asked);
    asked->principal = (char *)(uintptr_t)session_option(session, "principal");
    asked->organisation = (char *)(uintptr_t)session_option(session, "org");
    asked->has_descending = 1;
    asked->descending = !session_has(session, "reverse");
    return code;
}

/* --- the verb --- */

typedef struct Logger {
    Listing *listing;
    size_t count;
} Logger;

static int add_change(void *context, const ProtobufCMessage *record)
{
    Logger *logger = context;
    logger->count++;
    if (listing_add(logger->listing, record)) return CLI_DONE;
    return complain_code(CLI_FAILED, "the log could not be written");
}

int verb_log(Session *session)
{
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    Plenary__V1__Change__Action actions[LOG_ACTIONS_MAX];
    Logger logger = {0};
    bool given;
    uint32_t limit = 0;
    asked.actions = actions;
    int code = read_question(session, &asked);
    if (code == CLI_DONE) code = session_number(session, "limit", 1, &given, &limit);
    if (code != CLI_DONE) return code;
    logger.listing = listing_open(stdout, session->form, &change_record_kind, &session->terminal);
    if (!logger.listing) return session_no_memory();
    code = pages_changes(session, &asked, limit, add_change, &logger);
    bool written = listing_close(&logger.listing);
    if (code != CLI_DONE) return code;
    if (!written) return complain_code(CLI_FAILED, "the log could not be written");
    if (logger.count == 0 && session->form == OUTPUT_TABLE) complain("no change matches");
    return CLI_DONE;
}
