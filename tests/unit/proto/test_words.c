/* What is written in several ways is found by each of them. */
#include "proto/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ARENA_BYTES = 1 << 20,
    GIVEN_SIZE = 8192,
    RANDOM_TEXTS = 3000,
    RANDOM_CHARACTERS = 80,
    LONG_TEXT_BYTES = 64 * 1024,
};

typedef struct Fixture {
    Words *words;
    Arena *arena;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    fixture->words = words_new();
    fixture->arena = arena_new(ARENA_BYTES);
    *state = fixture;
    return fixture->words && fixture->arena ? 0 : -1;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    words_destroy(&fixture->words);
    arena_destroy(&fixture->arena);
    free(fixture);
    return 0;
}

/* What words_each gave, "0:tashkent/tashkent 1:..." */
typedef struct Given {
    char text[GIVEN_SIZE];
    size_t length;
    size_t count;
} Given;

static void keep(void *context, size_t position, const char *word, const char *stem)
{
    Given *given = context;
    given->count++;
    if (given->length + strlen(word) + (stem ? strlen(stem) : 0) + 32 > GIVEN_SIZE) return;
    given->length += (size_t)sprintf(given->text + given->length, "%s%zu:%s/%s",
                                     given->length ? " " : "", position, word, stem ? stem : "-");
}

static void expect_words(Fixture *fixture, const char *text, const char *expected)
{
    for (int round = 0; round < 2; round++) { /* from the rules, then from the cache */
        Given given = {0};
        words_each(fixture->words, text, keep, &given);
        assert_string_equal(given.text, expected);
    }
}

typedef struct Row {
    const char *text;
    const char *expected;
} Row;

static void expect_folds(Fixture *fixture, const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(words_fold(fixture->words, rows[i].text, fixture->arena),
                            rows[i].expected);
        assert_string_equal(words_fold(fixture->words, rows[i].text, fixture->arena),
                            rows[i].expected);
    }
}

#define EXPECT_FOLDS(fixture, rows) expect_folds(fixture, rows, sizeof(rows) / sizeof *(rows))

/* --- folding --- */

static void names_of_central_asia_meet_their_english_spelling(void **state)
{
    static const Row rows[] = {
        {"Ташкент", "tashkent"},      {"Tashkent", "tashkent"},
        {"TASHKENT", "tashkent"},     {"ТАШКЕНТ", "tashkent"},
        {"Душанбе", "dushanbe"},      {"Шымкент", "shymkent"},
        {"Хабибулло", "khabibullo"},  {"Щербаков", "shcherbakov"},
        {"Ӯзбекистон", "uzbekiston"}, {"Бишкек", "bishkek"},
        {"Алматы", "almaty"},         {"Нур-Султан", "nur-sultan"},
        {"Братск", "bratsk"},         {"Кызылорда", "kyzylorda"},
        {"Чимбай", "chimbay"},        {"Екатеринбург", "yekaterinburg"},
    };
    EXPECT_FOLDS((Fixture *)*state, rows);
}

static void letters_of_central_asian_cyrillic_are_written_in_latin(void **state)
{
    static const Row rows[] = {
        {"қ", "q"},
        {"ҳ", "h"},
        {"ғ", "gh"},
        {"ҷ", "j"},
        {"ө", "o"},
        {"ң", "ng"},
        {"ү", "u"},
        {"ә", "a"},
        {"Қ", "q"},
        {"Ҳ", "h"},
        {"Ғ", "gh"},
        {"Ҷ", "j"},
        {"Ө", "o"},
        {"Ң", "ng"},
        {"Ү", "u"},
        {"Ә", "a"},
        {"Ұ", "u"},
        {"Һ", "h"},
        {"Қарағанды", "qaraghandy"},
        {"Тоҷикистон", "tojikiston"},
        {"Өскемен", "oskemen"},
    };
    EXPECT_FOLDS((Fixture *)*state, rows);
}

static void hard_and_soft_signs_are_dropped(void **state)
{
    static const Row rows[] = {
        {"объект", "obekt"},
        {"Казань", "kazan"},
        {"подъезд", "podezd"},
        {"ПОДЪЕЗД", "podezd"},
        {"Гюльнара Бекмуханбетьева", "gyulnara bekmukhanbeteva"},
    };
    EXPECT_FOLDS((Fixture *)*state, rows);
}

