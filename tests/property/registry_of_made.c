#include "tests/property/registry_of_made.h"

#include "daemon/registry/query.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    PIPELINED = 32,
    QUESTIONS_TELLING = 100, /* after so many one at least must have told events apart */
};

Reply *test_ask(Test *self, const Caller *caller, Request *request)
{
    harness_send_as(self->harness, caller, request, 1);
    return harness_take(self->harness);
}

/* --- the directory --- */

static void put_organisation(Test *self, int which)
{
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation put = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    char name[32];
    char *alias = (char *)(uintptr_t)words[ORGANISATION_WORD + 2].written;
    (void)snprintf(name, sizeof name, which ? "Organisation %c" : "Zorvex", 'A' + which);
    organisation.id = (char *)(uintptr_t)made_organisations[which];
    organisation.name = name;
    if (made_parents[which] != NONE)
        organisation.part_of = (char *)(uintptr_t)made_organisations[made_parents[which]];
    if (which == 0) {
        organisation.acronym = (char *)(uintptr_t)words[ORGANISATION_WORD + 1].written;
        organisation.aliases = &alias;
        organisation.n_aliases = 1;
    }
    put.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &put;
    request.request_id = harness_request_id(self->harness);
    Reply *reply = harness_call(self->harness, &request);
    if (reply->status) FAIL("put %s: %s", organisation.id, reply->status->message);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

/* --- writing --- */

/* When a change was made, as the journal says. */
static void read_time(Test *self, Made *made)
{
    Arena *arena = arena_new(SIZE_MAX);
    assert(arena);
    registry_rest(harness_registry(self->harness));
    const Change *change =
        state_change(registry_state(harness_registry(self->harness)), made->sequence, arena);
    if (!change) FAIL("change %" PRIu64 " is missing", made->sequence);
    (void)snprintf(made->time, sizeof made->time, "%s", change->time);
    arena_destroy(&arena);
}

/* A write was done: the event is `made` from now on. */
static void learn(Test *self, Made *made, Reply *reply)
{
    if (reply->status)
        FAIL("a write was refused: %s%s", reply->status->message,
             reply->status->n_violations ? reply->status->violations[0]->message : "");
    made->number = reply->write->event->number;
    made->sequence = reply->write->sequence;
    assert(made->number < MADE_MAX);
    plenary__v1__reply__free_unpacked(reply, NULL);
    read_time(self, made);
    self->made[made->number] = *made;
    if (made->number > self->last) self->last = made->number;
    if (made->sequence > self->sequence) self->sequence = made->sequence;
    if (self->history_count == self->history_capacity) {
        self->history_capacity = self->history_capacity ? 2 * self->history_capacity : 1024;
        self->history = realloc(self->history, self->history_capacity * sizeof *self->history);
        assert(self->history);
    }
    self->history[self->history_count++] = *made;
}

/* What others are part of is seen by all, and part of nothing. */
static void fill(Test *self, Made *made, uint32_t number)
{
    made_fill(self->harness, made, number <= TEST_MEMBERS ? 0 : TEST_MEMBERS);
    if (number > TEST_MEMBERS) return;
    made->tlp = PLENARY__V1__HANDLING__TLP__CLEAR;
    made->audience = 0;
}

static void send_registration(Test *self, const Made *made)
{
    MadeEvent event;
    Plenary__V1__RegisterEvent verb = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    made_event(made, &event);
    verb.event = &event.event;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &verb;
    request.request_id = harness_request_id(self->harness);
    harness_send(self->harness, &request);
}

static void register_many(Test *self, uint32_t count)
{
    Made made[PIPELINED];
    for (uint32_t i = 0; i < count; i++) {
        fill(self, &made[i], self->last + 1 + i);
        send_registration(self, &made[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        learn(self, &made[i], harness_take(self->harness));
}

static void revise(Test *self, uint32_t number)
{
    Made made;
    MadeEvent event;
    char name[16];
    Plenary__V1__ReviseEvent verb = PLENARY__V1__REVISE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    fill(self, &made, number);
    made.status = self->made[number].status;
    made_event(&made, &event);
    (void)snprintf(name, sizeof name, "%u", number);
    verb.event_id = name;
    verb.event = &event.event;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REVISE_EVENT;
    request.revise_event = &verb;
    request.request_id = harness_request_id(self->harness);
    learn(self, &made, harness_call(self->harness, &request));
}

static void cancel(Test *self, uint32_t number)
{
    Made made = self->made[number];
    char name[16];
    Plenary__V1__CancelEvent verb = PLENARY__V1__CANCEL_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(name, sizeof name, "%u", number);
    verb.event_id = name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_CANCEL_EVENT;
    request.cancel_event = &verb;
    request.request_id = harness_request_id(self->harness);
    made.status = PLENARY__V1__EVENT__STATUS__CANCELLED;
    learn(self, &made, harness_call(self->harness, &request));
}

static void withdraw(Test *self, uint32_t number)
{
    Made made = self->made[number];
    char name[16];
    Plenary__V1__WithdrawEvent verb = PLENARY__V1__WITHDRAW_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(name, sizeof name, "%u", number);
    verb.event_id = name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT;
    request.withdraw_event = &verb;
    request.request_id = harness_request_id(self->harness);
    made.withdrawn = true;
    learn(self, &made, harness_call(self->harness, &request));
}

void test_write(Test *self)
{
    uint32_t number = 1 + harness_below(self->harness, self->last);
    const Made *made = &self->made[number];
    uint32_t die = harness_below(self->harness, 10);
    if ((die < 2 && self->last + 1 < MADE_MAX) || made->withdrawn) {
        if (self->last + 1 < MADE_MAX) register_many(self, 1);
    } else if (die < 8) {
        revise(self, number);
    } else if (die < 9 && made->status != PLENARY__V1__EVENT__STATUS__CANCELLED) {
        cancel(self, number);
    } else if (number > TEST_MEMBERS) {
        withdraw(self, number);
    }
}

void test_disturb(Test *self)
{
    switch (harness_below(self->harness, 4)) {
    case 0: harness_fold_start(self->harness); break;
    case 1: harness_fold_all(self->harness); break;
    case 2: harness_crash(self->harness, 0); break;
    default: harness_crash(self->harness, 1 + harness_below(self->harness, 4)); break;
    }
}

Test *test_new(uint64_t seed, uint32_t events)
{
    Test *self = calloc(1, sizeof *self);
    assert(self && events < MADE_MAX);
    self->harness = harness_new(&(HarnessOptions){.seed = seed});
    for (int i = 0; i < MADE_ORGANISATIONS; i++)
        put_organisation(self, i);
    while (self->last < events) {
        uint32_t left = events - self->last;
        uint32_t most = self->last < TEST_MEMBERS ? 1 : PIPELINED;
        register_many(self, left < most ? left : most);
    }
    return self;
}

void test_destroy(Test **self)
{
    harness_destroy(&(*self)->harness);
    free((*self)->history);
    free(*self);
    *self = NULL;
}

/* --- knowing --- */

const Made *test_then(Test *self, uint32_t number, const char *time)
{
    if (self->then_count != self->history_count || strcmp(self->then_time, time) != 0) {
        memset(self->then, 0, sizeof self->then);
        for (size_t i = 0; i < self->history_count; i++) {
            const Made *made = &self->history[i];
            if (strcmp(made->time, time) <= 0) self->then[made->number] = made;
        }
        self->then_count = self->history_count;
        (void)snprintf(self->then_time, sizeof self->then_time, "%s", time);
    }
    return self->then[number];
}

/* Adds a value that is not there yet. */
static void add(const char **values, size_t *count, const char *value)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(values[i], value) == 0) return;
    values[(*count)++] = value;
}

static void add_parts(const Made *made, int role, const char **values, size_t *count)
{
    for (int i = 0; i < MADE_PARTS; i++) {
        int which = made->parts[i].organisation;
        if (which == NONE || (role && made->parts[i].role != role)) continue;
        add(values, count, which == MADE_UNLISTED ? "unlisted body" : made_organisations[which]);
    }
}

static void add_codes(const Made *made, NaiveFacet facet, const char **values, size_t *count)
{
    static const char *const kinds[] = {"meeting", "conference", "training", "webinar"};
    static const char *const statuses[] = {"tentative", "confirmed", "postponed", "cancelled"};
    static const char *const formats[] = {"in_person", "online", "hybrid"};
    static const char *const countries[] = {"UZ", "KZ", "TJ", "KG", "TM"};
    static const char *const tlps[] = {"clear", "green", "amber", "amber_strict", "red"};
    if (facet == NAIVE_KIND) add(values, count, kinds[made->kind - 1]);
    if (facet == NAIVE_STATUS) add(values, count, statuses[made->status - 1]);
    if (facet == NAIVE_FORMAT && made->format != NONE) add(values, count, formats[made->format]);
    if (facet == NAIVE_COUNTRY && made->country != NONE)
        add(values, count, countries[made->country]);
    if (facet == NAIVE_TLP) add(values, count, tlps[made->tlp ? made->tlp - 1 : 1]);
}

size_t test_values(const Made *made, NaiveFacet facet, const char **values)
{
    size_t count = 0;
    add_codes(made, facet, values, &count);
    if (facet == NAIVE_CATEGORY && made->category != NONE)
        add(values, &count, categories[made->category].folded);
    if (facet == NAIVE_SERIES && made->series != NONE)
        add(values, &count, series[made->series].folded);
    if (facet == NAIVE_CITY && made->city != NONE)
        add(values, &count, cities[made->city].is_two ? "alma-ata" : cities[made->city].folded);
    for (int i = 0; facet == NAIVE_TOPIC && i < MADE_TOPICS; i++)
        if (made->topics[i] != NONE) add(values, &count, topics[made->topics[i]].folded);
    for (int i = 0; facet == NAIVE_AUDIENCE && i < MADE_AUDIENCES; i++)
        if (made->audience >> i & 1) add(values, &count, made_audiences[i]);
    if (facet == NAIVE_AUDIENCE && !made->audience) add(values, &count, "*");
    if (facet >= NAIVE_ORG && facet < NAIVE_PART_OF)
        add_parts(made, (int)facet - NAIVE_ORG, values, &count);
    return count;
}

/* --- further questions --- */

static const Event *image(const QueryContext *context, const Made *made)
{
    const Change *change = state_change(context->state, made->sequence, context->arena);
    if (!change || !change->event) FAIL("change %" PRIu64 " has no event", made->sequence);
    return change->event;
}

/* Where a range begins or ends one second more would tell another thing. */
static bool is_at_an_end(const Question *question, const Made *made)
{
    return (question->has_from && made->end_s == question->from_s) ||
           (question->has_to && made->start_s == question->to_s);
}

void test_heard(Test *self, Question *question)
{
    Problem problem;
    Resolved *resolved;
    Arena *arena = arena_new(SIZE_MAX);
    assert(arena);
    registry_rest(harness_registry(self->harness));
    const QueryContext context = {registry_state(harness_registry(self->harness)), question->caller,
                                  arena, NULL};
    problem_clear(&problem);
    if (query_resolve(&context, &question->query, &resolved, &problem) != STATUS_OK)
        FAIL("resolve: %s", problem.message);
    for (uint32_t number = 1; number <= self->last; number++) {
        const Made *made = &self->made[number];
        if (made->withdrawn || (!is_at_an_end(question, made) && harness_below(self->harness, 10)))
            continue;
        bool heard = query_matches(&context, resolved, image(&context, made));
        if (heard != naive_matches(question, made))
            FAIL("%u: %s, otherwise than it is found: text %s", made->number,
                 heard ? "heard" : "not heard", question->text);
    }
    arena_destroy(&arena);
}

void test_guarded(Test *self, const Question *question)
{
    if (question->caller->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN) return;
    Query query = PLENARY__V1__QUERY__INIT;
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    char *values[] = {(char[]){"red"}};
    Plenary__V1__CountEvents count = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    term.facet = (char *)(uintptr_t)naive_facets[NAIVE_TLP + harness_below(self->harness, 2)];
    if (strcmp(term.facet, "audience") == 0) values[0] = (char[]){"g1"};
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    count.query = &query;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    request.count_events = &count;
    Reply *reply = test_ask(self, question->caller, &request);
    if (!reply->status || (StatusCode)reply->status->code != STATUS_PERMISSION_DENIED)
        FAIL("a reader may ask for %s", term.facet);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

/* --- what was asked --- */

static void note(Asking *asking, bool tells)
{
    asking->asked++;
    asking->telling += tells;
}

void test_note(Test *self, const Question *question, size_t count)
{
    bool tells = count > 0 && count < self->last;
    for (int i = 0; i < question->term_count; i++)
        note(&self->of_facet[question->terms[i].facet][question->terms[i].negated], tells);
    for (int i = 0; i < question->part_count; i++)
        note(&self->of_form[question->parts[i].form][question->parts[i].negated], tells);
    note(&self->of_range[question->has_from][question->has_to], tells);
}

static void tell(const char *name, const Asking asking[2])
{
    for (int i = 0; i < 2; i++) {
        (void)printf("%-6s %-16s asked %5u, with an answer %5u\n", i ? "not" : "", name,
                     asking[i].asked, asking[i].telling);
        if (asking[i].asked > QUESTIONS_TELLING && asking[i].telling == 0)
            FAIL("%s: no question had an answer, so that nothing was tested", name);
    }
}

void test_tell(const Test *self)
{
    static const char *const forms[NAIVE_FORMS] = {"word", "beginning*", "\"exact\"",
                                                   "\"a phrase\""};
    for (int i = 0; i < NAIVE_FACETS; i++)
        tell(naive_facets[i], self->of_facet[i]);
    for (int i = 0; i < NAIVE_FORMS; i++)
        tell(forms[i], self->of_form[i]);
    (void)printf("%u events, %zu changes\n", self->last, self->history_count);
}
