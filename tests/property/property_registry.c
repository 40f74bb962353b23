/*
 * Random commands against a naive model: after each fold, crash or restart, every form of query
 * gives the model's answer. `property_registry ROUNDS COMMANDS`; PLENARY_SEED replays one round.
 */
#include "daemon/registry/query.h"
#include "tests/property/model.h"
#include "tests/support/harness.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PIPELINED = 24,
    QUERIES_PER_CHECK = 25,
    CHECK_EVERY = 40, /* commands */
    UIDS = 1000,      /* few, so that some are taken */
};

#define FAIL(...)                                                                                  \
    do {                                                                                           \
        (void)fprintf(stderr, __VA_ARGS__);                                                        \
        (void)fputc('\n', stderr);                                                                 \
        abort();                                                                                   \
    } while (0)

static const char *const words[] = {"alpha", "bravo",  "bravos", "kilo",
                                    "tango", "tangos", "victor", "zulu"};
static const char *const topics[] = {"drug control", "border", "money laundering", "cyber"};
static const char *const countries[] = {"UZ", "KZ", "TJ", "KG"};
static const char *const organisations[] = {"o0", "o1", "o2", "o3", "o4", "o5", "o6", "o7"};

#define COUNT(array)      (sizeof(array) / sizeof *(array))
#define PICK(test, array) (char *)(uintptr_t)(array)[harness_below((test)->harness, COUNT(array))]

typedef struct Test {
    Harness *harness;
    Model *model;
} Test;

/* --- random records --- */

/* An event with the memory that it points to. */
typedef struct Draft {
    Event event;
    Schedule schedule;
    Venue venue;
    char title[64];
    char description[64];
    char start[24];
    char end[24];
    char uid[32];
    Involvement parts[3];
    Involvement *part_pointers[3];
    char *topics[2];
} Draft;

static char zone[] = "Asia/Tashkent";

static void draft_schedule(Test *test, Draft *draft)
{
    Harness *harness = test->harness;
    unsigned year = 2020 + harness_below(harness, 3);
    unsigned month = 1 + harness_below(harness, 12);
    unsigned day = 1 + harness_below(harness, 25);
    unsigned length = harness_below(harness, 4);
    unsigned years = harness_below(harness, 40) == 0 ? 11 + harness_below(harness, 3) : 0;
    unsigned months = harness_below(harness, 8) == 0 ? harness_below(harness, 13 - month) : 0;
    plenary__v1__schedule__init(&draft->schedule);
    if (harness_below(harness, 3) == 0) {
        unsigned hour = harness_below(harness, 12);
        (void)snprintf(draft->start, sizeof draft->start, "%04u-%02u-%02uT%02u:30:00", year, month,
                       day, hour);
        (void)snprintf(draft->end, sizeof draft->end, "%04u-%02u-%02uT%02u:30:00", year + years,
                       month + months, day, hour + length);
        if (harness_below(harness, 2)) draft->schedule.time_zone = zone;
    } else {
        (void)snprintf(draft->start, sizeof draft->start, "%04u-%02u-%02u", year, month, day);
        (void)snprintf(draft->end, sizeof draft->end, "%04u-%02u-%02u", year + years,
                       month + months, day + length);
    }
    draft->schedule.start = draft->start;
    draft->schedule.end = draft->end;
    draft->event.schedule = &draft->schedule;
}

static void draft_organisations(Test *test, Draft *draft)
{
    bool taken[MODEL_ORGANISATIONS] = {false};
    for (size_t i = 0; i < harness_below(test->harness, 4) && i < 3; i++) {
        uint32_t which = harness_below(test->harness, MODEL_ORGANISATIONS);
        if (taken[which]) continue;
        taken[which] = true;
        Involvement *part = &draft->parts[draft->event.n_organisations];
        plenary__v1__involvement__init(part);
        part->id = (char *)(uintptr_t)organisations[which];
        part->has_role = 1;
        part->role = (Plenary__V1__Involvement__Role)(1 + harness_below(test->harness, 7));
        draft->part_pointers[draft->event.n_organisations++] = part;
    }
    draft->event.organisations = draft->part_pointers;
}