static void other_scripts_become_latin(void **state)
{
    static const Row rows[] = {
        {"Zürich", "zurich"},    {"São Paulo", "sao paulo"}, {"Łódź", "lodz"},
        {"Straße", "strasse"},   {"İstanbul", "istanbul"},   {"Diyarbakır", "diyarbakir"},
        {"Αθήνα", "athena"},     {"Əliyev", "aliyev"},       {"Հայաստան", "hayastan"},
        {"ＵＮＯＤＣ", "unodc"}, {"٢٠٢٢", "2022"},
    };
    EXPECT_FOLDS((Fixture *)*state, rows);
}

static void composed_and_decomposed_letters_fold_alike(void **state)
{
    static const Row rows[] = {
        {"Zu\xCC\x88rich", "zurich"}, /* u + U+0308 */
        {"Алтаи\xCC\x86", "altay"},   /* и + U+0306 */
        {"Алтай", "altay"},
        {"As\xCC\xA7gabat", "ashgabat"}, /* s + U+0327 */
        {"шё", "she"},
        {"ше\xCC\x88", "she"},
    };
    EXPECT_FOLDS((Fixture *)*state, rows);
}

static void apostrophes_quotes_and_spaces_do_not_part_names(void **state)
{
    static const Row rows[] = {
        {"O'zbekiston", "ozbekiston"},
        {"Oʻzbekiston", "ozbekiston"},
        {"O‘zbekiston", "ozbekiston"},
        {"O’zbekiston", "ozbekiston"},
        {"O`zbekiston", "ozbekiston"},
        {"  New \t\n York ", "new york"},
        {"New\xC2\xA0York", "new york"},
        {"«Шёлковый путь»", "shelkovyy put"},
        {"“Silk” \"Road\"", "silk road"},
        {"Almaty–Astana", "almaty-astana"},
        {"pre\xC2\xAD"
         "cursor",
         "precursor"},
        {"", ""},
        {" ", ""},
        {"\"", ""},
        {"unodc-rocca", "unodc-rocca"},
        {"a.b_c", "a.b_c"},
        {"C++ & C# (draft)", "c++ & c# (draft)"},
    };
    EXPECT_FOLDS((Fixture *)*state, rows);
}

