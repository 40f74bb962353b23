/*
 * Random commands against a naive model: after each fold, crash or restart, every form of query
 * gives the model's answer, its counts by each facet add up, and what does not move while pages
 * are read is on exactly one of them. `property_registry ROUNDS COMMANDS`; PLENARY_SEED replays one
 * round.
 */
#include "daemon/registry/query.h"
#include "tests/property/commands.h"
#include "tests/property/draft.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    QUERIES_PER_CHECK = 25,
    PAST_QUERIES_PER_CHECK = 10,
    CHECK_EVERY = 40, /* commands */
    MOVING_PER_CHECK = 2,
    MOVING_PAGES_MAX = 8, /* or so: what is written between them adds up */
    WRITES_BETWEEN_PAGES = 2,
};

/* --- answers --- */

static void wrong(const Query *query, const char *what, size_t got, size_t wanted)
{
    draft_print(query);
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

/* The next instance that is wanted must be this one. */
static void check_instance(Test *test, const Query *query, const Plenary__V1__EventsReply *events,
                           size_t index, const ModelInstance *wanted)
{
    char start[24] = "";
    const Plenary__V1__EventsReply__Instance *instance = events->instances[index];
    assert(instance->event < events->n_events);
    const Event *event = events->events[instance->event];
    const ModelEvent *model = &test->model->events[event->number];
    if (event->number != wanted->number)
        wrong(query, "listed an instance", event->number, wanted->number);
    if (!same_image(event, model->image)) FAIL("event %u has another image", event->number);
    if (!event->recurrence != !instance->start) FAIL("event %u: a start too many", event->number);
    if (event->recurrence)
        model_print_seconds(wanted->start_s, strlen(event->schedule->start) == 10, start);
    if (instance->start && strcmp(instance->start, start) != 0)
        FAIL("event %u has an instance at %s, not %s", event->number, instance->start, start);
}

/* Walks all pages of the instances, up and down. */
static void check_expand(Test *test, Query *query)
{
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[256];
    size_t count;
    size_t seen = 0;
    if (!query->to || query->order != PLENARY__V1__QUERY__ORDER__START) return;
    ModelInstance *wanted = model_expand(test->model, query, &count);
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 60);
    list.query = query;
    list.page = &page;
    list.has_expand = list.expand = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    do {
        Reply *reply = harness_call(test->harness, &request);
        if (reply->status) FAIL("expand: %s", reply->status->message);
        for (size_t i = 0; i < reply->events->n_instances; i++, seen++) {
            if (seen == count) wrong(query, "listed too many instances", seen + 1, count);
            check_instance(test, query, reply->events, i, &wanted[seen]);
        }
        page.has_token = reply->events->has_next_page;
        page.token = (ProtobufCBinaryData){reply->events->next_page.len, token};
        assert(page.token.len <= sizeof token);
        if (page.has_token) memcpy(token, reply->events->next_page.data, page.token.len);
        plenary__v1__reply__free_unpacked(reply, NULL);
    } while (page.has_token);
    if (seen != count) wrong(query, "listed instances", seen, count);
    free(wanted);
}

/* Takes each bucket out of those that are wanted; none may be left, or missing. */
static void check_buckets(Test *test, Query *query)
{
    static const char *const facets[] = {"kind",  "format",   "status", "country", "org",
                                         "topic", "org.host", "month",  "year"};
    ModelBucket wanted[MODEL_BUCKETS_MAX];
    uint8_t token[1024];
    Plenary__V1__CountEvents count = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    count.query = query;
    count.page = &page;
    count.by = PICK(test, facets);
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 20);
    request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    request.count_events = &count;
    size_t left = model_count_by(test->model, query, count.by, wanted);
    do {
        Reply *reply = harness_call(test->harness, &request);
        if (reply->status) FAIL("count by %s: %s", count.by, reply->status->message);
        for (size_t i = 0; i < reply->count->n_buckets; i++) {
            const Plenary__V1__Bucket *bucket = reply->count->buckets[i];
            size_t at = 0;
            while (at < left && strcmp(wanted[at].value, bucket->value) != 0)
                at++;
            if (at == left || wanted[at].count != bucket->count) {
                (void)fprintf(stderr, "  by %s: %s\n", count.by, bucket->value);
                wrong(query, "counted", (size_t)bucket->count,
                      at == left ? 0 : (size_t)wanted[at].count);
            }
            wanted[at] = wanted[--left];
        }
        page.has_token = reply->count->has_next_page;
        page.token = (ProtobufCBinaryData){reply->count->next_page.len, token};
        assert(page.token.len <= sizeof token);
        if (page.has_token) memcpy(token, reply->count->next_page.data, page.token.len);
        plenary__v1__reply__free_unpacked(reply, NULL);
    } while (page.has_token);
    if (left > 0) {
        (void)fprintf(stderr, "  by %s: %s\n", count.by, wanted[0].value);
        wrong(query, "values not counted", 0, left);
    }
}

