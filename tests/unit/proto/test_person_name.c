/* A person's name is found in texts however it is written there, and nobody else's. */
#include "proto/person_name.h"

#include "proto/text.h"
#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

enum {
    ARENA_BYTES = 64 << 20,
    LIMIT = 64 * 1024,
    RANDOM_TEXTS = 4000,
    PIECES_MAX = 24,
    MANY_WORDS = 20000,
};

static Words *words;
static Arena *arena;
static Problem problem;

static int set_up(void **state)
{
    (void)state;
    words = words_new();
    arena = arena_new(ARENA_BYTES);
    problem_clear(&problem);
    return words && arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    words_destroy(&words);
    arena_destroy(&arena);
    return 0;
}

/* "[what was found]", or "none". */
static const char *found(const char *name, const char *text)
{
    TextRange range;
    PersonName *person = person_name_new(words, name, &problem);
    assert_non_null(person);
    const char *told = "none";
    if (person_name_find(person, text, &range))
        told = arena_printf(arena, "[%.*s]", (int)(range.end - range.start), text + range.start);
    person_name_destroy(&person);
    return told;
}

static const char *replaced_within(const char *name, const char *text, size_t limit)
{
    PersonName *person = person_name_new(words, name, &problem);
    TextRange range;
    assert_non_null(person);
    const char *told = person_name_replace(person, text, "somebody", limit, arena);
    assert_non_null(told);
    assert_false(person_name_find(person, told, &range));
    assert_true(strlen(told) <= limit || strcmp(told, text) == 0);
    assert_true(text_is_utf8(told, strlen(told)));
    person_name_destroy(&person);
    return told;
}

static const char *replaced(const char *name, const char *text)
{
    return replaced_within(name, text, LIMIT);
}

static bool is(const char *name, const char *text)
{
    PersonName *person = person_name_new(words, name, &problem);
    assert_non_null(person);
    bool answer = person_name_is(person, text);
    person_name_destroy(&person);
    return answer;
}

static void case_marks_and_script_do_not_matter(void **state)
{
    (void)state;
    assert_string_equal(found("Jane Doe", "JANE doe spoke"), "[JANE doe]");
    assert_string_equal(found("Hörst Müller", "mit Horst Muller dort"), "[Horst Muller]");
    assert_string_equal(found("Horst Muller", "mit Hörst Müller."), "[Hörst Müller]");
    assert_string_equal(found("Щербаков", "при Shcherbakov!"), "[Shcherbakov]");
    assert_string_equal(found("Shcherbakov", "«Щербаков»"), "[Щербаков]");
    assert_string_equal(found("Jane Doe", "Ja\xCC\x81ne Doe\xCC\x81"),
                        "[Ja\xCC\x81ne Doe\xCC\x81]"); /* marks that combine */
    assert_string_equal(found("Ҷамшед Қодиров", "Jamshed Qodirov"), "[Jamshed Qodirov]");
    assert_string_equal(found("Şükür", "Sukur"), "[Sukur]"); /* folds in two ways */
    assert_string_equal(found("Sukur", "Şükür"), "[Şükür]");
    assert_string_equal(found("Shukur", "(Şükür)"), "[Şükür]");
}

static void what_stands_between_its_words_does_not_matter(void **state)
{
    (void)state;
    assert_string_equal(found("Jane Doe", "jane.doe@example.org"), "[jane.doe]");
    assert_string_equal(found("Jane Doe", "Jane  -- \n Doe"), "[Jane  -- \n Doe]");
    assert_string_equal(found("Jean-Luc Roi", "jean luc_roi.pdf"), "[jean luc_roi]");
    assert_string_equal(found("O'Neil", "with O\xE2\x80\x99Neil"), "[O\xE2\x80\x99Neil]");
    assert_string_equal(found("Jane Doe", "'Jane Doe'"), "[Jane Doe]"); /* not the quotes */
    assert_string_equal(found("Jane Doe", "Jane\xC2\xAD"
                                          "Doe"),
                        "none"); /* one word: a soft hyphen */
}