static void draft_event(Test *test, Draft *draft)
{
    Harness *harness = test->harness;
    Event *event = &draft->event;
    memset(draft, 0, sizeof *draft);
    plenary__v1__event__init(event);
    event->has_kind = 1;
    event->kind = (Plenary__V1__Event__Kind)(1 + harness_below(harness, 4));
    (void)snprintf(draft->title, sizeof draft->title, "%s %s %s", PICK(test, words),
                   PICK(test, words), PICK(test, words));
    event->title = draft->title;
    (void)snprintf(draft->description, sizeof draft->description, "%s %s", PICK(test, words),
                   PICK(test, words));
    if (harness_below(harness, 3) == 0) event->description = draft->description;
    event->has_format = harness_below(harness, 4) != 0;
    event->format = (Plenary__V1__Event__Format)(1 + harness_below(harness, 3));
    draft_schedule(test, draft);
    draft_organisations(test, draft);
    if (harness_below(harness, 4)) {
        plenary__v1__venue__init(&draft->venue);
        draft->venue.country = PICK(test, countries);
        event->venue = &draft->venue;
    }
    for (size_t i = 0; i < 2 && harness_below(harness, 2); i++)
        draft->topics[event->n_topics++] = PICK(test, topics);
    event->topics = draft->topics;
}

/* --- commands --- */

/* Takes a write's reply into the model; gives its status. */
static StatusCode learn(Test *test, Reply *reply)
{
    StatusCode code = reply->status ? (StatusCode)reply->status->code : STATUS_OK;
    if (code == STATUS_OK) {
        const Plenary__V1__WriteReply *write = reply->write;
        assert(reply->result_case == PLENARY__V1__REPLY__RESULT_WRITE);
        if (write->event && !write->unchanged)
            model_put(test->model, write->event, write->sequence,
                      write->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN);
        if (write->sequence > test->model->sequence) test->model->sequence = write->sequence;
    }
    plenary__v1__reply__free_unpacked(reply, NULL);
    return code;
}

typedef struct Order {
    Request request;
    Draft draft;
    Plenary__V1__RegisterEvent register_event;
    Plenary__V1__ReviseEvent revise_event;
    Plenary__V1__CancelEvent cancel_event;
    Plenary__V1__ReinstateEvent reinstate_event;
    Plenary__V1__HoldEvent hold_event;
    Plenary__V1__WithdrawEvent withdraw_event;
    char event_id[16];
    char request_id[40];
} Order;

/* A uid is taken for ever, also by a withdrawn event. */
static StatusCode foretell_registration(const Test *test, const Event *event)
{
    for (uint32_t i = 1; event->uid && i <= test->model->last; i++)
        if (strcmp(test->model->events[i].image->uid, event->uid) == 0)
            return STATUS_ALREADY_EXISTS;
    return STATUS_OK;
}

/* What the rules say of this command on this event; a pipelined one cannot be foretold. */
static StatusCode foretell(const Test *test, uint32_t number, const Order *order)
{
    const ModelEvent *event = &test->model->events[number];
    if (number == 0) return foretell_registration(test, &order->draft.event);
    if (number > test->model->last) return STATUS_NOT_FOUND;
    if (event->withdrawn) return STATUS_FAILED_PRECONDITION;
    bool cancelled = event->image->status == PLENARY__V1__EVENT__STATUS__CANCELLED;
    bool confirmed = event->image->status == PLENARY__V1__EVENT__STATUS__CONFIRMED;
    switch (order->request.verb_case) {
    case PLENARY__V1__REQUEST__VERB_CANCEL_EVENT:
        return cancelled ? STATUS_FAILED_PRECONDITION : STATUS_OK;
    case PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT:
        return cancelled ? STATUS_OK : STATUS_FAILED_PRECONDITION;
    case PLENARY__V1__REQUEST__VERB_HOLD_EVENT:
        return confirmed ? STATUS_OK : STATUS_FAILED_PRECONDITION;
    default: return STATUS_OK;
    }
}

static void order_registration(Test *test, Order *order)
{
    plenary__v1__register_event__init(&order->register_event);
    order->register_event.event = &order->draft.event;
    order->request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    order->request.register_event = &order->register_event;
    if (harness_below(test->harness, 3) == 0) {
        (void)snprintf(order->draft.uid, sizeof order->draft.uid, "uid-%u@example",
                       harness_below(test->harness, UIDS));
        order->draft.event.uid = order->draft.uid;
    }
}

#define ORDER(order, verb, VERB)                                                                   \
    do {                                                                                           \
        plenary__v1__##verb##__init(&(order)->verb);                                               \
        (order)->verb.event_id = (order)->event_id;                                                \
        (order)->request.verb_case = PLENARY__V1__REQUEST__VERB_##VERB;                            \
        (order)->request.verb = &(order)->verb;                                                    \
    } while (0)

