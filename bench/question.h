/*
 * question - what people ask of a registry, in numbers and words: the same for whoever answers.
 *
 * A kind and a random sequence give the same questions at every answerer. Any thread; texts are
 * static, or lie in the question.
 */
#ifndef PLENARY_BENCH_QUESTION_H
#define PLENARY_BENCH_QUESTION_H

#include "bench/generate.h"

enum {
    QUESTION_WORDS = 2,
    QUESTION_WORD_SIZE = 32,
    QUESTION_PAGE_LIMIT = 100, /* events of a page */
};

/* id, name, what is asked, the bound of its p99 in milliseconds (0: none is set) */
#define QUESTION_TABLE(X)                                                                          \
    X(ONE_FACET, "page_one_facet", "one facet: a country", 2)                                      \
    X(THREE_FACETS, "page_three_facets", "three facets: country, kind, status", 2)                 \
    X(FACET_AND_MONTH, "page_facet_and_month", "facet and month: a country", 2)                    \
    X(TWO_WORDS, "page_two_words", "two words", 2)                                                 \
    X(PREFIX_AND_COUNTRY, "page_prefix_and_country", "word prefix and country", 2)                 \
    X(NEGATION, "page_negation", "a negation: all but a country", 2)                               \
    X(OVERLAP, "page_overlap", "overlap with a month ten years back", 2)                           \
    X(LATEST, "page_latest", "a city, the latest change first", 0)                                 \
    X(TWO_WORDS_BEST, "page_two_words_best", "two words, the best first", 0)                       \
    X(COUNT_BY_MONTH, "count_by_month", "count by month of all", 5)                                \
    X(COUNT_BY_COUNTRY, "count_by_country", "count by country of all", 5)

typedef enum QuestionKind {
#define QUESTION_MEMBER(id, name, asked, bound_ms) QUESTION_##id,
    QUESTION_TABLE(QUESTION_MEMBER)
#undef QUESTION_MEMBER
        QUESTION_KINDS
} QuestionKind;

typedef struct QuestionInfo {
    const char *name;
    const char *asked;
    int bound_ms;
} QuestionInfo;

/* Only what its kind asks for counts. */
typedef struct Question {
    QuestionKind kind;
    const char *country;
    const char *city;
    const char *event_kind; /* "meeting" */
    int year;
    int month;
    int last_day;                                   /* of that month */
    char words[QUESTION_WORDS][QUESTION_WORD_SIZE]; /* lower case; the first, cut, is the prefix */
} Question;

const QuestionInfo *question_info(QuestionKind kind);

/* Counts are answered in buckets, everything else in events. */
bool question_is_count(QuestionKind kind);

void question_make(QuestionKind kind, Random *random, Question *question);

#endif
