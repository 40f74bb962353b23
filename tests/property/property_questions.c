/*
 * Every form of question, against a naive answer over the same thousands of events: all facets and
 * their negations, words by stem, script and other names, phrases, ranges, orders, pages, counts,
 * conflicts and the past, for callers who may see more and less, while others write and the
 * registry folds and crashes. `property_questions EVENTS QUESTIONS`; PLENARY_SEED replays one run.
 */
#include "tests/property/registry_of_made.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PAGE_MAX = 77,
    MOVING_PAGES = 6, /* or so: what is written between them adds up */
    ONE_IN_FOLDED = 12,
    ONE_IN_MOVING = 4,
    ONE_IN_PAST = 3,
    ONE_IN_CONFLICTS = 20,
    VALUES_OF_EVENT = 8,
    BUCKETS_MAX = 64,
    TOKEN_MAX = 512,
};

static const char *const groups[] = {"g1", "g2"};

/* Who asks. The first one sees all. */
static Caller caller_of(uint32_t which)
{
    static const struct {
        Plenary__V1__Handling__Tlp clearance;
        const char *organisation;
        size_t groups;
    } rights[] = {
        {PLENARY__V1__HANDLING__TLP__CLEAR, NULL, 0},
        {PLENARY__V1__HANDLING__TLP__GREEN, "o1", 0},
        {PLENARY__V1__HANDLING__TLP__AMBER, NULL, 1},
        {PLENARY__V1__HANDLING__TLP__RED, "o0", 2},
    };
    if (which >= sizeof rights / sizeof *rights) return access_local();
    return (Caller){.principal = "asker",
                    .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
                    .clearance = rights[which].clearance,
                    .organisation = rights[which].organisation,
                    .groups = groups,
                    .group_count = rights[which].groups};
}

/* --- what is wrong is told with the question --- */

static void print_question(const Question *question)
{
    const Query *query = &question->query;
    for (size_t i = 0; i < query->n_terms; i++) {
        (void)fprintf(stderr, "  %s%s:", query->terms[i]->negated ? "not " : "",
                      query->terms[i]->facet);
        for (size_t j = 0; j < query->terms[i]->n_values; j++)
            (void)fprintf(stderr, " %s,", query->terms[i]->values[j]);
        (void)fputc('\n', stderr);
    }
    (void)fprintf(stderr, "  text %s, from %s, to %s, order %d%s, clearance %d of %s\n",
                  query->text ? query->text : "-", query->from ? query->from : "-",
                  query->to ? query->to : "-", query->order, query->descending ? " descending" : "",
                  (int)question->caller->clearance,
                  question->caller->organisation ? question->caller->organisation : "none");
}

#define WRONG(question, ...)                                                                       \
    do {                                                                                           \
        print_question(question);                                                                  \
        FAIL(__VA_ARGS__);                                                                         \
    } while (0)

/* --- lists --- */

typedef struct Walk {
    Question *question;
    Plenary__V1__ListEvents list;
    Page page;
    uint8_t token[TOKEN_MAX];
    char as_of[MADE_TIME_SIZE];
    uint32_t *numbers; /* what was listed */
    size_t count;
    size_t total;
} Walk;

static void turn_page(Page *page, uint8_t token[static TOKEN_MAX], const ProtobufCBinaryData *next,
                      bool more)
{
    page->has_token = more;
    page->token = (ProtobufCBinaryData){next->len, token};
    assert(next->len <= TOKEN_MAX);
    if (more) memcpy(token, next->data, next->len);
}

static void begin_walk(Test *test, Walk *walk, Question *question, uint32_t *numbers,
                       uint32_t limit)
{
    memset(walk, 0, sizeof *walk);
    plenary__v1__list_events__init(&walk->list);
    plenary__v1__page__init(&walk->page);
    walk->question = question;
    walk->numbers = numbers;
    walk->page.has_limit = 1;
    walk->page.limit = limit;
    walk->list.page = &walk->page;
    walk->list.query = &question->query;
    walk->list.has_explain = 1;
    walk->list.explain = harness_below(test->harness, 4) == 0;
}

