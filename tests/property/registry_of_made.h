/*
 * registry_of_made - a registry, and beside it what is known of every event that was put into it.
 *
 * What a command does is foretold; whatever goes otherwise ends the test with what was wrong.
 */
#ifndef PLENARY_TESTS_PROPERTY_REGISTRY_OF_MADE_H
#define PLENARY_TESTS_PROPERTY_REGISTRY_OF_MADE_H

#include "tests/property/naive.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MADE_MAX = 32768,
    TEST_MEMBERS = 12, /* the first so many events have parts, are seen by all and stay */
};

#define FAIL(...)                                                                                  \
    do {                                                                                           \
        (void)fprintf(stderr, __VA_ARGS__);                                                        \
        (void)fputc('\n', stderr);                                                                 \
        abort();                                                                                   \
    } while (0)

/* How often something was asked, and how often some but not all events had it. */
typedef struct Asking {
    unsigned asked, telling;
} Asking;

typedef struct Test {
    Harness *harness;
    Made made[MADE_MAX]; /* by number, from 1 */
    uint32_t last;
    uint64_t sequence;

    Made *history; /* all that ever were, in the order of their changes */
    size_t history_count, history_capacity;
    const Made *then[MADE_MAX]; /* as of `then_time`, of `then_count` changes */
    char then_time[MADE_TIME_SIZE];
    size_t then_count;

    Asking of_facet[NAIVE_FACETS][2]; /* and negated */
    Asking of_form[NAIVE_FORMS][2];
    Asking of_range[2][2]; /* without and with a beginning, an end */
} Test;

/* With the directory, and so many events. */
Test *test_new(uint64_t seed, uint32_t events);
void test_destroy(Test **self);

/* The reply is the caller's. */
Reply *test_ask(Test *self, const Caller *caller, Request *request);

/* Registers, revises, cancels or withdraws a random one. */
void test_write(Test *self);

/* Folds, or crashes and opens again. */
void test_disturb(Test *self);

/* The event as it was known at a time; NULL: it was not there. Lent until the next write. */
const Made *test_then(Test *self, uint32_t number, const char *time);

/* The values that the index keeps of an event, each once; gives how many. */
size_t test_values(const Made *made, NaiveFacet facet, const char **values);

/* What is found is heard: each image by itself is judged by the same rules. */
void test_heard(Test *self, Question *question);

/* Whoever does not see all may not ask for what says who sees what. */
void test_guarded(Test *self, const Question *question);

/* How many a question had. */
void test_note(Test *self, const Question *question, size_t count);

/* Prints what was asked; what never told events apart was not tested. */
void test_tell(const Test *self);

#endif
