#include "bench/bench.h"

enum {
    TERMS_MAX = 3,
    YEARS_BACK = 10,
};

/* One query's parts: they live as long as its request. */
typedef struct Question {
    Plenary__V1__Term terms[TERMS_MAX];
    Plenary__V1__Term *term_list[TERMS_MAX];
    char *values[TERMS_MAX];
    Plenary__V1__Query query;
    Plenary__V1__Page page;
    Plenary__V1__ListEvents list;
    Plenary__V1__CountEvents count;
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

static bool add_month(Bench *self, Question *question, int year, int month)
{
    question->query.from = arena_printf(self->arena, "%04d-%02d-01", year, month);
    question->query.to = arena_printf(self->arena, "%04d-%02d-28", year, month);
    return question->query.from && question->query.to;
}

static int any_year(Random *random)
{
    return GENERATE_YEAR_FIRST +
           (int)random_below(random, GENERATE_YEAR_LAST - GENERATE_YEAR_FIRST + 1);
}

static void begin_question(Question *question)
{
    plenary__v1__query__init(&question->query);
    plenary__v1__page__init(&question->page);
    plenary__v1__list_events__init(&question->list);
    plenary__v1__count_events__init(&question->count);
    plenary__v1__request__init(&question->request);
    question->query.terms = question->term_list;
    question->page.has_limit = 1;
    question->page.limit = BENCH_PAGE_LIMIT;
    question->list.query = &question->query;
    question->list.page = &question->page;
    question->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    question->request.list_events = &question->list;
}

static bool begin_count(Bench *self, Question *question, const char *by)
{
    question->count.by = arena_strdup(self->arena, by);
    question->request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    question->request.count_events = &question->count;
    return question->count.by != NULL;
}

static bool make_question(Bench *self, PageKind kind, Random *random, Question *question)
{
    static const char *const kinds[] = {"meeting", "conference", "training", "webinar"};
    size_t city = random_below(random, atlas_city_count);
    const char *country = atlas_cities[city].country;
    int month = 1 + (int)random_below(random, 12);
    bool made = true;
    begin_question(question);
    switch (kind) {
    case PAGE_ONE_FACET: made = add_term(self, question, "country", country); break;
    case PAGE_THREE_FACETS:
        made = add_term(self, question, "country", country) &&
               add_term(self, question, "kind", kinds[random_below(random, 3)]) &&
               add_term(self, question, "status", "confirmed");
        break;
    case PAGE_FACET_AND_MONTH:
        made = add_term(self, question, "country", country) &&
               add_month(self, question, any_year(random), month);
        break;
    case PAGE_NEGATION:
        made = add_term(self, question, "country", country);
        question->terms[0].has_negated = question->terms[0].negated = 1;
        break;
    case PAGE_OVERLAP:
        made = add_month(self, question, GENERATE_YEAR_LAST - YEARS_BACK, month);
        break;
    case PAGE_LATEST:
        made = add_term(self, question, "city", atlas_cities[city].name);
        question->query.has_order = question->query.has_descending = 1;
        question->query.order = PLENARY__V1__QUERY__ORDER__UPDATED;
        question->query.descending = 1;
        break;
    case PAGE_COUNT_BY_MONTH: made = begin_count(self, question, "month"); break;
    case PAGE_COUNT_BY_COUNTRY: made = begin_count(self, question, "country"); break;
    case PAGE_KINDS: made = false; break;
    }
    return made || trouble_set(&self->trouble, "no memory is left");
}

/* What a reply holds; the next page of a count is the question's. False: there is none. */
static bool take_reply(Question *question, const Plenary__V1__Reply *reply, uint64_t *found)
{
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_EVENTS) *found += reply->events->n_events;
    if (reply->result_case != PLENARY__V1__REPLY__RESULT_COUNT) return false;
    *found += reply->count->n_buckets;
    question->count.page = &question->page;
    question->page.has_limit = 0;
    question->page.has_token = 1;
    question->page.token = reply->count->next_page;
    return reply->count->has_next_page;
}

/* One page of a list, or all pages of a count. */
static bool ask(Bench *self, PlenaryClient *client, Question *question, Series *series,
                uint64_t *reply_bytes, uint64_t *found)
{
    PlenaryError error;
    Plenary__V1__Reply *reply = NULL;
    bool done = true;
    bool more = true;
    int64_t start_ns = series_now_ns();
    while (done && more) {
        Plenary__V1__Reply *before = reply;
        reply = NULL;
        (void)plenary_call(client, &question->request, &reply, &error);
        plenary_reply_free(before); /* the token was lent from it */
        done = bench_is_ok(self, reply, &error);
        if (!done) break;
        *reply_bytes += plenary__v1__reply__get_packed_size(reply);
        more = take_reply(question, reply, found);
    }
    series_add(series, series_now_ns() - start_ns);
    plenary_reply_free(reply);
    return done;
}

bool measure_pages(Bench *self, PageKind kind, PageFigures *figures)
{
    Series series;
    uint64_t reply_bytes = 0;
    uint64_t found = 0;
    Random random = random_of(self->settings.seed, (uint64_t)kind);
    if (!series_init(&series, BENCH_PAGES)) return trouble_set(&self->trouble, "no memory is left");
    PlenaryClient *client = bench_connect(self);
    bool done = client != NULL;
    for (int i = 0; i < BENCH_PAGES && done; i++) {
        Question question = {0};
        arena_reset(self->arena);
        done = make_question(self, kind, &random, &question) &&
               ask(self, client, &question, &series, &reply_bytes, &found);
    }
    if (done && found == 0) done = trouble_set(&self->trouble, "no page held an event");
    figures->p50_us = series_percentile_us(&series, 50);
    figures->p99_us = series_percentile_us(&series, 99);
    figures->reply_bytes = (size_t)(reply_bytes / BENCH_PAGES);
    plenary_client_destroy(&client);
    series_free(&series);
    return done;
}