static bool has_phrase(const Question *question)
{
    bool any = false;
    for (int i = 0; i < question->part_count; i++)
        any |= question->parts[i].form == NAIVE_PHRASE;
    return any;
}

/* The next page; false: it was the last one. */
static bool walk_on(Test *test, Walk *walk)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &walk->list;
    Reply *reply = test_ask(test, walk->question->caller, &request);
    if (reply->status) WRONG(walk->question, "list: %s", reply->status->message);
    const Plenary__V1__EventsReply *events = reply->events;
    if (events->n_events > walk->page.limit) WRONG(walk->question, "a page of too many");
    if (events->has_total) walk->total = (size_t)events->total;
    for (size_t i = 0; i < events->n_events; i++) {
        if (walk->count == MADE_MAX) WRONG(walk->question, "more are listed than there are");
        walk->numbers[walk->count++] = events->events[i]->number;
    }
    if (walk->list.explain && !walk->list.as_of) {
        const Plenary__V1__Explanation *told = events->explanation;
        /* The order of a phrase's words is in the records alone. */
        bool reads = has_phrase(walk->question);
        if (!told || told->loaded < events->n_events || (!reads && told->loaded > events->n_events))
            WRONG(walk->question, "%zu are listed, but it is told otherwise", events->n_events);
        if (told->n_steps && told->steps[told->n_steps - 1]->left < events->total)
            WRONG(walk->question, "more are listed than are told to be left");
    }
    bool more = events->has_next_page;
    turn_page(&walk->page, walk->token, &events->next_page, more);
    plenary__v1__reply__free_unpacked(reply, NULL);
    return more;
}

static bool sees_all(const Caller *caller)
{
    return caller->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN;
}

typedef struct Wanted {
    const Made *events[MADE_MAX];
    size_t count;
} Wanted;

/* As they are now, or (`time`) as they were known then: to whom they may be shown as they were and
 * as they are. What was withdrawn since is known to those alone who see all. */
static void find_wanted(Test *test, const Question *question, const char *time, Wanted *out)
{
    out->count = 0;
    for (uint32_t number = 1; number <= test->last; number++) {
        const Made *now = &test->made[number];
        const Made *made = time ? test_then(test, number, time) : now;
        if (!made || !naive_sees(question->caller, now) || !naive_sees(question->caller, made))
            continue;
        if (now->withdrawn && !sees_all(question->caller)) continue;
        if (naive_matches(question, made)) out->events[out->count++] = made;
    }
}

static const Question *sorted_by; /* qsort takes no context */

static int compare_made(const void *left, const void *right)
{
    const Made *const *one = left;
    const Made *const *other = right;
    return naive_is_before(sorted_by, *one, *other) ? -1 : naive_is_before(sorted_by, *other, *one);
}

/* The first that is wanted and not listed, as far as it goes. */
static void tell_missing(const Test *test, const Walk *walk, const Wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const Made *made = wanted->events[i];
        bool listed = false;
        for (size_t j = 0; j < walk->count; j++)
            listed |= walk->numbers[j] == made->number;
        if (listed) continue;
        const Made *now = &test->made[made->number];
        (void)fprintf(stderr, "  missing: %u, change %" PRIu64 " of %s, now %" PRIu64 "%s\n",
                      made->number, made->sequence, made->time, now->sequence,
                      now->withdrawn ? ", withdrawn" : "");
        return;
    }
}

/* In the order of relevance each is there once, and the scores do not rise. */
static void check_relevance(Test *test, const Walk *walk, const Wanted *wanted)
{
    static bool there[MADE_MAX];
    memset(there, 0, sizeof there);
    for (size_t i = 0; i < wanted->count; i++)
        there[wanted->events[i]->number] = true;
    int before = NONE;
    for (size_t i = 0; i < walk->count; i++) {
        uint32_t number = walk->numbers[i];
        if (!there[number]) WRONG(walk->question, "%u is listed, or listed again", number);
        there[number] = false;
        int score = naive_score(walk->question, &test->made[number]);
        bool falls = walk->question->descending ? before <= score : score <= before;
        if (i && score != NONE && !falls)
            WRONG(walk->question, "%u of score %d comes behind %d", number, score, before);
        before = score;
    }
}