static void turkic_letters_fold_both_ways(void **state)
{
    Fixture *fixture = *state;
    static const struct {
        const char *value;
        const char *one;
        const char *other;
    } rows[] = {
        {"Aşgabat", "ashgabat", "asgabat"},
        {"AŞGABAT", "ashgabat", "asgabat"},
        {"Çanakkale", "chanakkale", "canakkale"},
        {"Recep Erdoğan", "recep erdoghan", "recep erdogan"},
        {"Aşgabat, Türkmenistan", "ashgabat, turkmenistan", "asgabat, turkmenistan"},
        {"Ashgabat", "ashgabat", NULL},
        {"Ташкент", "tashkent", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(words_fold(fixture->words, rows[i].value, fixture->arena), rows[i].one);
        const char *other = words_fold_other(fixture->words, rows[i].value, fixture->arena);
        if (rows[i].other)
            assert_string_equal(other, rows[i].other);
        else
            assert_null(other);
    }
    expect_words(fixture, "Aşgabat", "0:ashgabat/- 0:asgabat/-");
    expect_words(fixture, "Ashgabat", "0:ashgabat/ashgabat");
}

static void a_full_arena_gives_nothing(void **state)
{
    Fixture *fixture = *state;
    Arena *small = arena_new(16);
    assert_non_null(small);
    assert_null(words_fold(fixture->words, "a value that is longer than the arena", small));
    assert_null(words_fold(fixture->words, "Ташкент, Душанбе, Бишкек, Ашхабад", small));
    arena_destroy(&small);
}

/* --- words --- */

static void text_is_split_at_what_is_neither_letter_nor_digit(void **state)
{
    Fixture *fixture = *state;
    expect_words(fixture, "", "");
    expect_words(fixture, " \t.,;!?-–—«»\"'’", "");
    expect_words(fixture, "UN-2022", "0:un/un 1:2022/2022");
    expect_words(fixture, "15.12.2021", "0:15/15 1:12/12 2:2021/2021");
    expect_words(fixture, "a@example.org", "0:a/a 1:example/exampl 2:org/org");
    expect_words(fixture, "COVID19's", "0:covid19s/covid19");
    expect_words(fixture, "Ташкент,Душанбе", "0:tashkent/tashkent 1:dushanbe/dushanb");
}

static const char *stem_of(Fixture *fixture, const char *word, char *stem)
{
    Given given = {0};
    words_each(fixture->words, word, keep, &given);
    assert_int_equal(given.count, 1);
    return strcpy(stem, strchr(given.text, '/') + 1);
}

static void forms_of_a_word_share_a_stem(void **state)
{
    Fixture *fixture = *state;
    static const char *const pairs[][2] = {
        {"тренинги", "тренинг"},        {"тренингов", "ТРЕНИНГ"},    {"trainings", "training"},
        {"Countries", "country"},       {"наркотиков", "наркотики"}, {"семинаре", "семинар"},
        {"конференции", "конференция"}, {"meetings", "meeting"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char one[GIVEN_SIZE];
        char other[GIVEN_SIZE];
        assert_string_equal(stem_of(fixture, pairs[i][0], one),
                            stem_of(fixture, pairs[i][1], other));
        assert_string_not_equal(one, "-");
    }
}

static void scripts_without_spaces_are_split_by_dictionary(void **state)
{
    Fixture *fixture = *state;
    Given given = {0};
    words_each(fixture->words, "北京会议", keep, &given);
    assert_int_equal(given.count, 2);
    expect_words(fixture, "北京", "0:beijing/-");
    given = (Given){0};
    words_each(fixture->words, "การประชุมระดับภูมิภาค", keep, &given);
    assert_true(given.count > 1);
}

static void a_long_word_is_taken_in_pieces(void **state)
{
    Fixture *fixture = *state;
    char word[WORDS_CHARACTERS_MAX * 2 + 2];
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    Given given = {0};
    words_each(fixture->words, word, keep, &given);
    assert_int_equal(given.count, 3);
    assert_string_equal(words_fold(fixture->words, word, fixture->arena), word);
}

static void a_folded_word_is_bounded(void **state)
{
    Fixture *fixture = *state;
    char text[64 * 3 + 1] = "";
    for (int i = 0; i < 64; i++)
        strcat(text, "\xEF\xB7\xBA"); /* U+FDFA, which is 18 letters */
    Given given = {0};
    words_each(fixture->words, text, keep, &given);
    assert_true(given.count >= 1);
    const char *folded = words_fold(fixture->words, text, fixture->arena);
    assert_in_range(strlen(folded), 1, WORDS_FOLDED_MAX);
}

static void only_so_many_words_of_a_text_are_taken(void **state)
{
    Fixture *fixture = *state;
    char *text = malloc(LONG_TEXT_BYTES + 1);
    assert_non_null(text);
    for (size_t i = 0; i < LONG_TEXT_BYTES; i++)
        text[i] = i % 2 ? ' ' : (char)('a' + i / 2 % 26);
    text[LONG_TEXT_BYTES] = '\0';
    Given given = {0};
    words_each(fixture->words, text, keep, &given);
    assert_int_equal(given.count, WORDS_PER_TEXT_MAX);
    free(text);
}

static void within_a_record_a_word_is_new_once(void **state)
{
    Fixture *fixture = *state;
    for (int record = 0; record < 2; record++) {
        Given given = {0};
        words_begin(fixture->words);
        words_each_new(fixture->words, "drug drugs Drug", keep, &given);
        words_each_new(fixture->words, "DRUG Ташкент", keep, &given);
        words_each_new(fixture->words, "Ташкент", keep, &given);
        assert_string_equal(given.text, "0:drug/drug 1:drugs/drug 1:tashkent/tashkent");
    }
}

/* --- any text --- */

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static size_t put_character(char *out, uint32_t c)
{
    if (c < 0x80) return (size_t)(out[0] = (char)c, 1);
    if (c < 0x800) {
        out[0] = (char)(0xC0U | c >> 6);
        out[1] = (char)(0x80U | (c & 0x3FU));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0U | c >> 12);
        out[1] = (char)(0x80U | (c >> 6 & 0x3FU));
        out[2] = (char)(0x80U | (c & 0x3FU));
        return 3;
    }
    out[0] = (char)(0xF0U | c >> 18);
    out[1] = (char)(0x80U | (c >> 12 & 0x3FU));
    out[2] = (char)(0x80U | (c >> 6 & 0x3FU));
    out[3] = (char)(0x80U | (c & 0x3FU));
    return 4;
}

/* Of Latin, Cyrillic and all of Unicode, each a third; no surrogates. */
static uint32_t random_character(uint64_t *seed)
{
    uint32_t c = 0;
    switch (next_random(seed) % 3) {
    case 0: return 1 + next_random(seed) % 0x7F;
    case 1: return 0x400 + next_random(seed) % 0x130;
    default:
        do
            c = 0x80 + next_random(seed) % (0x110000 - 0x80);
        while (c >= 0xD800 && c <= 0xDFFF);
        return next_random(seed) % 2 && c > 0x3000 ? c % 0x3000 + 0x80 : c;
    }
}

static void random_text(uint64_t *seed, char *text)
{
    size_t count = next_random(seed) % RANDOM_CHARACTERS;
    for (size_t i = 0; i < count; i++)
        text += put_character(text, random_character(seed));
    *text = '\0';
}

typedef struct Check {
    Fixture *fixture;
    size_t next_position;
} Check;

/* A stem or word that goes into a query as a value must stay what it is. */
static void check_word(void *context, size_t position, const char *word, const char *stem)
{
    Check *check = context;
    Fixture *fixture = check->fixture;
    assert_true(position == check->next_position || position + 1 == check->next_position);
    check->next_position = position + 1;
    assert_in_range(strlen(word), 1, WORDS_FOLDED_MAX);
    assert_null(strpbrk(word, " '=;\"-"));
    char kept[2][WORDS_FOLDED_MAX + 1];
    strcpy(kept[0], word);
    strcpy(kept[1], stem ? stem : "");
    assert_string_equal(words_fold(fixture->words, kept[0], fixture->arena), kept[0]);
    assert_string_equal(words_fold(fixture->words, kept[1], fixture->arena), kept[1]);
}

static void any_text_folds_to_what_folds_to_itself(void **state)
{
    Fixture *fixture = *state;
    uint64_t seed = 20220303;
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        char text[RANDOM_CHARACTERS * 4 + 1];
        random_text(&seed, text);
        Check check = {.fixture = fixture};
        words_each(fixture->words, text, check_word, &check);
        const char *once = words_fold(fixture->words, text, fixture->arena);
        assert_string_equal(words_fold(fixture->words, once, fixture->arena), once);
        const char *other = words_fold_other(fixture->words, text, fixture->arena);
        if (other) assert_string_equal(words_fold(fixture->words, other, fixture->arena), other);
        arena_reset(fixture->arena);
    }
}