/* --- pages while others write --- */

/* What is known of each event while pages are read. */
typedef struct Watched {
    uint64_t sequence; /* when the first page was asked for, where it matched then; 0: it did not */
    uint64_t seen;     /* its sequence when it was on a page; 0: on none yet */
} Watched;

static void see(Test *test, const Query *query, const Event *event, Watched *watched)
{
    const ModelEvent *model = &test->model->events[event->number];
    if (!model_matches(test->model, model, query))
        wrong(query, "listed what does not match now", event->number, 0);
    if (!same_image(event, model->image)) FAIL("event %u has an old image", event->number);
    if (watched->seen == model->sequence)
        wrong(query, "listed twice without having changed", event->number, 0);
    watched->seen = model->sequence;
}

/* A series ceases to match without a change of its own when an instance of it is replaced. */
static void forget_replaced(const Test *test, const Query *query, Watched *watched)
{
    for (uint32_t i = 1; i <= test->model->last; i++) {
        const ModelEvent *event = &test->model->events[i];
        if (!watched[i].sequence || !event->image || !event->image->recurrence) continue;
        if (!model_matches(test->model, event, query)) watched[i].sequence = 0;
    }
}

/* What matches all along without a change is on exactly one page; what has changed meanwhile may be
 * on none or on several, always as it is then; each page is in order. */
static void check_moving(Test *test, Query *query)
{
    static Watched watched[MODEL_EVENTS_MAX];
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[256];
    memset(watched, 0, sizeof watched);
    for (uint32_t i = 1; i <= test->model->last; i++)
        if (model_matches(test->model, &test->model->events[i], query))
            watched[i].sequence = test->model->events[i].sequence;
    list.query = query;
    list.page = &page;
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 40) + test->model->last / MOVING_PAGES_MAX;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    do {
        Reply *reply = harness_call(test->harness, &request);
        if (reply->status) FAIL("list amid writes: %s", reply->status->message);
        for (size_t i = 0; i < reply->events->n_events; i++) {
            const Event *event = reply->events->events[i];
            see(test, query, event, &watched[event->number]);
            uint32_t before = i ? reply->events->events[i - 1]->number : 0;
            if (i && !model_is_before(test->model, query, before, event->number))
                wrong(query, "out of order", event->number, before);
        }
        page.has_token = reply->events->has_next_page;
        page.token = (ProtobufCBinaryData){reply->events->next_page.len, token};
        assert(page.token.len <= sizeof token);
        if (page.has_token) memcpy(token, reply->events->next_page.data, page.token.len);
        plenary__v1__reply__free_unpacked(reply, NULL);
        for (int i = 0; i < WRITES_BETWEEN_PAGES && test->model->last + 1 < MODEL_EVENTS_MAX; i++) {
            command_once(test);
            forget_replaced(test, query, watched);
        }
        if (page.has_token && harness_below(test->harness, 10) == 0)
            harness_fold_start(test->harness);
    } while (page.has_token);
    for (uint32_t i = 1; i <= test->model->last; i++)
        if (watched[i].sequence && watched[i].sequence == test->model->events[i].sequence &&
            watched[i].seen != watched[i].sequence)
            wrong(query, "never listed, and never changed", 0, i);
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
        if (heard == model_hears(test->model, event, query)) continue;
        (void)fprintf(stderr, "  event %u: %s to %s, %s\n", number, event->image->schedule->start,
                      event->image->schedule->end,
                      event->image->recurrence ? event->image->recurrence->rrule : "once");
        wrong(query, "heard", heard, number);
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
    char *uid = event->image->recurrence_id ? decimal : event->image->uid;
    char *names[] = {decimal, event->image->id, uid, prefix};
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