static void check_walk(Test *test, const Walk *walk, Wanted *wanted)
{
    if (walk->count != wanted->count) tell_missing(test, walk, wanted);
    if (walk->count != wanted->count || walk->total != wanted->count)
        WRONG(walk->question, "%zu are listed, %zu told; there are %zu %s", walk->count,
              walk->total, wanted->count, walk->as_of);
    if (walk->question->order == PLENARY__V1__QUERY__ORDER__RELEVANCE) {
        check_relevance(test, walk, wanted);
        return;
    }
    sorted_by = walk->question;
    if (wanted->count) qsort(wanted->events, wanted->count, sizeof *wanted->events, compare_made);
    for (size_t i = 0; i < walk->count; i++)
        if (walk->numbers[i] != wanted->events[i]->number)
            WRONG(walk->question, "%u is listed, not %u, in place %zu", walk->numbers[i],
                  wanted->events[i]->number, i);
}

static void check_list(Test *test, Question *question)
{
    static uint32_t numbers[MADE_MAX];
    static Wanted wanted;
    Walk walk;
    begin_walk(test, &walk, question, numbers, 1 + harness_below(test->harness, PAGE_MAX));
    while (walk_on(test, &walk)) {
    }
    find_wanted(test, question, NULL, &wanted);
    check_walk(test, &walk, &wanted);
    test_note(test, question, wanted.count);
}

/* What was known does not change, whatever is written between the pages. */
static void check_past(Test *test, Question *question)
{
    static uint32_t numbers[MADE_MAX];
    static Wanted wanted;
    Walk walk;
    Plenary__V1__Query__Order order = question->order;
    if (order == PLENARY__V1__QUERY__ORDER__RELEVANCE) question->order = question->query.order = 1;
    begin_walk(test, &walk, question, numbers, 20 + harness_below(test->harness, 200));
    const Made *some = &test->history[harness_below(test->harness, (uint32_t)test->history_count)];
    (void)snprintf(walk.as_of, sizeof walk.as_of, "%s", some->time);
    walk.list.as_of = walk.as_of;
    find_wanted(test, question, walk.as_of, &wanted);
    while (walk_on(test, &walk)) {
    }
    check_walk(test, &walk, &wanted);
    question->order = question->query.order = order;
}

/* --- pages while others write --- */

/* What matches all along, unchanged, is on one page; what is listed matched when it was. */
static void check_moving(Test *test, Question *question)
{
    static uint32_t numbers[MADE_MAX];
    static uint64_t listed[MADE_MAX];
    static Wanted before;
    Walk walk;
    memset(listed, 0, sizeof listed);
    find_wanted(test, question, NULL, &before);
    uint64_t begun = test->sequence;
    begin_walk(test, &walk, question, numbers, 1 + (uint32_t)before.count / MOVING_PAGES);
    for (bool more = true; more;) {
        size_t first = walk.count;
        more = walk_on(test, &walk);
        for (size_t i = first; i < walk.count; i++) {
            const Made *made = &test->made[numbers[i]];
            if (!naive_sees(question->caller, made) || !naive_matches(question, made))
                WRONG(question, "%u is listed and does not match", numbers[i]);
            if (listed[numbers[i]] == made->sequence)
                WRONG(question, "%u is listed twice and has not changed", numbers[i]);
            listed[numbers[i]] = made->sequence;
        }
        for (int i = 0; i < 3; i++)
            test_write(test);
        if (harness_below(test->harness, 6) == 0) harness_fold_start(test->harness);
    }
    for (size_t i = 0; i < before.count; i++) {
        const Made *made = before.events[i];
        if (made->sequence <= begun && !listed[made->number])
            WRONG(question, "%u has not changed, and is on no page", made->number);
    }
}

