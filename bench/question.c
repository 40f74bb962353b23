#include "bench/question.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    YEARS_BACK = 10,
    FEBRUARY = 2,
    PREFIX_LENGTH_MIN = 3,
    PREFIX_LENGTHS = 3,
};

static const QuestionInfo infos[] = {
#define QUESTION_INFO(id, name, asked, bound_ms) {name, asked, bound_ms},
    QUESTION_TABLE(QUESTION_INFO)
#undef QUESTION_INFO
};

/* Words of titles, topics and descriptions of generated events, from rare to very common. None is
 * an inflected form of another one, so that who knows no stems finds the same. */
static const char *const words[] = {
    "trafficking", "cybercrime",  "border",     "aviation",  "forensic",   "consensus", "northern",
    "container",   "assistance",  "statistics", "disaster",  "curriculum", "trade",     "wildlife",
    "professor",   "legislation", "prosecutor", "paperless", "ministry",   "academy",
};

const QuestionInfo *question_info(QuestionKind kind)
{
    assert(kind < QUESTION_KINDS);
    return &infos[kind];
}

bool question_is_count(QuestionKind kind)
{
    return kind == QUESTION_COUNT_BY_MONTH || kind == QUESTION_COUNT_BY_COUNTRY;
}

/* In lower case, the last word where there are several. */
static void put_word(char word[static QUESTION_WORD_SIZE], const char *text)
{
    const char *space = strrchr(text, ' ');
    size_t length = 0;
    for (const char *c = space ? space + 1 : text; *c && length + 1 < QUESTION_WORD_SIZE; c++)
        word[length++] = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    word[length] = '\0';
}

static void pick_words(Random *random, const City *city, Question *question)
{
    const char *word = words[random_below(random, sizeof words / sizeof *words)];
    const char *family = atlas_family_names[random_below(random, atlas_family_name_count)];
    put_word(question->words[0], word);
    put_word(question->words[1], random_percent(random, 50) ? city->name : family);
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == FEBRUARY && is_leap);
}

void question_make(QuestionKind kind, Random *random, Question *question)
{
    static const char *const kinds[] = {"meeting", "conference", "training"};
    const City *city = &atlas_cities[random_below(random, atlas_city_count)];
    int years = GENERATE_YEAR_LAST - GENERATE_YEAR_FIRST + 1;
    *question = (Question){
        .kind = kind,
        .country = city->country,
        .city = city->name,
        .event_kind = kinds[random_below(random, sizeof kinds / sizeof *kinds)],
        .year = GENERATE_YEAR_FIRST + (int)random_below(random, (size_t)years),
        .month = 1 + (int)random_below(random, 12),
    };
    if (kind == QUESTION_OVERLAP) question->year = GENERATE_YEAR_LAST - YEARS_BACK;
    question->last_day = days_of(question->year, question->month);
    pick_words(random, city, question);
    if (kind == QUESTION_PREFIX_AND_COUNTRY)
        question->words[0][PREFIX_LENGTH_MIN + random_below(random, PREFIX_LENGTHS)] = '\0';
}