static void it_is_found_at_either_end_and_in_between(void **state)
{
    (void)state;
    assert_string_equal(found("Jane Doe", "Jane Doe"), "[Jane Doe]");
    assert_string_equal(replaced("Jane Doe", "Jane Doe"), "somebody");
    assert_string_equal(replaced("Jane Doe", "Jane Doe, chair"), "somebody, chair");
    assert_string_equal(replaced("Jane Doe", "chaired by Jane Doe"), "chaired by somebody");
    assert_string_equal(replaced("Jane Doe", "(Jane Doe; JANE DOE) and jane-doe"),
                        "(somebody; somebody) and somebody");
    assert_string_equal(replaced("Jane Doe", "CN=\"Jane Doe\""), "CN=\"somebody\"");
}

static void nobody_else_is_found(void **state)
{
    (void)state;
    const char *others[] = {
        "Jane Doering", "Mary-Jane Doering", "Janet Doe", "Jane A. Doe", "Doe Jane",  "Jane",
        "Doe",          "Jane Do e",         "",          "...",         "Sujane Doe"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_string_equal(found("Jane Doe", others[i]), "none");
        assert_string_equal(replaced("Jane Doe", others[i]), others[i]);
    }
    assert_string_equal(found("Doe Doe", "Doe, Doe Doe"), "[Doe, Doe]");
    assert_string_equal(found("Jane Jane Doe", "Jane Jane Jane Doe"), "[Jane Jane Doe]");
}

static void the_genitive_of_english_is_found_without_its_s(void **state)
{
    (void)state;
    assert_string_equal(replaced("Jane Doe", "Jane Doe's speech"), "somebody's speech");
    assert_string_equal(replaced("Jane Doe", "JANE DOE\xE2\x80\x99S speech"),
                        "somebody\xE2\x80\x99S speech");
    assert_string_equal(found("Jane Doe", "Jane's Doe"), "none");
    assert_string_equal(found("Ann Jo", "Ann Jo'rayeva"), "none");
    assert_string_equal(found("Jane Does", "Jane Doe's"), "[Jane Doe's]");
    assert_string_equal(found("S", "'s"), "[s]");
}

static void what_is_escaped_as_in_a_uri_is_found(void **state)
{
    (void)state;
    assert_string_equal(replaced("Jane Doe", "https://example.org/Jane%20Doe%20CV.pdf"),
                        "https://example.org/somebody%20CV.pdf");
    assert_string_equal(replaced("Яна", "https://example.org/?q=%D0%AF%D0%BD%D0%B0&p=1"),
                        "https://example.org/?q=somebody&p=1");
    assert_string_equal(replaced("Jane Doe", "100%, 5%00 %FF %zz Jane%20Doe%"),
                        "100%, 5%00 %FF %zz somebody%");
    assert_string_equal(found("Jane Doe", "Jane%2"), "none");
}

static void scripts_without_spaces_are_cut_by_the_dictionary(void **state)
{
    (void)state;
    assert_string_equal(replaced("東京", "私は東京です"), "私はsomebodyです");
    assert_string_equal(found("東京", "京東"), "none");
}

static void long_texts_are_looked_through_to_their_end(void **state)
{
    (void)state;
    char *text = arena_alloc(arena, 2 * MANY_WORDS + 1);
    memset(text, ' ', 2 * MANY_WORDS);
    for (size_t i = 0; i < MANY_WORDS; i++)
        text[2 * i] = 'a';
    text = arena_printf(arena, "%sJane Doe", text);
    assert_string_equal(found("Jane Doe", text), "[Jane Doe]");
}

static void what_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    assert_string_equal(replaced_within("Al", "Al жж", 10), "somebody ");
    assert_string_equal(replaced_within("Al", "Al ж", 11), "somebody ж");
    assert_string_equal(replaced_within("Al", "Al", 4), "some");
    /* cut so that the name is there again */
    assert_string_equal(replaced_within("Al Doe", "Al Doe, Al Doering", 16), "somebody, somebo");
}