/* --- counts --- */

typedef struct Bucket {
    const char *value;
    uint64_t count;
} Bucket;

/* Takes each bucket out of those that are wanted. */
static void take_buckets(const Question *question, const char *by,
                         const Plenary__V1__CountReply *count, Bucket *wanted, size_t *left)
{
    for (size_t i = 0; i < count->n_buckets; i++) {
        const Plenary__V1__Bucket *bucket = count->buckets[i];
        size_t at = 0;
        while (at < *left && strcmp(wanted[at].value, bucket->value) != 0)
            at++;
        if (at == *left || wanted[at].count != bucket->count)
            WRONG(question, "by %s: %s is counted as %" PRIu64 ", not %" PRIu64, by, bucket->value,
                  bucket->count, at == *left ? 0 : wanted[at].count);
        wanted[at] = wanted[--*left];
    }
}

static size_t find_buckets(const Wanted *wanted, NaiveFacet facet, Bucket buckets[BUCKETS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        const char *values[VALUES_OF_EVENT];
        size_t found = test_values(wanted->events[i], facet, values);
        for (size_t j = 0; j < found; j++) {
            size_t at = 0;
            while (at < count && strcmp(buckets[at].value, values[j]) != 0)
                at++;
            assert(at < BUCKETS_MAX);
            if (at == count) buckets[count++] = (Bucket){values[j], 0};
            buckets[at].count++;
        }
    }
    return count;
}

/* By a facet whose values tell nothing of a person, and that the caller may ask for. */
static NaiveFacet facet_to_count_by(Test *test, const Question *question)
{
    NaiveFacet facet;
    uint32_t facets = sees_all(question->caller) ? NAIVE_FACETS : NAIVE_TLP;
    do {
        facet = (NaiveFacet)harness_below(test->harness, facets);
    } while (facet == NAIVE_PERSON || facet == NAIVE_PART_OF);
    return facet;
}

static void check_counts(Test *test, Question *question)
{
    static Wanted wanted;
    Bucket buckets[BUCKETS_MAX];
    uint8_t token[TOKEN_MAX];
    Plenary__V1__CountEvents count = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    NaiveFacet facet = facet_to_count_by(test, question);
    find_wanted(test, question, NULL, &wanted);
    size_t left = find_buckets(&wanted, facet, buckets);
    count.query = &question->query;
    count.page = &page;
    count.by = (char *)(uintptr_t)naive_facets[facet];
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 6);
    request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    request.count_events = &count;
    do {
        Reply *reply = test_ask(test, question->caller, &request);
        if (reply->status) WRONG(question, "count by %s: %s", count.by, reply->status->message);
        if (reply->count->count != wanted.count)
            WRONG(question, "%" PRIu64 " are counted, not %zu", reply->count->count, wanted.count);
        take_buckets(question, count.by, reply->count, buckets, &left);
        turn_page(&page, token, &reply->count->next_page, reply->count->has_next_page);
        plenary__v1__reply__free_unpacked(reply, NULL);
    } while (page.has_token);
    if (left) WRONG(question, "by %s: %s is not counted", count.by, buckets[0].value);
}

/* --- conflicts --- */

static bool belong_together(const Made *left, const Made *right)
{
    return left->part_of == right->number || right->part_of == left->number;
}

static unsigned clash(const Made *left, const Made *right)
{
    return belong_together(left, right) ? 0 : naive_clash(left, right);
}

/* Pairs that the caller sees, one of which at least matches; and what unseen ones take of those
 * that match. */
