/*
 * Page tokens that are not quite what was given. An input is a byte that says which list (or
 * count), one that says in what order (or by what facet), one for the limit, and what is then done
 * to a real token: each further byte is XORed into it, and those beyond its end are added. Nothing
 * but the three bytes: all pages of the list, which must come to the whole.
 */
#include "proto/facets.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/populate.h"

#include <string.h>

enum {
    SEED = 1,
    ORGANISATIONS = 20,
    EVENTS = 340, /* more than PAGE_SORTED_MAX of them visible: large answers are walked */
    TOKEN_SIZE = 256,
    LIMIT_MAX = 64,
    HEADER_BYTES = 3,
    ORDERS = 4,
    LISTS = 8,
    AS_OF_STEP_US = 2000000, /* back from the present, by the order's upper bits */
    NUMBERS_MAX = 2048,      /* of one list */
    WHOLE_LIMIT = 500,
};

typedef struct Asked {
    Request request;
    Query query;
    Page page;
    Term term;
    Term *terms[1];
    char *values[1];
    Plenary__V1__ListEvents events;
    Plenary__V1__CountEvents count;
    Plenary__V1__ListOrganisations organisations;
    Plenary__V1__EventHistory history;
    Plenary__V1__ListChanges changes;
    Plenary__V1__ListConflicts conflicts;
    char as_of[INSTANT_TEXT_SIZE];
    uint8_t token[TOKEN_SIZE];
} Asked;

static void *open_setup(void)
{
    Harness *harness = harness_new(&(HarnessOptions){.seed = SEED});
    populate(harness, ORGANISATIONS, EVENTS);
    return harness;
}

static void close_setup(void *context)
{
    Harness *harness = context;
    harness_destroy(&harness);
}

static void ask_events(Asked *asked, uint8_t order, bool of_kind)
{
    static char facet[] = "kind";
    static char value[] = "meeting";
    asked->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    asked->request.list_events = &asked->events;
    asked->events.page = &asked->page;
    asked->events.query = &asked->query;
    asked->query.has_order = 1;
    asked->query.order = (Plenary__V1__Query__Order)(order % ORDERS);
    asked->query.has_descending = 1;
    asked->query.descending = (order & ORDERS) != 0;
    if (!of_kind) return;
    asked->values[0] = value;
    asked->term.facet = facet;
    asked->term.values = asked->values;
    asked->term.n_values = 1;
    asked->terms[0] = &asked->term;
    asked->query.terms = asked->terms;
    asked->query.n_terms = 1;
}

static void ask_count(Asked *asked, uint8_t facet)
{
    static char facets[][8] = {"kind", "country", "month", "org"};
    asked->request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    asked->request.count_events = &asked->count;
    asked->count.page = &asked->page;
    asked->count.query = &asked->query;
    asked->count.by = facets[facet % (sizeof facets / sizeof *facets)];
}

static void ask_past(Harness *harness, Asked *asked, uint8_t order)
{
    ask_events(asked, order, false);
    if (asked->query.order == PLENARY__V1__QUERY__ORDER__ORDER_UNSPECIFIED)
        asked->query.order = PLENARY__V1__QUERY__ORDER__START;
    instant_print(harness_now_us(harness) - (order / (2 * ORDERS)) * AS_OF_STEP_US, asked->as_of);
    asked->events.as_of = asked->as_of;
}

static void ask_log(Asked *asked, uint8_t order)
{
    asked->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CHANGES;
    asked->request.list_changes = &asked->changes;
    asked->changes.page = &asked->page;
    asked->changes.has_descending = asked->changes.descending = order & 1;
    asked->changes.has_record = 1;
    asked->changes.record = (Plenary__V1__ListChanges__Record)(order / 2 % 3);
}

static void ask(Harness *harness, Asked *asked, uint8_t what, uint8_t order)
{
    static char cancelled[] = "4"; /* populate has cancelled it */
    memset(asked, 0, sizeof *asked);
    plenary__v1__request__init(&asked->request);
    plenary__v1__query__init(&asked->query);
    plenary__v1__page__init(&asked->page);
    plenary__v1__term__init(&asked->term);
    plenary__v1__list_events__init(&asked->events);
    plenary__v1__count_events__init(&asked->count);
    plenary__v1__list_organisations__init(&asked->organisations);
    plenary__v1__event_history__init(&asked->history);
    plenary__v1__list_changes__init(&asked->changes);
    plenary__v1__list_conflicts__init(&asked->conflicts);
    switch (what % LISTS) {
    case 0:
        asked->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_ORGANISATIONS;
        asked->request.list_organisations = &asked->organisations;
        asked->organisations.page = &asked->page;
        break;
    case 1:
        asked->request.verb_case = PLENARY__V1__REQUEST__VERB_EVENT_HISTORY;
        asked->request.event_history = &asked->history;
        asked->history.event_id = cancelled;
        asked->history.page = &asked->page;
        break;
    case 4: ask_count(asked, order); break;
    case 5: ask_past(harness, asked, order); break;
    case 6: ask_log(asked, order); break;
    case 7:
        asked->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CONFLICTS;
        asked->request.list_conflicts = &asked->conflicts;
        asked->conflicts.page = &asked->page;
        break;
    default: ask_events(asked, order, what % LISTS == 2);
    }
}

