#include "bench/bench.h"

enum {
    TERMS_MAX = 3,
};

/* One query's parts: they live as long as its request. */
typedef struct Question {
    Plenary__V1__Term terms[TERMS_MAX];
    Plenary__V1__Term *term_list[TERMS_MAX];
    char *values[TERMS_MAX];
    Plenary__V1__Query query;
    Plenary__V1__Page page;
    Plenary__V1__ListEvents list;
    Plenary__V1__Request request;
} Question;

static bool add_term(Bench *self, Question *question, const char *facet, const char *value)
{
    size_t i = question->query.n_terms++;
    Plenary__V1__Term *term = &question->terms[i];
    plenary__v1__term__init(term);
    term->facet = arena_strdup(self->arena, facet);
    question->values[i] = arena_strdup(self->arena, value);
    term->values = &question->values[i];
    term->n_values = 1;
    question->term_list[i] = term;
    return term->facet && question->values[i];
}

static bool add_month(Bench *self, Question *question, Random *random)
{
    size_t years = GENERATE_YEAR_LAST - GENERATE_YEAR_FIRST + 1;
    int year = GENERATE_YEAR_FIRST + (int)random_below(random, years);
    int month = 1 + (int)random_below(random, 12);
    question->query.from = arena_printf(self->arena, "%04d-%02d-01", year, month);
    question->query.to = arena_printf(self->arena, "%04d-%02d-28", year, month);
    return question->query.from && question->query.to;
}

static bool make_question(Bench *self, PageKind kind, Random *random, Question *question)
{
    static const char *const kinds[] = {"meeting", "conference", "training", "webinar"};
    const char *country = atlas_cities[random_below(random, atlas_city_count)].country;
    plenary__v1__query__init(&question->query);
    plenary__v1__page__init(&question->page);
    plenary__v1__list_events__init(&question->list);
    plenary__v1__request__init(&question->request);
    question->query.terms = question->term_list;
    question->page.has_limit = 1;
    question->page.limit = BENCH_PAGE_LIMIT;
    question->list.query = &question->query;
    question->list.page = &question->page;
    question->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    question->request.list_events = &question->list;

    bool made = add_term(self, question, "country", country);
    if (kind == PAGE_THREE_FACETS)
        made = made && add_term(self, question, "kind", kinds[random_below(random, 3)]) &&
               add_term(self, question, "status", "confirmed");
    if (kind == PAGE_FACET_AND_MONTH) made = made && add_month(self, question, random);
    return made || trouble_set(&self->trouble, "no memory is left");
}

static bool ask(Bench *self, PlenaryClient *client, Question *question, Series *series,
                uint64_t *reply_bytes, uint64_t *events)
{
    PlenaryError error;
    Plenary__V1__Reply *reply = NULL;
    int64_t start_ns = series_now_ns();
    (void)plenary_call(client, &question->request, &reply, &error);
    series_add(series, series_now_ns() - start_ns);
    bool done = bench_is_ok(self, reply, &error);
    if (done && reply->result_case != PLENARY__V1__REPLY__RESULT_EVENTS)
        done = trouble_set(&self->trouble, "the reply to a list request is none");
    if (done) {
        *reply_bytes += plenary__v1__reply__get_packed_size(reply);
        *events += reply->events->n_events;
    }
    plenary_reply_free(reply);
    return done;
}

bool measure_pages(Bench *self, PageKind kind, PageFigures *figures)
{
    Series series;
    uint64_t reply_bytes = 0;
    uint64_t events = 0;
    Random random = random_of(self->settings.seed, (uint64_t)kind);
    if (!series_init(&series, BENCH_PAGES)) return trouble_set(&self->trouble, "no memory is left");
    PlenaryClient *client = bench_connect(self);
    bool done = client != NULL;
    for (int i = 0; i < BENCH_PAGES && done; i++) {
        Question question = {0};
        arena_reset(self->arena);
        done = make_question(self, kind, &random, &question) &&
               ask(self, client, &question, &series, &reply_bytes, &events);
    }
    if (done && events == 0) done = trouble_set(&self->trouble, "no page held an event");
    figures->p50_us = series_percentile_us(&series, 50);
    figures->p99_us = series_percentile_us(&series, 99);
    figures->reply_bytes = (size_t)(reply_bytes / BENCH_PAGES);
    plenary_client_destroy(&client);
    series_free(&series);
    return done;
}