/* A random command; gives the number of the event that it is about, 0 for a new one. */
static uint32_t draft_order(Test *test, Order *order)
{
    memset(order, 0, sizeof *order);
    plenary__v1__request__init(&order->request);
    (void)snprintf(order->request_id, sizeof order->request_id, "%s",
                   harness_request_id(test->harness));
    order->request.request_id = order->request_id;
    draft_event(test, &order->draft);
    uint32_t die = harness_below(test->harness, 20);
    uint32_t number = 1 + harness_below(test->harness, test->model->last + 1);
    (void)snprintf(order->event_id, sizeof order->event_id, "%u", number);
    if (test->model->last == 0 || die < 9) {
        order_registration(test, order);
        return 0;
    }
    if (die < 14) {
        ORDER(order, revise_event, REVISE_EVENT);
        order->revise_event.event = &order->draft.event;
    } else if (die < 16) {
        ORDER(order, cancel_event, CANCEL_EVENT);
    } else if (die < 18) {
        ORDER(order, reinstate_event, REINSTATE_EVENT);
    } else if (die < 19) {
        ORDER(order, hold_event, HOLD_EVENT);
    } else {
        ORDER(order, withdraw_event, WITHDRAW_EVENT);
    }
    return number;
}

static void command_once(Test *test)
{
    Order order;
    uint32_t number = draft_order(test, &order);
    StatusCode wanted = foretell(test, number, &order);
    StatusCode code = learn(test, harness_call(test->harness, &order.request));
    if (code != wanted)
        FAIL("verb %d on event %u: %s, not %s", order.request.verb_case, number, status_name(code),
             status_name(wanted));
    if (code != STATUS_OK || harness_below(test->harness, 5)) return;
    /* Once more with the same request id: the same answer, and nothing is done. */
    uint64_t sequence = test->model->sequence;
    code = learn(test, harness_call(test->harness, &order.request));
    if (code != STATUS_OK || test->model->sequence != sequence)
        FAIL("a repeated request was done twice, or refused: %s", status_name(code));
}

static void command_many(Test *test)
{
    static Order orders[PIPELINED];
    for (size_t i = 0; i < PIPELINED; i++) {
        draft_order(test, &orders[i]);
        harness_send(test->harness, &orders[i].request);
    }
    for (size_t i = 0; i < PIPELINED; i++)
        learn(test, harness_take(test->harness));
}

static void put_organisation(Test *test)
{
    int which = (int)harness_below(test->harness, MODEL_ORGANISATIONS);
    int parent = which ? (int)harness_below(test->harness, (uint32_t)which + 1) - 1 : -1;
    if (parent >= 0 && !test->model->known[parent]) parent = -1;
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation put = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    char name[32];
    (void)snprintf(name, sizeof name, "Organisation %c", 'A' + which);
    organisation.id = (char *)(uintptr_t)organisations[which];
    organisation.name = name;
    if (parent >= 0) organisation.part_of = (char *)(uintptr_t)organisations[parent];
    put.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &put;
    request.request_id = harness_request_id(test->harness);
    StatusCode code = learn(test, harness_call(test->harness, &request));
    if (code != STATUS_OK) FAIL("put %s: %s", organisation.id, status_name(code));
    test->model->known[which] = true;
    test->model->parent[which] = parent;
}

/* --- questions --- */

typedef struct Asked {
    Query query;
    Term terms[3];
    Term *term_pointers[3];
    char *values[3][2];
    char text[128];
    char from[24];
    char to[24];
} Asked;

static void draft_term(Test *test, Term *term, char **values)
{
    static const char *const kinds[] = {"meeting", "conference", "training", "webinar"};
    static const char *const formats[] = {"in_person", "online", "hybrid"};
    static const char *const statuses[] = {"confirmed", "cancelled", "held"};
    static const char *const facets[] = {"kind", "format",      "status",   "country",
                                         "org",  "org.sponsor", "org.host", "topic"};
    plenary__v1__term__init(term);
    term->facet = PICK(test, facets);
    term->values = values;
    term->n_values = 1 + harness_below(test->harness, 2);
    term->has_negated = 1;
    term->negated = harness_below(test->harness, 4) == 0;
    for (size_t i = 0; i < term->n_values; i++) {
        if (strcmp(term->facet, "kind") == 0)
            values[i] = PICK(test, kinds);
        else if (strcmp(term->facet, "format") == 0)
            values[i] = PICK(test, formats);
        else if (strcmp(term->facet, "status") == 0)
            values[i] = PICK(test, statuses);
        else if (strcmp(term->facet, "country") == 0)
            values[i] = PICK(test, countries);
        else if (strcmp(term->facet, "topic") == 0)
            values[i] = PICK(test, topics);
        else
            values[i] = PICK(test, organisations);
    }
}

