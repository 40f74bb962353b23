/* What was: the verbs history and diff. */
#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/cli/instants.h"
#include "clients/cli/pages.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"
#include "clients/lib/telling.h"
#include "clients/lib/wording.h"
#include "proto/diff.h"
#include "proto/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    HISTORY_FIELDS_TOLD = 4, /* of one revision */
    HISTORY_TEXT_SIZE = 400,
    HISTORY_COLUMNS = 6, /* with those who were told */
    SEQUENCE_SIZE = 24,
    HISTORY_DIFF_BYTES_MAX = 16 * 1024 * 1024,
};

/* --- history --- */

/* A change is shown when the one before it has come, for the difference between the two. */
typedef struct Teller {
    Session *session;
    Table *table;
    json_t *list; /* of the other forms */
    Arena *arena; /* of one difference */
    json_t *told; /* by sequence: who was told; NULL: nobody asks */
    Change *held; /* a copy of our own */
    size_t shown;
    size_t most; /* 0: all */
} Teller;

static Change *copy_change(const Change *change)
{
    size_t size = plenary__v1__change__get_packed_size(change);
    uint8_t *packed = malloc(size);
    if (!packed) return NULL;
    plenary__v1__change__pack(change, packed);
    Change *copy = plenary__v1__change__unpack(NULL, size, packed);
    free(packed);
    return copy;
}

/* --- who was told --- */

static void take_told(void *context, const Reply *reply)
{
    const Teller *teller = context;
    char key[SEQUENCE_SIZE];
    for (size_t i = 0; teller->told && i < reply->changes->n_told; i++) {
        const Plenary__V1__Told *told = reply->changes->told[i];
        json_t *names = json_array();
        for (size_t j = 0; j < told->n_subscribers; j++)
            (void)json_array_append_new(names, json_string(told->subscribers[j]));
        (void)snprintf(key, sizeof key, "%" PRIu64, told->sequence);
        (void)json_object_set_new(teller->told, key, names);
    }
}

static json_t *told_of(const Teller *teller, const Change *change)
{
    char key[SEQUENCE_SIZE];
    (void)snprintf(key, sizeof key, "%" PRIu64, change->sequence);
    return json_object_get(teller->told, key);
}

static const char *told_text(const Teller *teller, const Change *change)
{
    const json_t *names = told_of(teller, change);
    const char *text = "";
    for (size_t i = 0; text && i < json_array_size(names); i++)
        text = arena_printf(teller->arena, "%s%s%s", text, i ? ", " : "",
                            json_string_value(json_array_get(names, i)));
    return text;
}

/* --- one change --- */

static void tell_row(Teller *teller, const Change *before, const Change *change,
                     const Difference *difference)
{
    const Event *event = change->event;
    char revision[16];
    char time[WORDING_SIZE];
    char text[HISTORY_TEXT_SIZE] = "";
    (void)snprintf(revision, sizeof revision, "%u", event ? event->revision : 0);
    wording_instant(change->time ? change->time : "", time);
    if (difference)
        telling_difference(&before->event->base, &event->base, difference, HISTORY_FIELDS_TOLD,
                           text, sizeof text);
    /* Who acted is told as an organisation, to admins as a principal. */
    const char *by = change->by_organisation ? change->by_organisation : change->by_principal;
    const char *cells[HISTORY_COLUMNS] = {revision, time, action_name((int)change->action), by,
                                          text};
    if (teller->told) {
        cells[HISTORY_COLUMNS - 2] = told_text(teller, change);
        cells[HISTORY_COLUMNS - 1] = text;
    }
    table_add(teller->table, cells, NULL);
}

static void tell_json(Teller *teller, const Change *change, const Difference *difference)
{
    json_t *json = json_of_message(&change->base);
    if (json && difference)
        (void)json_object_set_new(json, "difference", json_of_message(&difference->base));
    if (json && teller->told) (void)json_object_set(json, "told", told_of(teller, change));
    (void)json_array_append_new(teller->list, json);
}

/* `before` is the change before the one held, or NULL at the first. */
static void tell_held(Teller *teller, const Change *before)
{
    if (!teller->held || (teller->most && teller->shown == teller->most)) return;
    const Difference *difference = NULL;
    /* Of a withdrawn event nothing is left: all of it would be the difference. */
    bool left = teller->held->action != PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    if (left && before && before->event && teller->held->event)
        difference = diff_records(&before->event->base, &teller->held->event->base, teller->arena);
    if (teller->table)
        tell_row(teller, before, teller->held, difference);
    else
        tell_json(teller, teller->held, difference);
    teller->shown++;
    arena_reset(teller->arena);
}

static void let_go(Teller *teller)
{
    if (teller->held) plenary__v1__change__free_unpacked(teller->held, NULL);
    teller->held = NULL;
}

static int take_change(void *context, const ProtobufCMessage *record)
{
    Teller *teller = context;
    tell_held(teller, (const Change *)record);
    let_go(teller);
    teller->held = copy_change((const Change *)record);
    return teller->held ? CLI_DONE : session_no_memory();
}

static bool print_told(Teller *teller)
{
    if (teller->table) return table_print(teller->table, stdout);
    if (teller->session->form != OUTPUT_JSONL)
        return output_json(stdout, teller->list, teller->session->form);
    for (size_t i = 0; i < json_array_size(teller->list); i++)
        if (!output_json(stdout, json_array_get(teller->list, i), OUTPUT_JSONL)) return false;
    return true;
}