static void find_conflicts(Test *test, const Question *question, size_t *pairs, size_t *taken)
{
    static bool matches[MADE_MAX];
    static bool sees[MADE_MAX];
    *pairs = *taken = 0;
    for (uint32_t i = 1; i <= test->last; i++) {
        sees[i] = naive_sees(question->caller, &test->made[i]);
        matches[i] = sees[i] && naive_matches(question, &test->made[i]);
    }
    for (uint32_t i = 1; i <= test->last; i++) {
        bool is_taken = false;
        for (uint32_t j = 1; j <= test->last && matches[i]; j++) {
            if (!clash(&test->made[i], &test->made[j])) continue;
            if (sees[j] && (!matches[j] || i < j)) ++*pairs;
            is_taken |= !sees[j];
        }
        *taken += is_taken;
    }
}

static void check_conflict(Test *test, const Question *question, const Conflict *conflict)
{
    const Made *first = &test->made[conflict->first->number];
    unsigned told = 0;
    for (size_t i = 0; i < conflict->n_clashes; i++)
        told |= conflict->clashes[i]->kind == PLENARY__V1__CLASH__KIND__VENUE ? 1 : 2;
    if (!naive_sees(question->caller, first) || !naive_matches(question, first))
        WRONG(question, "%u conflicts and does not match", first->number);
    if (!conflict->second) return;
    const Made *second = &test->made[conflict->second->number];
    if (!naive_sees(question->caller, second) || clash(first, second) != told)
        WRONG(question, "%u and %u are told to conflict in %u, not %u", first->number,
              second->number, told, clash(first, second));
}

static void check_conflicts(Test *test, Question *question)
{
    Plenary__V1__ListConflicts list = PLENARY__V1__LIST_CONFLICTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[TOKEN_MAX];
    size_t pairs, taken, seen_pairs = 0, seen_taken = 0;
    question->query.has_order = question->query.has_descending = 0;
    list.query = &question->query;
    list.page = &page;
    page.has_limit = 1;
    page.limit = 1 + harness_below(test->harness, 100);
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CONFLICTS;
    request.list_conflicts = &list;
    do {
        Reply *reply = test_ask(test, question->caller, &request);
        if (reply->status) WRONG(question, "conflicts: %s", reply->status->message);
        for (size_t i = 0; i < reply->conflicts->n_conflicts; i++) {
            check_conflict(test, question, reply->conflicts->conflicts[i]);
            *(reply->conflicts->conflicts[i]->second ? &seen_pairs : &seen_taken) += 1;
        }
        turn_page(&page, token, &reply->conflicts->next_page, reply->conflicts->has_next_page);
        plenary__v1__reply__free_unpacked(reply, NULL);
    } while (page.has_token);
    find_conflicts(test, question, &pairs, &taken);
    if (pairs != seen_pairs || taken != seen_taken)
        WRONG(question, "%zu conflicts and %zu with what is unseen; there are %zu and %zu",
              seen_pairs, seen_taken, pairs, taken);
}

/* --- a run --- */

static void ask(Test *test)
{
    Question question;
    const Caller caller = caller_of(harness_below(test->harness, 7));
    naive_question(test->harness, &caller, TEST_MEMBERS, &question);
    test_guarded(test, &question);
    check_list(test, &question);
    check_counts(test, &question);
    test_heard(test, &question);
    if (harness_below(test->harness, ONE_IN_PAST) == 0) check_past(test, &question);
    if (harness_below(test->harness, ONE_IN_MOVING) == 0) check_moving(test, &question);
    if (harness_below(test->harness, ONE_IN_CONFLICTS) == 0) check_conflicts(test, &question);
}

int main(int argc, char **argv)
{
    uint32_t events = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
    unsigned questions = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 300;
    const char *replayed = getenv("PLENARY_SEED");
    uint64_t seed = replayed ? strtoull(replayed, NULL, 10) : (uint64_t)time(NULL);
    (void)fprintf(stderr, "PLENARY_SEED=%" PRIu64 " property_questions %u %u\n", seed, events,
                  questions);
    Test *test = test_new(seed, events);
    for (unsigned i = 0; i < questions; i++) {
        if (harness_below(test->harness, ONE_IN_FOLDED) == 0) test_disturb(test);
        ask(test);
    }
    harness_check(test->harness);
    test_tell(test);
    test_destroy(&test);
    return 0;
}