/* One part of a text: a word or the beginning of one, two words in quotation marks, or not that. */
static void draft_part(Test *test, char *text, size_t size, bool may_exclude)
{
    const char *without = may_exclude && harness_below(test->harness, 3) == 0 ? "-" : "";
    const char *word = PICK(test, words);
    switch (harness_below(test->harness, 4)) {
    case 0: (void)snprintf(text, size, "%s\"%s %s\" ", without, word, PICK(test, words)); break;
    case 1:
        (void)snprintf(text, size, "%s%.*s* ", without, 1 + (int)harness_below(test->harness, 6),
                       word);
        break;
    case 2: (void)snprintf(text, size, "%s\"%s\" ", without, word); break;
    default: (void)snprintf(text, size, "%s%s ", without, word); break;
    }
}

static void draft_text(Test *test, Asked *asked)
{
    size_t parts = 1 + harness_below(test->harness, 3);
    for (size_t i = 0; i < parts; i++) {
        size_t length = strlen(asked->text);
        draft_part(test, asked->text + length, sizeof asked->text - length, i > 0);
    }
    asked->query.text = asked->text;
}

static void draft_question(Test *test, Asked *asked)
{
    Harness *harness = test->harness;
    memset(asked, 0, sizeof *asked);
    plenary__v1__query__init(&asked->query);
    for (size_t i = 0; i < 3 && harness_below(harness, 2); i++) {
        draft_term(test, &asked->terms[i], asked->values[i]);
        asked->term_pointers[asked->query.n_terms++] = &asked->terms[i];
    }
    asked->query.terms = asked->term_pointers;
    if (harness_below(harness, 2)) draft_text(test, asked);
    unsigned year = 2020 + harness_below(harness, 14);
    if (harness_below(harness, 2)) {
        (void)snprintf(asked->from, sizeof asked->from, "%04u-%02u-%02u%s", year,
                       1 + harness_below(harness, 12), 1 + harness_below(harness, 28),
                       harness_below(harness, 4) ? "" : "T10:30:00");
        asked->query.from = asked->from;
    }
    if (harness_below(harness, 2)) {
        (void)snprintf(asked->to, sizeof asked->to, "%04u-%02u-%02u",
                       year + harness_below(harness, 2), 12, 1 + harness_below(harness, 28));
        asked->query.to = asked->to;
    }
    asked->query.has_order = 1;
    asked->query.order = (Plenary__V1__Query__Order)(1 + harness_below(harness, 4));
    asked->query.has_descending = 1;
    asked->query.descending = harness_below(harness, 2) != 0;
}

static void print_question(const Query *query)
{
    for (size_t i = 0; i < query->n_terms; i++) {
        (void)fprintf(stderr, "  %s%s:", query->terms[i]->negated ? "not " : "",
                      query->terms[i]->facet);
        for (size_t j = 0; j < query->terms[i]->n_values; j++)
            (void)fprintf(stderr, " %s", query->terms[i]->values[j]);
        (void)fputc('\n', stderr);
    }
    (void)fprintf(stderr, "  text %s, from %s, to %s, order %d%s\n",
                  query->text ? query->text : "-", query->from ? query->from : "-",
                  query->to ? query->to : "-", query->order,
                  query->descending ? " descending" : "");
}

static void wrong(const Query *query, const char *what, size_t got, size_t wanted)
{
    print_question(query);
    FAIL("%s: %zu, the model says %zu", what, got, wanted);
}