static bool open_teller(Teller *teller, Session *session)
{
    static const TableColumn columns[HISTORY_COLUMNS - 1] = {
        {"REV", TABLE_RIGHT}, {"TIME", 0}, {"ACTION", 0}, {"BY", 0}, {"WHAT", TABLE_CUT}};
    static const TableColumn with_told[HISTORY_COLUMNS] = {
        {"REV", TABLE_RIGHT}, {"TIME", 0},        {"ACTION", 0}, {"BY", 0},
        {"TOLD", TABLE_WRAP}, {"WHAT", TABLE_CUT}};
    bool told = session_has(session, "told");
    *teller = (Teller){.session = session, .arena = arena_new(HISTORY_DIFF_BYTES_MAX)};
    if (told) teller->told = json_object();
    if (session->form == OUTPUT_TABLE)
        teller->table = table_new(told ? with_told : columns,
                                  told ? HISTORY_COLUMNS : HISTORY_COLUMNS - 1, &session->terminal);
    else
        teller->list = json_array();
    return teller->arena && (teller->table || teller->list) && (teller->told || !told);
}

static void close_teller(Teller *teller)
{
    let_go(teller);
    table_destroy(&teller->table);
    json_decref(teller->list);
    json_decref(teller->told);
    arena_destroy(&teller->arena);
}

int verb_history(Session *session)
{
    Plenary__V1__EventHistory asked = PLENARY__V1__EVENT_HISTORY__INIT;
    Teller teller;
    bool given;
    uint32_t limit = 0;
    int code = session_number(session, "limit", 1, &given, &limit);
    if (code != CLI_DONE) return code;
    if (!open_teller(&teller, session)) code = session_no_memory();
    teller.most = limit;
    asked.event_id = (char *)(uintptr_t)session->words[0];
    asked.has_told = asked.told = teller.told != NULL;
    /* One more than wanted, for the last one's difference. */
    if (code == CLI_DONE)
        code =
            pages_history(session, &asked, given ? limit + 1 : 0, take_told, take_change, &teller);
    if (code == CLI_DONE) {
        tell_held(&teller, NULL);
        if (!print_told(&teller)) code = complain_code(CLI_FAILED, "it could not be written");
    }
    close_teller(&teller);
    return code;
}

/* --- diff --- */

/* Which image a word means; neither: the latest one. */
typedef struct Version {
    uint32_t revision;
    char *time; /* instant: the image that was known then */
} Version;

static int get_version(Session *session, const Version *version, Reply **reply)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    get.event_id = (char *)(uintptr_t)session->words[0];
    get.has_at_revision = version->revision != 0;
    get.at_revision = version->revision;
    get.at_time = version->time;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    return session_call(session, &request, reply);
}

/* The version that a word names; the latest one where there is no such word. */
static int read_version(const Session *session, size_t word, Version *version)
{
    *version = (Version){0};
    if (session->word_count <= word) return CLI_DONE;
    const char *text = session->words[word];
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (!*end && !errno && value > 0 && value <= UINT32_MAX && *text != '-') {
        version->revision = (uint32_t)value;
        return CLI_DONE;
    }
    if (instants_read(session, text, DAY_ENDS, &version->time)) return CLI_DONE;
    return complain_code(CLI_INVALID, "\"%s\" is neither a revision nor a time", text);
}

static int print_difference(Session *session, const Event *before, const Event *after)
{
    static const TableColumn columns[] = {
        {"FIELD", 0}, {"BEFORE", TABLE_WRAP}, {"AFTER", TABLE_WRAP}};
    Difference *difference = diff_records(&before->base, &after->base, session->arena);
    if (!difference) return session_no_memory();
    if (session->form != OUTPUT_TABLE) {
        (void)output_message(stdout, &difference->base, session->form);
        return CLI_DONE;
    }
    if (before->revision == after->revision)
        complain("both are revision %u", after->revision);
    else if (difference->n_fields == 0)
        complain("revisions %u and %u do not differ", before->revision, after->revision);
    Table *table = table_new(columns, sizeof columns / sizeof *columns, &session->terminal);
    if (!table) return session_no_memory();
    for (size_t i = 0; i < difference->n_fields; i++) {
        const Plenary__V1__FieldDifference *field = difference->fields[i];
        char texts[2][HISTORY_TEXT_SIZE] = {"", ""};
        if (field->before)
            wording_value(field->before, HISTORY_TEXT_SIZE, texts[0], sizeof texts[0]);
        if (field->after) wording_value(field->after, HISTORY_TEXT_SIZE, texts[1], sizeof texts[1]);
        const char *cells[] = {field->path, texts[0], texts[1]};
        table_add(table, cells, NULL);
    }
    bool written = table_print(table, stdout);
    table_destroy(&table);
    return written ? CLI_DONE : complain_code(CLI_FAILED, "it could not be written");
}

int verb_diff(Session *session)
{
    Version first;
    Version second;
    Reply *before = NULL;
    Reply *after = NULL;
    int code = read_version(session, 1, &first);
    if (code == CLI_DONE) code = read_version(session, 2, &second);
    if (code == CLI_DONE) code = get_version(session, &second, &after);
    if (code != CLI_DONE) return code;
    const Event *latest = after->event->event;
    bool chosen = session->word_count > 1;
    if (!chosen && latest->revision == 1) {
        complain("event %u has one revision, and nothing to compare it with", latest->number);
    } else {
        if (!chosen) first.revision = latest->revision - 1;
        code = get_version(session, &first, &before);
        if (code == CLI_DONE) code = print_difference(session, before->event->event, latest);
    }
    plenary_reply_free(before);
    plenary_reply_free(after);
    return code;
}
