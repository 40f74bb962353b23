#include "bench/asker.h"

#include "bench/bench.h"
#include "clients/lib/dealer.h"
#include "clients/lib/reply.h"

#include <stdlib.h>
#include <string.h>

enum {
    TERMS_MAX = 3,
    FORM_ARENA_BYTES = 64 * 1024,
};

struct Asker {
    PlenaryClient *client;
    Dealer *dealer;
    Arena *arena; /* of the request */
    int rounds;
};

/* A request's parts: they live as long as it. */
typedef struct Form {
    Arena *arena;
    Plenary__V1__Term terms[TERMS_MAX];
    Plenary__V1__Term *term_list[TERMS_MAX];
    char *values[TERMS_MAX];
    Plenary__V1__Query query;
    Plenary__V1__Page page;
    Plenary__V1__ListEvents list;
    Plenary__V1__CountEvents count;
    Plenary__V1__Request request;
    bool full; /* the arena was */
} Form;

Asker *asker_new(const char *home, int rounds, Trouble *trouble)
{
    PlenaryError error = {.message = "no memory is left"};
    PlenaryOptions options = {.home = home, .timeout_ms = BENCH_CALL_TIMEOUT_MS, .attempts = 1};
    Asker *self = calloc(1, sizeof *self);
    if (self) self->rounds = rounds;
    if (self) self->client = plenary_client_new(&options, &error);
    if (self && self->client)
        self->dealer = dealer_connect(&(PlenaryOptions){.home = home}, DEALER_REQUESTS, &error);
    if (self && self->dealer) self->arena = arena_new(FORM_ARENA_BYTES);
    if (self && self->arena) return self;
    trouble_set(trouble, "%s", error.message);
    asker_destroy(&self);
    return NULL;
}

void asker_destroy(Asker **self)
{
    if (!self || !*self) return;
    plenary_client_destroy(&(*self)->client);
    dealer_destroy(&(*self)->dealer);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

/* --- the request --- */

static char *copy(Form *form, const char *text)
{
    char *copied = arena_strdup(form->arena, text);
    if (!copied) form->full = true;
    return copied;
}

static void add_term(Form *form, const char *facet, const char *value)
{
    size_t i = form->query.n_terms++;
    Plenary__V1__Term *term = &form->terms[i];
    plenary__v1__term__init(term);
    term->facet = copy(form, facet);
    form->values[i] = copy(form, value);
    term->values = &form->values[i];
    term->n_values = 1;
    form->term_list[i] = term;
}

static void add_month(Form *form, const Question *question)
{
    int year = question->year;
    int month = question->month;
    form->query.from = arena_printf(form->arena, "%04d-%02d-01", year, month);
    form->query.to = arena_printf(form->arena, "%04d-%02d-%02d", year, month, question->last_day);
    if (!form->query.from || !form->query.to) form->full = true;
}

static void add_text(Form *form, const char *first, const char *second)
{
    form->query.text = arena_printf(form->arena, "%s%s", first, second);
    if (!form->query.text) form->full = true;
}

static void add_order(Form *form, Plenary__V1__Query__Order order)
{
    form->query.has_order = form->query.has_descending = 1;
    form->query.order = order;
    form->query.descending = 1;
}

static void begin(Form *form, Arena *arena)
{
    *form = (Form){.arena = arena};
    plenary__v1__query__init(&form->query);
    plenary__v1__page__init(&form->page);
    plenary__v1__list_events__init(&form->list);
    plenary__v1__count_events__init(&form->count);
    plenary__v1__request__init(&form->request);
    form->query.terms = form->term_list;
    form->page.has_limit = 1;
    form->page.limit = QUESTION_PAGE_LIMIT;
    form->list.query = &form->query;
    form->list.page = &form->page;
    form->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    form->request.list_events = &form->list;
}

static void begin_count(Form *form, const char *by)
{
    form->count.by = copy(form, by);
    form->request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    form->request.count_events = &form->count;
}

static void fill_in(Form *form, const Question *question)
{
    const char *const *words = (const char *const[]){question->words[0], question->words[1]};
    char second[QUESTION_WORD_SIZE + 2];
    (void)snprintf(second, sizeof second, " %s", words[1]);
    switch (question->kind) {
    case QUESTION_ONE_FACET: add_term(form, "country", question->country); break;
    case QUESTION_THREE_FACETS:
        add_term(form, "country", question->country);
        add_term(form, "kind", question->event_kind);
        add_term(form, "status", "confirmed");
        break;
    case QUESTION_FACET_AND_MONTH:
        add_term(form, "country", question->country);
        add_month(form, question);
        break;
    case QUESTION_TWO_WORDS: add_text(form, words[0], second); break;
    case QUESTION_PREFIX_AND_COUNTRY:
        add_text(form, words[0], "*");
        add_term(form, "country", question->country);
        break;
    case QUESTION_NEGATION:
        add_term(form, "country", question->country);
        form->terms[0].has_negated = form->terms[0].negated = 1;
        break;
    case QUESTION_OVERLAP: add_month(form, question); break;
    case QUESTION_LATEST:
        add_term(form, "city", question->city);
        add_order(form, PLENARY__V1__QUERY__ORDER__UPDATED);
        break;
    case QUESTION_TWO_WORDS_BEST:
        add_text(form, words[0], second);
        add_order(form, PLENARY__V1__QUERY__ORDER__RELEVANCE);
        break;
    case QUESTION_COUNT_BY_MONTH: begin_count(form, "month"); break;
    case QUESTION_COUNT_BY_COUNTRY: begin_count(form, "country"); break;
    case QUESTION_KINDS: break;
    }
}

/* --- asking --- */

/* What a reply holds; the next page of a count becomes the form's. False: there is none. */
static bool take_reply(Form *form, const Plenary__V1__Reply *reply, Answer *answer)
{
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_EVENTS) {
        answer->found += reply->events->n_events;
        answer->total = reply->events->total;
    }
    if (reply->result_case != PLENARY__V1__REPLY__RESULT_COUNT) return false;
    answer->found += reply->count->n_buckets;
    for (size_t i = 0; i < reply->count->n_buckets; i++)
        answer->total += reply->count->buckets[i]->count;
    form->count.page = &form->page;
    form->page.has_limit = 0;
    form->page.has_token = reply->count->has_next_page;
    form->page.token = reply->count->next_page;
    return reply->count->has_next_page;
}