/* --- questions about the past --- */

/* A time of some change, or just before it. */
static void draft_time(Test *test, char time[static MODEL_TIME_SIZE])
{
    int64_t time_us;
    char text[INSTANT_TEXT_SIZE];
    const Model *model = test->model;
    uint32_t which = harness_below(test->harness, (uint32_t)model->image_count);
    bool known = instant_parse(model->images[which].time, &time_us);
    assert(known);
    instant_print(time_us - harness_below(test->harness, 2), text);
    (void)snprintf(time, MODEL_TIME_SIZE, "%s", text);
}

/* Walks all pages while others write: what was known then does not change. */
static void check_list_then(Test *test, Query *query, char *time, const uint32_t *wanted,
                            size_t count)
{
    Plenary__V1__ListEvents list_events = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[256];
    size_t seen = 0;
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 200);
    list_events = (Plenary__V1__ListEvents){list_events.base, query, &page, time};
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list_events;
    for (bool more = true; more;) {
        Reply *reply = harness_call(test->harness, &request);
        if (reply->status) FAIL("as of %s: %s", time, reply->status->message);
        if (reply->events->has_total && reply->events->total != count)
            wrong(query, time, (size_t)reply->events->total, count);
        for (size_t i = 0; i < reply->events->n_events; i++, seen++) {
            const Event *event = reply->events->events[i];
            if (seen == count) wrong(query, time, seen + 1, count);
            if (event->number != wanted[seen]) wrong(query, time, event->number, wanted[seen]);
            if (!same_image(event, model_event_then(test->model, event->number, time)->image))
                FAIL("event %u was another one at %s", event->number, time);
        }
        more = reply->events->has_next_page;
        page.has_token = more;
        page.token = (ProtobufCBinaryData){reply->events->next_page.len, token};
        assert(page.token.len <= sizeof token);
        if (more) memcpy(token, reply->events->next_page.data, page.token.len);
        plenary__v1__reply__free_unpacked(reply, NULL);
        if (more && test->model->last + 1 < MODEL_EVENTS_MAX) command_once(test);
    }
    if (seen != count) wrong(query, time, seen, count);
}

static void check_past(Test *test)
{
    static uint32_t wanted[MODEL_EVENTS_MAX];
    for (int i = 0; i < PAST_QUERIES_PER_CHECK && test->model->image_count; i++) {
        Asked asked;
        char time[MODEL_TIME_SIZE];
        draft_question(test->harness, &asked);
        if (asked.query.order == PLENARY__V1__QUERY__ORDER__RELEVANCE)
            asked.query.order =
                PLENARY__V1__QUERY__ORDER__START; /* of the past there is no other */
        draft_time(test, time);
        size_t count = model_list_then(test->model, &asked.query, time, wanted);
        check_list_then(test, &asked.query, time, wanted, count);
    }
}

static void check_answers(Test *test)
{
    static uint32_t wanted[MODEL_EVENTS_MAX];
    for (int i = 0; i < QUERIES_PER_CHECK; i++) {
        Asked asked;
        draft_question(test->harness, &asked);
        size_t count = model_list(test->model, &asked.query, wanted);
        check_heard(test, &asked.query);
        check_count(test, &asked.query, count);
        check_list(test, &asked.query, wanted, count);
        check_expand(test, &asked.query);
        check_buckets(test, &asked.query);
        check_get(test);
    }
    for (int i = 0; i < MOVING_PER_CHECK; i++) {
        Asked asked;
        draft_question(test->harness, &asked);
        check_moving(test, &asked.query);
    }
    check_past(test);
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
    for (unsigned i = 0; i < commands && test.model->last + COMMANDS_PIPELINED < MODEL_EVENTS_MAX;
         i++) {
        uint32_t die = harness_below(test.harness, 60);
        if (die < 2)
            put_organisation(&test);
        else if (die < 4)
            command_many(&test);
        else if (die == 4)
            erase_person(&test);
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