static void a_name_is_compared_as_a_whole(void **state)
{
    (void)state;
    assert_true(is("Jane Doe", " jane  doe."));
    assert_true(is("Jane Doe", "JANE-DOE"));
    assert_false(is("Jane Doe", "Jane Doe PhD"));
    assert_false(is("Jane Doe", "Dr Jane Doe"));
    assert_false(is("Jane Doe", "Jane Doe Jane Doe"));
    assert_false(is("Jane Doe", ""));
    assert_true(is("Рустам Каримов", "Rustam Karimov"));
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    char many[2 * PERSON_NAME_WORDS_MAX + 3];
    char large[1024];
    for (size_t i = 0; i < sizeof many - 1; i++)
        many[i] = i % 2 ? ' ' : 'a';
    many[sizeof many - 1] = '\0';
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    const char *wrong[] = {"", " ", "...", "\"", "\xFF", many, large};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        problem_clear(&problem);
        assert_null(person_name_new(words, wrong[i], &problem));
        assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
        assert_words(problem.message, "is no name: it");
    }
    many[2 * PERSON_NAME_WORDS_MAX] = '\0';
    PersonName *person = person_name_new(words, many, &problem);
    assert_non_null(person);
    assert_true(person_name_is(person, many));
    assert_false(person_name_is(person, many + 2));
    person_name_destroy(&person);
    person_name_destroy(&person);
}

/* --- against a model --- */

typedef struct Piece {
    const char *text;
    const char *folded; /* NULL: it stands between words */
} Piece;

static const Piece pieces[] = {
    {"Jane", "jane"}, {"JANE", "jane"}, {"Doe", "doe"}, {"dóe", "doe"}, {"Doering", "doering"},
    {"Яна", "yana"},  {"yana", "yana"}, {"жж", "zhzh"}, {"7", "7"},     {"%", NULL},
    {"«", NULL},      {"—", NULL},      {"\n", NULL},   {"😀", NULL},    {"@", NULL},
};

/* Words and what stands between them, with a space around each; in `expected` the name is replaced
 * as whoever reads word by word would do it. */
static const char *draw(Random *random, const char *const *name, size_t count,
                        const char **expected)
{
    const Piece *drawn[PIECES_MAX];
    size_t length = random_below(random, PIECES_MAX + 1);
    const char *text = "";
    *expected = "";
    for (size_t i = 0; i < length; i++) {
        drawn[i] = &pieces[random_below(random, sizeof pieces / sizeof *pieces)];
        text = arena_printf(arena, "%s%s ", text, drawn[i]->text);
    }
    for (size_t i = 0; i < length;) {
        size_t at = i;
        size_t reached = 0;
        for (; at < length && reached < count; at++) {
            if (!drawn[at]->folded && reached > 0) continue;
            if (!drawn[at]->folded || strcmp(drawn[at]->folded, name[reached]) != 0) break;
            reached++;
        }
        bool is_name = reached == count;
        *expected = arena_printf(arena, "%s%s ", *expected, is_name ? "somebody" : drawn[i]->text);
        i = is_name ? at : i + 1;
    }
    return text;
}

static void random_texts_are_replaced_as_the_model_does(void **state)
{
    (void)state;
    static const char *const names[][3] = {
        {"jane", "doe"}, {"yana"}, {"jane", "jane", "doe"}, {"doe", "doe"}};
    static const char *const written[] = {"Jane Doe", "Яна", "Jane JANE doe", "Doe-Doe"};
    static const size_t counts[] = {2, 1, 3, 2};
    Random random = {20221126};
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        size_t which = random_below(&random, 4);
        const char *expected;
        const char *text = draw(&random, names[which], counts[which], &expected);
        assert_string_equal(replaced(written[which], text), expected);
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(case_marks_and_script_do_not_matter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_stands_between_its_words_does_not_matter, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_is_found_at_either_end_and_in_between, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nobody_else_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_genitive_of_english_is_found_without_its_s, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_escaped_as_in_a_uri_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scripts_without_spaces_are_cut_by_the_dictionary, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(long_texts_are_looked_through_to_their_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_long_is_cut_between_characters, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_compared_as_a_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_name_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_texts_are_replaced_as_the_model_does, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
