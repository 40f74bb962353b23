/* The verb count: how many events match, and with --by how many have each value of a facet. */
#include "clients/cli/complain.h"
#include "clients/cli/explain.h"
#include "clients/cli/pages.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VALUES_MAX = 100000, /* of one facet */
    FIGURE_SIZE = 24,
};

typedef Plenary__V1__Bucket Bucket;

/* The buckets of all pages; what they point to lies in the session's arena. */
typedef struct Tally {
    Session *session;
    const char *by;
    uint64_t count;
    uint64_t as_of_sequence;
    Bucket **buckets;
    size_t used;
    size_t capacity;
    bool cut; /* there are more than VALUES_MAX */
} Tally;

/* --- asking --- */

static bool keep_bucket(Tally *tally, const Bucket *bucket)
{
    Arena *arena = tally->session->arena;
    if (tally->used == tally->capacity) {
        size_t capacity = tally->capacity ? 2 * tally->capacity : 64;
        Bucket **grown = realloc(tally->buckets, capacity * sizeof(Bucket *));
        if (!grown) return false;
        tally->buckets = grown;
        tally->capacity = capacity;
    }
    Bucket *copy = arena_alloc(arena, sizeof *copy);
    if (!copy) return false;
    plenary__v1__bucket__init(copy);
    copy->value = arena_strdup(arena, bucket->value);
    copy->has_count = bucket->has_count;
    copy->count = bucket->count;
    tally->buckets[tally->used++] = copy;
    return copy->value != NULL;
}

static int keep_page(Tally *tally, const Plenary__V1__CountReply *page)
{
    for (size_t i = 0; i < page->n_buckets; i++) {
        tally->cut = tally->used == VALUES_MAX;
        if (tally->cut) return CLI_DONE;
        if (!keep_bucket(tally, page->buckets[i])) return session_no_memory();
    }
    return CLI_DONE;
}

/* Every page of the buckets; the figures of the whole are those of the first. */
static int take_buckets(Tally *tally, Request *request)
{
    Plenary__V1__CountEvents *count = request->count_events;
    Page page = PLENARY__V1__PAGE__INIT;
    Reply *reply = NULL;
    bool more = true;
    int code = CLI_DONE;
    while (code == CLI_DONE && more) {
        Reply *before = reply;
        reply = NULL;
        code = session_call(tally->session, request, &reply);
        plenary_reply_free(before); /* the token was lent from it */
        if (code != CLI_DONE) break;
        if (!count->page) {
            tally->count = reply->count->count;
            tally->as_of_sequence = reply->count->as_of_sequence;
        }
        code = keep_page(tally, reply->count);
        more = reply->count->has_next_page && reply->count->next_page.len && !tally->cut;
        page.has_token = 1;
        page.token = reply->count->next_page;
        count->page = &page;
    }
    count->page = NULL;
    plenary_reply_free(reply);
    return code;
}

/* --- order --- */

static int by_value(const void *left, const void *right)
{
    return strcmp((*(Bucket *const *)left)->value, (*(Bucket *const *)right)->value);
}

static int by_count(const void *left, const void *right)
{
    uint64_t a = (*(Bucket *const *)left)->count;
    uint64_t b = (*(Bucket *const *)right)->count;
    return a != b ? (a < b ? 1 : -1) : by_value(left, right);
}

static int sort_buckets(Tally *tally)
{
    const char *order = session_option(tally->session, "sort");
    bool in_time = strcmp(tally->by, "month") == 0 || strcmp(tally->by, "year") == 0;
    if (!order) order = in_time ? "value" : "count";
    bool values = strcmp(order, "value") == 0;
    if (!values && strcmp(order, "count") != 0)
        return complain_code(CLI_INVALID, "--sort: \"%s\" is neither count nor value", order);
    if (tally->used)
        qsort(tally->buckets, tally->used, sizeof *tally->buckets, values ? by_value : by_count);
    return CLI_DONE;
}

/* --- printing --- */

static void print_share(const Tally *tally, uint64_t count, char text[static FIGURE_SIZE])
{
    double share = tally->count ? 100.0 * (double)count / (double)tally->count : 0;
    (void)snprintf(text, FIGURE_SIZE, "%.1f", share);
}

static void add_row(const Tally *tally, Table *table, const char *value, uint64_t count)
{
    char figure[FIGURE_SIZE];
    char share[FIGURE_SIZE];
    char percent[FIGURE_SIZE + 2];
    (void)snprintf(figure, sizeof figure, "%" PRIu64, count);
    print_share(tally, count, share);
    (void)snprintf(percent, sizeof percent, "%s %%", share);
    const char *const cells[] = {value, figure, percent};
    table_add(table, cells, NULL);
}