static void check_count(Test *test, Query *query, size_t wanted)
{
    Plenary__V1__CountEvents count = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    count.query = query;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    request.count_events = &count;
    Reply *reply = harness_call(test->harness, &request);
    if (reply->status) FAIL("count: %s", reply->status->message);
    if (reply->count->count != wanted) wrong(query, "count", (size_t)reply->count->count, wanted);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static bool same_image(const Event *left, const Event *right)
{
    static uint8_t a[65536];
    static uint8_t b[65536];
    size_t size = plenary__v1__event__get_packed_size(left);
    if (size > sizeof a || size != plenary__v1__event__get_packed_size(right)) return false;
    plenary__v1__event__pack(left, a);
    plenary__v1__event__pack(right, b);
    return memcmp(a, b, size) == 0;
}

/* Walks all pages; each event must be the next one that the model gives, with its image. */
static void check_list(Test *test, Query *query, const uint32_t *wanted, size_t count)
{
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[256];
    size_t seen = 0;
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 60);
    list.query = query;
    list.page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    bool more = true;
    while (more) {
        Reply *reply = harness_call(test->harness, &request);
        if (reply->status) FAIL("list: %s", reply->status->message);
        if (reply->events->total != count)
            wrong(query, "total", (size_t)reply->events->total, count);
        for (size_t i = 0; i < reply->events->n_events; i++, seen++) {
            const Event *event = reply->events->events[i];
            if (seen == count) wrong(query, "listed too many", seen + 1, count);
            if (event->number != wanted[seen])
                wrong(query, "listed event", event->number, wanted[seen]);
            if (!same_image(event, test->model->events[event->number].image))
                FAIL("event %u has another image than was confirmed", event->number);
        }
        more = reply->events->has_next_page;
        page.has_token = more;
        page.token.data = token;
        page.token.len = reply->events->next_page.len;
        assert(page.token.len <= sizeof token);
        if (more) memcpy(token, reply->events->next_page.data, page.token.len);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    if (seen != count) wrong(query, "listed", seen, count);
}

/* What is found is heard: each image by itself is judged as the index judges it. */
static void check_heard(Test *test, const Query *query)
{
    Problem problem;
    Resolved *resolved;
    const Caller local = access_local();
    Arena *arena = arena_new(SIZE_MAX);
    assert(arena);
    const QueryContext context = {registry_state(harness_registry(test->harness)), &local, arena};
    problem_clear(&problem);
    if (query_resolve(&context, query, &resolved, &problem) != STATUS_OK)
        FAIL("resolve: %s", problem.message);
    for (uint32_t number = 1; number <= test->model->last; number++) {
        const ModelEvent *event = &test->model->events[number];
        if (event->withdrawn) continue;
        bool heard = query_matches(&context, resolved, event->image);
        if (heard != model_matches(test->model, event, query)) wrong(query, "heard", heard, number);
    }
    arena_destroy(&arena);
}

static void check_get(Test *test)
{
    if (test->model->last == 0) return;
    uint32_t number = 1 + harness_below(test->harness, test->model->last);
    const ModelEvent *event = &test->model->events[number];
    char prefix[40];
    char decimal[16];
    (void)snprintf(decimal, sizeof decimal, "%u", number);
    (void)snprintf(prefix, sizeof prefix, "%.34s", event->image->id);
    char *names[] = {decimal, event->image->id, event->image->uid, prefix};
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    get.event_id = names[harness_below(test->harness, 4)];
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    Reply *reply = harness_call(test->harness, &request);
    bool found = !reply->status;
    if (found == event->withdrawn)
        FAIL("get %s: %s", get.event_id, found ? "found" : reply->status->message);
    if (found && !same_image(reply->event->event, event->image))
        FAIL("get %s: another image", get.event_id);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void check_answers(Test *test)
{
    static uint32_t wanted[MODEL_EVENTS_MAX];
    for (int i = 0; i < QUERIES_PER_CHECK; i++) {
        Asked asked;
        draft_question(test, &asked);
        size_t count = model_list(test->model, &asked.query, wanted);
        check_count(test, &asked.query, count);
        check_list(test, &asked.query, wanted, count);
        check_heard(test, &asked.query);
        check_get(test);
    }
}

/* --- a round --- */

static void disturb(Test *test)
{
    switch (harness_below(test->harness, 5)) {
    case 0: harness_fold_start(test->harness); break;
    case 1: harness_fold_all(test->harness); break;
    case 2: harness_crash(test->harness, 0); break;
    case 3: harness_crash(test->harness, 1 + harness_below(test->harness, 4)); break;
    default: break;
    }
}

static void run_round(uint64_t seed, unsigned commands)
{
    Test test = {harness_new(&(HarnessOptions){.seed = seed}), model_new()};
    for (unsigned i = 0; i < commands && test.model->last + PIPELINED < MODEL_EVENTS_MAX; i++) {
        uint32_t die = harness_below(test.harness, 30);
        if (die == 0)
            put_organisation(&test);
        else if (die == 1)
            command_many(&test);
        else
            command_once(&test);
        if (i % CHECK_EVERY != CHECK_EVERY - 1) continue;
        disturb(&test);
        check_answers(&test);
    }
    harness_check(test.harness);
    check_answers(&test);
    (void)printf("seed %" PRIu64 ": %u events, %" PRIu64 " changes\n", seed, test.model->last,
                 test.model->sequence);
    model_destroy(&test.model);
    harness_destroy(&test.harness);
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10;
    unsigned commands = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 400;
    const char *replayed = getenv("PLENARY_SEED");
    uint64_t seed = replayed ? strtoull(replayed, NULL, 10) : (uint64_t)time(NULL);
    for (unsigned i = 0; i < (replayed ? 1 : rounds); i++) {
        (void)fprintf(stderr, "PLENARY_SEED=%" PRIu64 " property_registry 1 %u\n", seed + i,
                      commands);
        run_round(seed + i, commands);
    }
    return 0;
}
