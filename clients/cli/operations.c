/* The verbs status and verify. */
#include "clients/cli/complain.h"
#include "clients/cli/progress.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"
#include "clients/lib/wording.h"
#include "proto/json.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    VERIFY_CHANGES = 1000, /* asked for at once */
    FIGURE_SIZE = 64,
};

/* --- status --- */

static void add_text(Table *table, const char *name, const char *text)
{
    const char *cells[] = {name, text};
    if (text) table_add(table, cells, NULL);
}

static void add_count(Table *table, const char *name, uint64_t count)
{
    char text[FIGURE_SIZE];
    (void)snprintf(text, sizeof text, "%" PRIu64, count);
    add_text(table, name, text);
}

static void add_bytes(Table *table, const char *name, uint64_t bytes)
{
    char text[WORDING_SIZE];
    wording_bytes(bytes, text);
    add_text(table, name, text);
}

/* "connected, up to 48"; of those who are away also since when. */
static const char *describe_subscriber(const Plenary__V1__Subscriber *subscriber, Arena *arena)
{
    char time[WORDING_SIZE];
    wording_instant(subscriber->time ? subscriber->time : "", time);
    if (subscriber->connected)
        return arena_printf(arena, "connected, has acknowledged up to %" PRIu64,
                            subscriber->acknowledged_sequence);
    return arena_printf(arena, "away since %s, had acknowledged up to %" PRIu64, time,
                        subscriber->acknowledged_sequence);
}

static void add_subscribers(Session *session, Table *table, const Plenary__V1__StatusReply *status)
{
    for (size_t i = 0; i < status->n_subscribers; i++) {
        const Plenary__V1__Subscriber *subscriber = status->subscribers[i];
        const char *name =
            arena_printf(session->arena, "subscriber %s", subscriber->name ? subscriber->name : "");
        if (name) add_text(table, name, describe_subscriber(subscriber, session->arena));
    }
}

static void add_backup(Table *table, const Plenary__V1__StatusReply *status)
{
    char text[FIGURE_SIZE];
    (void)snprintf(text, sizeof text, "under way, at change %" PRIu64, status->backup_sequence);
    if (status->has_backup_sequence) add_text(table, "backup", text);
}

static void add_compacting(Table *table, const Plenary__V1__StatusReply *status)
{
    char text[FIGURE_SIZE + WORDING_SIZE];
    char bytes[WORDING_SIZE];
    wording_bytes(status->compacted_bytes, bytes);
    (void)snprintf(text, sizeof text, "under way, %s written", bytes);
    if (status->has_compacted_bytes) add_text(table, "compacting", text);
}

static int print_status(Session *session, const Plenary__V1__StatusReply *status)
{
    static const TableColumn columns[] = {{NULL, 0}, {NULL, TABLE_WRAP}};
    char started[WORDING_SIZE];
    Table *table = table_new(columns, sizeof columns / sizeof *columns, &session->terminal);
    if (!table) return session_no_memory();
    wording_instant(status->started ? status->started : "", started);
    add_text(table, "version", status->version);
    add_text(table, "registry", status->registry_id);
    add_text(table, "started", started);
    add_text(table, "writing", status->read_only ? status->read_only_reason : "yes");
    add_count(table, "events", status->events);
    add_count(table, "organisations", status->organisations);
    if (status->has_principals) add_count(table, "principals", status->principals);
    add_count(table, "sequence", status->sequence);
    add_count(table, "in views up to", status->checkpoint_sequence);
    add_count(table, "streams", status->streams);
    add_subscribers(session, table, status);
    add_bytes(table, "journal", status->journal_bytes);
    add_bytes(table, "views", status->views_bytes);
    add_bytes(table, "not yet folded", status->delta_bytes);
    add_bytes(table, "memory", status->resident_bytes);
    add_backup(table, status);
    add_compacting(table, status);
    bool written = table_print(table, stdout);
    table_destroy(&table);
    return written ? CLI_DONE : complain_code(CLI_FAILED, "it could not be written");
}

int verb_status(Session *session)
{
    Reply *reply = NULL;
    int code = session_get_status(session, &reply);
    if (code != CLI_DONE) return code;
    if (session->form == OUTPUT_TABLE)
        code = print_status(session, reply->daemon);
    else
        (void)output_message(stdout, &reply->daemon->base, session->form);
    plenary_reply_free(reply);
    return code;
}

/* --- verify --- */

typedef struct Verified {
    uint64_t count;
    uint64_t broken; /* 0: nothing is */
    char *problem;   /* in the arena */
} Verified;

/* Stretch after stretch, to the end or to what is broken. */
static int verify_all(Session *session, Progress *progress, Verified *verified)
{
    Plenary__V1__VerifyJournal verify = PLENARY__V1__VERIFY_JOURNAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_VERIFY_JOURNAL;
    request.verify_journal = &verify;
    verify.has_from_sequence = verify.has_limit = 1;
    verify.from_sequence = 1;
    verify.limit = VERIFY_CHANGES;
    for (bool more = true; more;) {
        Reply *reply = NULL;
        int code = session_call(session, &request, &reply);
        if (code != CLI_DONE) return code;
        const Plenary__V1__VerifyReply *body = reply->verify;
        verified->count += body->verified;
        verified->broken = body->broken_sequence;
        verified->problem = arena_strdup(session->arena, body->problem);
        more = body->has_next_sequence && body->next_sequence > verify.from_sequence &&
               !verified->broken;
        verify.from_sequence = body->next_sequence;
        plenary_reply_free(reply);
        progress_show(progress, verified->count);
    }
    return CLI_DONE;
}

static void print_verified(const Session *session, const Verified *verified)
{
    json_t *json = json_pack("{s:I, s:b}", "verified", (json_int_t)verified->count, "sound",
                             verified->broken == 0);
    if (verified->broken)
        (void)json_object_set_new(json, "brokenSequence",
                                  json_integer((json_int_t)verified->broken));
    if (verified->problem)
        (void)json_object_set_new(json, "problem", json_string(verified->problem));
    (void)output_json(stdout, json, session->form);
    json_decref(json);
}

int verb_verify(Session *session)
{
    Verified verified = {0};
    Reply *status = NULL;
    int code = session_get_status(session, &status);
    if (code != CLI_DONE) return code;
    Progress progress = progress_start("changes", status->daemon->sequence);
    plenary_reply_free(status);
    code = verify_all(session, &progress, &verified);
    progress_end(&progress);
    if (code != CLI_DONE) return code;
    if (session->form != OUTPUT_TABLE)
        print_verified(session, &verified);
    else if (!verified.broken)
        (void)printf("%" PRIu64 " changes verified: the journal is whole\n", verified.count);
    if (!verified.broken) return CLI_DONE;
    return complain_code(CLI_FAILED, "change %" PRIu64 " is broken: %s", verified.broken,
                         verified.problem ? verified.problem : "its digest does not fit");
}