static const ProtobufCBinaryData *next_of(const Reply *reply)
{
    switch (reply->result_case) {
    case PLENARY__V1__REPLY__RESULT_EVENTS: return &reply->events->next_page;
    case PLENARY__V1__REPLY__RESULT_CHANGES: return &reply->changes->next_page;
    case PLENARY__V1__REPLY__RESULT_COUNT: return &reply->count->next_page;
    case PLENARY__V1__REPLY__RESULT_CONFLICTS: return &reply->conflicts->next_page;
    case PLENARY__V1__REPLY__RESULT_ORGANISATIONS: return &reply->organisations->next_page;
    default: abort();
    }
}

static size_t count_of(const Reply *reply)
{
    switch (reply->result_case) {
    case PLENARY__V1__REPLY__RESULT_EVENTS: return reply->events->n_events;
    case PLENARY__V1__REPLY__RESULT_CHANGES: return reply->changes->n_changes;
    case PLENARY__V1__REPLY__RESULT_COUNT: return reply->count->n_buckets;
    case PLENARY__V1__REPLY__RESULT_CONFLICTS: return reply->conflicts->n_conflicts;
    case PLENARY__V1__REPLY__RESULT_ORGANISATIONS: return reply->organisations->n_organisations;
    default: abort();
    }
}

/* --- all pages --- */

/* What tells apart what a list holds, in its order. */
typedef struct Whole {
    uint64_t numbers[NUMBERS_MAX];
    size_t count;
} Whole;

static uint64_t number_at(const Reply *reply, size_t i)
{
    switch (reply->result_case) {
    case PLENARY__V1__REPLY__RESULT_EVENTS: return reply->events->events[i]->number;
    case PLENARY__V1__REPLY__RESULT_CHANGES: return reply->changes->changes[i]->sequence;
    case PLENARY__V1__REPLY__RESULT_COUNT: return reply->count->buckets[i]->count;
    case PLENARY__V1__REPLY__RESULT_CONFLICTS:
        return (uint64_t)reply->conflicts->conflicts[i]->first->number << 32U |
               (reply->conflicts->conflicts[i]->second
                    ? reply->conflicts->conflicts[i]->second->number
                    : 0);
    case PLENARY__V1__REPLY__RESULT_ORGANISATIONS:
        return strlen(reply->organisations->organisations[i]->id);
    default: abort();
    }
}

/* Page after page. */
static void read_whole(Harness *harness, Asked *asked, uint32_t limit, Whole *whole)
{
    whole->count = 0;
    asked->page.has_token = 0;
    asked->page.has_limit = 1;
    asked->page.limit = limit;
    do {
        Reply *reply = harness_call(harness, &asked->request);
        FUZZ_DEMAND(!reply->status);
        for (size_t i = 0; i < count_of(reply); i++) {
            FUZZ_DEMAND(whole->count < NUMBERS_MAX);
            whole->numbers[whole->count++] = number_at(reply, i);
        }
        const ProtobufCBinaryData *next = next_of(reply);
        FUZZ_DEMAND(next->len <= TOKEN_SIZE);
        if (next->len) memcpy(asked->token, next->data, next->len);
        asked->page.has_token = next->len > 0;
        asked->page.token = (ProtobufCBinaryData){next->len, asked->token};
        plenary__v1__reply__free_unpacked(reply, NULL);
    } while (asked->page.has_token);
}

static void compare_pages(Harness *harness, Asked *asked, uint32_t limit)
{
    static Whole pages;
    static Whole whole;
    read_whole(harness, asked, limit, &pages);
    read_whole(harness, asked, WHOLE_LIMIT, &whole);
    FUZZ_DEMAND(pages.count == whole.count);
    FUZZ_DEMAND(memcmp(pages.numbers, whole.numbers, pages.count * sizeof *pages.numbers) == 0);
}

/* --- one page --- */

/* The token of the page after the first. */
static void take_token(Harness *harness, Asked *asked)
{
    Reply *reply = harness_call(harness, &asked->request);
    FUZZ_DEMAND(!reply->status);
    const ProtobufCBinaryData *next = next_of(reply);
    FUZZ_DEMAND(next->len > 0 && next->len <= TOKEN_SIZE);
    memcpy(asked->token, next->data, next->len);
    asked->page.has_token = 1;
    asked->page.token = (ProtobufCBinaryData){next->len, asked->token};
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static bool change_token(Asked *asked, const uint8_t *data, size_t size)
{
    bool changed = false;
    for (size_t i = 0; i < size && i < TOKEN_SIZE; i++) {
        changed = changed || data[i] != 0 || i >= asked->page.token.len;
        asked->token[i] ^= data[i];
    }
    if (size > asked->page.token.len) asked->page.token.len = size < TOKEN_SIZE ? size : TOKEN_SIZE;
    return changed;
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Harness *harness = context;
    Asked asked;
    if (size < HEADER_BYTES) return;
    ask(harness, &asked, data[0], data[1]);
    if (size == HEADER_BYTES) {
        compare_pages(harness, &asked, 1 + data[2] % LIMIT_MAX);
        return;
    }
    asked.page.has_limit = 1;
    asked.page.limit = 1;
    take_token(harness, &asked);
    bool changed = change_token(&asked, data + HEADER_BYTES, size - HEADER_BYTES);
    asked.page.limit = 1 + data[2] % LIMIT_MAX;
    Reply *reply = harness_call(harness, &asked.request);
    if (reply->status)
        FUZZ_DEMAND(changed && reply->status->code == PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT);
    else
        FUZZ_DEMAND(count_of(reply) <= asked.page.limit + 1); /* of conflicts one more may be */
    plenary__v1__reply__free_unpacked(reply, NULL);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