static bool is_ok(const Plenary__V1__Reply *reply, const PlenaryError *error, Trouble *trouble)
{
    if (!reply) return trouble_set(trouble, "no reply: %s", error->message);
    if (!reply->status || reply->status->code == PLENARY__V1__STATUS_CODE__OK) return true;
    return trouble_set(trouble, "the registry refused: %s",
                       reply->status->message ? reply->status->message : "");
}

static int64_t explained_ns(const Plenary__V1__Reply *reply)
{
    const Plenary__V1__Explanation *explanation = NULL;
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_EVENTS)
        explanation = reply->events->explanation;
    if (reply->result_case == PLENARY__V1__REPLY__RESULT_COUNT)
        explanation = reply->count->explanation;
    return explanation ? (int64_t)explanation->time_us * 1000 : 0;
}

/* One page of a list, or all pages of a count, unpacked. */
static bool ask_unpacked(Asker *self, Form *form, Answer *answer, Trouble *trouble)
{
    PlenaryError error;
    Plenary__V1__Reply *reply = NULL;
    bool done = true;
    bool more = true;
    int64_t start_ns = series_now_ns();
    while (done && more) {
        Plenary__V1__Reply *before = reply;
        reply = NULL;
        (void)plenary_call(self->client, &form->request, &reply, &error);
        plenary_reply_free(before); /* the token was lent from it */
        done = is_ok(reply, &error, trouble);
        if (done) answer->own_ns += explained_ns(reply);
        more = done && take_reply(form, reply, answer);
    }
    answer->records_ns = series_now_ns() - start_ns;
    plenary_reply_free(reply);
    return done;
}

/* The bytes of one reply; lent. */
static bool exchange(Asker *self, const void *packed, size_t size, const uint8_t **body,
                     size_t *body_size, Trouble *trouble)
{
    int64_t end_ns = series_now_ns() + BENCH_CALL_TIMEOUT_MS * INT64_C(1000000);
    bool sent = false;
    while (series_now_ns() < end_ns) {
        if (!sent) sent = dealer_send(self->dealer, packed, size);
        if (sent && dealer_receive(self->dealer, body, body_size)) return true;
        (void)dealer_wait(self->dealer, !sent, DEALER_LOOK_EVERY_MS);
    }
    return trouble_set(trouble, "no reply came within %d ms", BENCH_CALL_TIMEOUT_MS);
}

/* The same, in bytes. Between two pages of a count the clock stands still: the token of the next
 * one must be found. */
static bool ask_packed(Asker *self, Form *form, Answer *answer, Trouble *trouble)
{
    Answer counted = {0};
    Plenary__V1__Reply *reply = NULL;
    bool done = true;
    bool more = true;
    while (done && more) {
        const uint8_t *body = NULL;
        size_t body_size = 0;
        int64_t start_ns = series_now_ns();
        size_t size = plenary__v1__request__get_packed_size(&form->request);
        uint8_t *packed = arena_alloc(self->arena, size);
        if (!packed) return trouble_set(trouble, "no memory is left");
        plenary__v1__request__pack(&form->request, packed);
        plenary_reply_free(reply); /* the token was lent from it */
        reply = NULL;
        done = exchange(self, packed, size, &body, &body_size, trouble);
        answer->reply_ns += series_now_ns() - start_ns;
        answer->bytes += body_size;
        if (done) reply = reply_unpack(body, body_size);
        done = done && is_ok(reply, &(PlenaryError){.message = "it cannot be read"}, trouble);
        more = done && take_reply(form, reply, &counted);
    }
    plenary_reply_free(reply);
    return done;
}

static bool start(Asker *self, const Question *question, Form *form, Trouble *trouble)
{
    arena_reset(self->arena);
    begin(form, self->arena);
    fill_in(form, question);
    return !form->full || trouble_set(trouble, "no memory is left");
}

/* The answer is that of the first round. */
static bool ask_rounds(Asker *self, const Question *question, Answer *answer, Trouble *trouble)
{
    for (int i = 0; i < self->rounds; i++) {
        Form form;
        Answer again = {0};
        Answer *asked = i == 0 ? answer : &again;
        if (!start(self, question, &form, trouble) || !ask_unpacked(self, &form, asked, trouble))
            return false;
        if (i == 0 || asked->records_ns < answer->quickest_ns)
            answer->quickest_ns = asked->records_ns;
    }
    return true;
}

bool asker_ask(void *self, const Question *question, Answer *answer, Trouble *trouble)
{
    Asker *asker = self;
    Form form;
    Answer explained = {0};
    *answer = (Answer){0};
    if (!start(asker, question, &form, trouble) || !ask_packed(asker, &form, answer, trouble) ||
        !ask_rounds(asker, question, answer, trouble) || !start(asker, question, &form, trouble))
        return false;
    form.list.has_explain = form.list.explain = 1;
    form.count.has_explain = form.count.explain = 1;
    bool done = ask_unpacked(asker, &form, &explained, trouble);
    answer->own_ns = explained.own_ns;
    return done;
}