static void what_the_cache_gives_up_is_folded_the_same_again(void **state)
{
    Fixture *fixture = *state;
    char word[32];
    for (int i = 0; i < 2 * WORDS_CACHE_ENTRIES; i++) {
        Given given = {0};
        (void)snprintf(word, sizeof word, "w%d", i);
        words_each(fixture->words, word, keep, &given);
        assert_int_equal(strncmp(given.text + 2, word, strlen(word)), 0);
    }
    expect_words(fixture, "Ташкент", "0:tashkent/tashkent");
    expect_words(fixture, "w0", "0:w0/w0");
}

static void the_version_names_what_folding_depends_on(void **state)
{
    (void)state;
    assert_int_equal(strncmp(words_version(), "icu ", 4), 0);
    assert_non_null(strstr(words_version(), "; snowball "));
    assert_non_null(strstr(words_version(), "; rules "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_central_asia_meet_their_english_spelling),
        cmocka_unit_test(letters_of_central_asian_cyrillic_are_written_in_latin),
        cmocka_unit_test(hard_and_soft_signs_are_dropped),
        cmocka_unit_test(other_scripts_become_latin),
        cmocka_unit_test(composed_and_decomposed_letters_fold_alike),
        cmocka_unit_test(apostrophes_quotes_and_spaces_do_not_part_names),
        cmocka_unit_test(turkic_letters_fold_both_ways),
        cmocka_unit_test(a_full_arena_gives_nothing),
        cmocka_unit_test(text_is_split_at_what_is_neither_letter_nor_digit),
        cmocka_unit_test(forms_of_a_word_share_a_stem),
        cmocka_unit_test(scripts_without_spaces_are_split_by_dictionary),
        cmocka_unit_test(a_long_word_is_taken_in_pieces),
        cmocka_unit_test(a_folded_word_is_bounded),
        cmocka_unit_test(only_so_many_words_of_a_text_are_taken),
        cmocka_unit_test(within_a_record_a_word_is_new_once),
        cmocka_unit_test(any_text_folds_to_what_folds_to_itself),
        cmocka_unit_test(what_the_cache_gives_up_is_folded_the_same_again),
        cmocka_unit_test(the_version_names_what_folding_depends_on),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
