/* How long one client's gets take while another one asks what takes long, again and again. */
#include "bench/bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum {
    TEXT_SIZE = 128,
    WAIT_NS = 1000000, /* between two gets, so that slices lie between */
};

/* The one that asks. Its client and its trouble are its own. */
typedef struct Asking {
    PlenaryClient *client;
    atomic_bool stops;
    size_t asked;
    size_t refused; /* told to come again, to the end of its attempts */
    pthread_t thread;
} Asking;

/* --- what takes long --- */

typedef struct LongQuestion {
    char text[TEXT_SIZE];
    Plenary__V1__Query query;
    Plenary__V1__ListEvents list;
    Plenary__V1__CountEvents count;
    Plenary__V1__Request request;
} LongQuestion;

static void begin_question(LongQuestion *question, bool counts)
{
    plenary__v1__query__init(&question->query);
    plenary__v1__list_events__init(&question->list);
    plenary__v1__count_events__init(&question->count);
    plenary__v1__request__init(&question->request);
    question->list.query = question->count.query = &question->query;
    question->request.verb_case =
        counts ? PLENARY__V1__REQUEST__VERB_COUNT_EVENTS : PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    if (counts)
        question->request.count_events = &question->count;
    else
        question->request.list_events = &question->list;
}

/* Phrases of words that very many events have, another one each time; between them the other forms
 * that look at much. */
static void make_question(LongQuestion *question, size_t index)
{
    static const char *const words[] = {"on",      "the",      "of",     "and",      "session",
                                        "meeting", "training", "course", "ministry", "conference",
                                        "agenda",  "reports",  "centre", "unodc",    "adoption"};
    static char topic[] = "topic";
    const size_t count = sizeof words / sizeof *words;
    begin_question(question, index % 5 == 1 || index % 5 == 3);
    switch (index % 5) {
    case 1: question->count.by = topic; break;
    case 2:
        (void)snprintf(question->text, TEXT_SIZE, "co*");
        question->query.has_order = 1;
        question->query.order = PLENARY__V1__QUERY__ORDER__RELEVANCE;
        break;
    default:
        (void)snprintf(question->text, TEXT_SIZE, "\"%s %s\"", words[index % count],
                       words[index / count % count]);
    }
    if (question->text[0]) question->query.text = question->text;
}

static void *ask_on(void *context)
{
    Asking *self = context;
    while (!atomic_load(&self->stops)) {
        PlenaryError error;
        LongQuestion question = {0};
        Plenary__V1__Reply *reply = NULL;
        make_question(&question, self->asked++);
        (void)plenary_call(self->client, &question.request, &reply, &error);
        self->refused += !reply || reply->status;
        plenary_reply_free(reply);
    }
    return NULL;
}

/* --- the others --- */

static bool get_one(Bench *self, PlenaryClient *client, Random *random, Series *series)
{
    char name[TEXT_SIZE];
    PlenaryError error;
    Plenary__V1__Reply *reply = NULL;
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(name, sizeof name, "%zu", 1 + random_below(random, self->settings.records));
    get.event_id = name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    int64_t start_ns = series_now_ns();
    (void)plenary_call(client, &request, &reply, &error);
    series_add(series, series_now_ns() - start_ns);
    bool done = bench_is_ok(self, reply, &error);
    plenary_reply_free(reply);
    return done;
}

static bool get_some(Bench *self, double *p50_us, double *p99_us)
{
    Series series;
    const struct timespec wait = {.tv_nsec = WAIT_NS};
    Random random = random_of(self->settings.seed, BENCH_GETS);
    if (!series_init(&series, BENCH_GETS)) return trouble_set(&self->trouble, "no memory is left");
    PlenaryClient *client = bench_connect(self);
    bool done = client != NULL;
    for (int i = 0; i < BENCH_GETS && done; i++) {
        done = get_one(self, client, &random, &series);
        (void)nanosleep(&wait, NULL);
    }
    *p50_us = series_percentile_us(&series, 50);
    *p99_us = series_percentile_us(&series, 99);
    plenary_client_destroy(&client);
    series_free(&series);
    return done;
}

bool measure_long(Bench *self, LongFigures *figures)
{
    Asking asking = {.client = bench_connect(self)};
    if (!asking.client) return false;
    bool done = get_some(self, &figures->alone_p50_us, &figures->alone_p99_us);
    if (done && pthread_create(&asking.thread, NULL, ask_on, &asking) != 0)
        done = trouble_set(&self->trouble, "no thread can be made");
    if (done) {
        done = get_some(self, &figures->beside_p50_us, &figures->beside_p99_us);
        atomic_store(&asking.stops, true);
        (void)pthread_join(asking.thread, NULL);
    }
    if (done && asking.asked == asking.refused)
        done = trouble_set(&self->trouble, "no long question was answered");
    figures->asked = (double)asking.asked;
    plenary_client_destroy(&asking.client);
    return done;
}