static int print_table(const Tally *tally, size_t shown)
{
    char *title = arena_strdup(tally->session->arena, tally->by);
    for (char *at = title; at && *at; at++)
        if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
    const TableColumn columns[] = {
        {title, TABLE_CUT}, {"EVENTS", TABLE_RIGHT}, {"SHARE", TABLE_RIGHT}};
    Table *table = table_new(columns, 3, &tally->session->terminal);
    if (!table || !title) {
        table_destroy(&table);
        return session_no_memory();
    }
    for (size_t i = 0; i < shown; i++)
        add_row(tally, table, tally->buckets[i]->value, tally->buckets[i]->count);
    add_row(tally, table, "all that match", tally->count);
    bool printed = table_print(table, stdout);
    table_destroy(&table);
    return printed ? CLI_DONE : complain_code(CLI_FAILED, "it could not be written");
}

static int print_csv(const Tally *tally, size_t shown)
{
    const char *const titles[] = {"value", "count", "share"};
    output_csv(stdout, titles, 3);
    for (size_t i = 0; i < shown; i++) {
        char figure[FIGURE_SIZE];
        char share[FIGURE_SIZE];
        (void)snprintf(figure, sizeof figure, "%" PRIu64, tally->buckets[i]->count);
        print_share(tally, tally->buckets[i]->count, share);
        const char *const cells[] = {tally->buckets[i]->value, figure, share};
        output_csv(stdout, cells, 3);
    }
    return CLI_DONE;
}

static int print_messages(const Tally *tally, size_t shown)
{
    OutputForm form = tally->session->form;
    if (form == OUTPUT_JSONL) {
        for (size_t i = 0; i < shown; i++)
            (void)output_message(stdout, &tally->buckets[i]->base, form);
        return CLI_DONE;
    }
    Plenary__V1__CountReply whole = PLENARY__V1__COUNT_REPLY__INIT;
    whole.has_count = whole.has_as_of_sequence = 1;
    whole.count = tally->count;
    whole.as_of_sequence = tally->as_of_sequence;
    whole.buckets = tally->buckets;
    whole.n_buckets = shown;
    (void)output_message(stdout, &whole.base, form);
    return CLI_DONE;
}

static int print_tally(Tally *tally)
{
    bool limited;
    uint32_t limit;
    int code = session_number(tally->session, "limit", 1, &limited, &limit);
    if (code == CLI_DONE) code = sort_buckets(tally);
    if (code != CLI_DONE) return code;
    size_t shown = limited && limit < tally->used ? limit : tally->used;
    switch (tally->session->form) {
    case OUTPUT_TABLE: code = print_table(tally, shown); break;
    case OUTPUT_CSV: code = print_csv(tally, shown); break;
    default: code = print_messages(tally, shown);
    }
    if (tally->cut) complain("there are more than %d values: the rest is left out", VALUES_MAX);
    if (shown < tally->used && tally->session->form == OUTPUT_TABLE)
        complain("%zu more values are not shown", tally->used - shown);
    return code;
}

/* --- the verb --- */

static int count_by(Session *session, Request *request, char *by)
{
    Tally tally = {.session = session, .by = by};
    request->count_events->by = by;
    int code = take_buckets(&tally, request);
    if (code == CLI_DONE) code = print_tally(&tally);
    free(tally.buckets);
    return code;
}

static void print_count(const Session *session, const Plenary__V1__CountReply *count)
{
    if (session->form == OUTPUT_TABLE)
        (void)printf("%" PRIu64 "\n", count->count);
    else
        (void)output_message(stdout, &count->base, session->form);
}

static int count_all(Session *session, Request *request)
{
    Reply *reply = NULL;
    int code = session_call(session, request, &reply);
    if (code != CLI_DONE) return code;
    const Plenary__V1__CountReply *count = reply->count;
    if (request->count_events->explain)
        code = explain_print(session, count->explanation, count->count);
    else
        print_count(session, count);
    plenary_reply_free(reply);
    return code;
}

/* Counting the past is listing it: the first page knows how many there are. */
static int count_past(Session *session)
{
    Plenary__V1__CountReply count = PLENARY__V1__COUNT_REPLY__INIT;
    Query *query = NULL;
    if (session_has(session, "by") || session_has(session, "explain"))
        return complain_code(CLI_USAGE, "--as-of does not go with --by or --explain");
    count.has_count = count.has_as_of_sequence = 1;
    int code = session_filters(session, &query);
    if (code == CLI_DONE) code = pages_total(session, query, &count.count, &count.as_of_sequence);
    if (code == CLI_DONE) print_count(session, &count);
    return code;
}

int verb_count(Session *session)
{
    Plenary__V1__CountEvents count = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    const char *by = session_option(session, "by");
    if (!by && (session->form == OUTPUT_CSV || session_has(session, "sort") ||
                session_has(session, "limit")))
        return complain_code(CLI_USAGE, "-o csv, --sort and --limit go with --by");
    if (session_has(session, "as-of")) return count_past(session);
    int code = session_filters(session, &count.query);
    if (code != CLI_DONE) return code;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    request.count_events = &count;
    count.has_explain = count.explain = session_has(session, "explain");
    bool explains = count.explain != 0;
    if (!by || explains) return count_all(session, &request);
    return count_by(session, &request, arena_strdup(session->arena, by));
}
