/* What a command line means, and what is said of one that means nothing. */
#include "clients/lib/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    FIND = 1,
    CHANGE = 2,
    WORDS_MAX = 12,
};

static const Option rows[] = {
    {"kind", 'k', "KIND", OPTION_NEGATABLE, FIND, "kind"},
    {"topic", 0, "TOPIC", OPTION_CLEARABLE | OPTION_ADDABLE, CHANGE, "topic"},
    {"limit", 'n', "COUNT", 0, FIND, "count"},
    {"reverse", 'r', NULL, 0, FIND, "reverse"},
    {"quiet", 'q', NULL, 0, FIND | CHANGE, "quiet"},
    {"no-input", 0, NULL, 0, FIND | CHANGE, "never ask"},
    {NULL, 0, NULL, 0, 0, NULL},
};

static const Option *const all[] = {rows};
static const OptionTables tables = {all, 1};

typedef struct Line {
    char *argv[WORDS_MAX];
    int argc;
} Line;

static Line line_of(const char *const *words)
{
    Line line = {.argv = {(char *)(uintptr_t) "program"}, .argc = 1};
    for (; *words; words++)
        line.argv[line.argc++] = (char *)(uintptr_t)*words;
    return line;
}

#define LINE(...) line_of((const char *const[]){__VA_ARGS__, NULL})

static Arguments *read_line(Line line, OptionGroups groups)
{
    char message[OPTIONS_MESSAGE_SIZE] = "";
    Arguments *arguments = arguments_read(&tables, groups, "verb", line.argc, line.argv, message);
    if (!arguments) print_error("%s\n", message);
    return arguments;
}

static void assert_refused(Line line, OptionGroups groups, const char *expected)
{
    char message[OPTIONS_MESSAGE_SIZE] = "";
    assert_null(arguments_read(&tables, groups, "verb", line.argc, line.argv, message));
    assert_string_equal(message, expected);
}

static void options_stand_before_and_after_words(void **state)
{
    (void)state;
    Arguments *it =
        read_line(LINE("--kind", "meeting", "list", "-n5", "x", "--limit=7", "-rq"), FIND);
    assert_non_null(it);
    assert_int_equal(it->word_count, 2);
    assert_string_equal(it->words[0], "list");
    assert_string_equal(it->words[1], "x");
    assert_string_equal(arguments_value(it, "kind"), "meeting");
    assert_string_equal(arguments_value(it, "limit"), "7"); /* the last counts */
    assert_true(arguments_have(it, "reverse"));
    assert_true(arguments_have(it, "quiet"));
    assert_false(arguments_have(it, "no-input"));
    assert_int_equal(arguments_count(it, FIND), 5);
    arguments_destroy(&it);
    assert_null(it);
}

static void what_follows_two_dashes_is_words(void **state)
{
    (void)state;
    Arguments *it = read_line(LINE("-q", "--", "--kind", "-n"), FIND);
    assert_non_null(it);
    assert_int_equal(it->word_count, 2);
    assert_string_equal(it->words[0], "--kind");
    arguments_destroy(&it);
}

static void one_dash_alone_is_a_word(void **state)
{
    (void)state;
    Arguments *it = read_line(LINE("-", "-k", "-"), FIND);
    assert_non_null(it);
    assert_int_equal(it->word_count, 1);
    assert_string_equal(arguments_value(it, "kind"), "-");
    arguments_destroy(&it);
}

static void an_option_has_the_manners_of_its_row(void **state)
{
    (void)state;
    Arguments *it = read_line(
        LINE("--add-topic", "a", "--remove-topic=b", "--no-topic", "--topic", ""), CHANGE);
    assert_non_null(it);
    assert_int_equal(it->given_count, 4);
    assert_int_equal(it->given[0].manner, OPTION_ADD);
    assert_string_equal(it->given[0].value, "a");
    assert_int_equal(it->given[1].manner, OPTION_REMOVE);
    assert_string_equal(it->given[1].value, "b");
    assert_int_equal(it->given[2].manner, OPTION_NO);
    assert_string_equal(arguments_value(it, "topic"), "");
    arguments_destroy(&it);

    it = read_line(LINE("--not-kind", "training", "--no-input"), FIND);
    assert_non_null(it);
    assert_int_equal(it->given[0].manner, OPTION_NOT);
    assert_null(arguments_value(it, "kind")); /* it is not asked for plainly */
    assert_int_equal(it->given[1].manner, OPTION_PLAIN);
    arguments_destroy(&it);
}

static void what_is_wrong_is_told_with_what_was_meant(void **state)
{
    (void)state;
    assert_refused(LINE("--kond", "x"), FIND, "unknown option --kond; did you mean --kind?");
    assert_refused(LINE("--not-kin", "x"), FIND,
                   "unknown option --not-kin; did you mean --not-kind?");
    assert_refused(LINE("--zzzzzz"), FIND, "unknown option --zzzzzz");
    assert_refused(LINE("-z"), FIND, "unknown option -z");
    assert_refused(LINE("--topic", "x"), FIND, "\"verb\" takes no option --topic");
    assert_refused(LINE("-r"), CHANGE, "\"verb\" takes no option -r");
    assert_refused(LINE("--limit"), FIND, "--limit needs a value: COUNT");
    assert_refused(LINE("-n"), FIND, "--limit needs a value: COUNT");
    assert_refused(LINE("--reverse=yes"), FIND, "--reverse takes no value");
    assert_refused(LINE("--no-topic=x"), CHANGE, "--no-topic takes no value");
    assert_refused(LINE("--no-kind"), FIND, "unknown option --no-kind; did you mean --not-kind?");
}

static void the_verb_is_found_behind_options_and_their_values(void **state)
{
    (void)state;
    const char *words[2] = {NULL, NULL};
    Line line = LINE("--unknown", "-k", "meeting", "--limit=2", "org", "--topic", "x", "list", "y");
    assert_int_equal(options_peek(&tables, line.argc, line.argv, words, 2), 2);
    assert_string_equal(words[0], "org");
    assert_string_equal(words[1], "list");
}

static void check_typed(Line line, TypedPart part, const char *text, size_t lead,
                        const char *option)
{
    Typed typed = {.part = TYPED_WORD};
    Arguments *before = arguments_typed(&tables, FIND | CHANGE, line.argc, line.argv, &typed);
    assert_non_null(before);
    assert_int_equal(typed.part, part);
    assert_string_equal(typed.text, text);
    assert_int_equal(typed.lead, lead);
    if (option) assert_string_equal(typed.of.option->name, option);
    arguments_destroy(&before);
}

static void what_is_still_being_typed_is_told_apart(void **state)
{
    (void)state;
    check_typed(LINE("list", "x"), TYPED_WORD, "x", 0, NULL);
    check_typed(LINE("list", ""), TYPED_WORD, "", 0, NULL);
    check_typed(LINE("list", "--"), TYPED_NAME, "--", 0, NULL);
    check_typed(LINE("list", "-"), TYPED_NAME, "-", 0, NULL);
    check_typed(LINE("list", "--ki"), TYPED_NAME, "--ki", 0, NULL);
    check_typed(LINE("list", "--kind", "me"), TYPED_VALUE, "me", 0, "kind");
    check_typed(LINE("list", "--kind=me"), TYPED_VALUE, "me", 7, "kind");
    check_typed(LINE("list", "--add-topic", "to"), TYPED_VALUE, "to", 0, "topic");
    check_typed(LINE("list", "-kme"), TYPED_VALUE, "me", 2, "kind");
    check_typed(LINE("list", "-rn", "1"), TYPED_VALUE, "1", 0, "limit");
    check_typed(LINE("list", "-q", "x"), TYPED_WORD, "x", 0, NULL);
    check_typed(LINE("list", "--quiet=x"), TYPED_NAME, "--quiet=x", 0, NULL);
    check_typed(LINE("list", "--no-topic", "x"), TYPED_WORD, "x", 0, NULL);
    check_typed(LINE("list", "--unknown", "--kind"), TYPED_NAME, "--kind", 0, NULL);
    check_typed(LINE("list", "--", "--kind"), TYPED_WORD, "--kind", 0, NULL);
    check_typed(LINE("--kind", "--"), TYPED_VALUE, "--", 0, "kind");
}

static void what_stands_before_it_is_read(void **state)
{
    (void)state;
    Typed typed;
    Line line = LINE("list", "--kind=a", "--unknown", "x", "--topic", "y", "--limit", "2");
    Arguments *before = arguments_typed(&tables, FIND | CHANGE, line.argc, line.argv, &typed);
    assert_non_null(before);
    assert_int_equal(before->word_count, 2);
    assert_string_equal(before->words[1], "x");
    assert_string_equal(arguments_value(before, "kind"), "a");
    assert_string_equal(arguments_value(before, "topic"), "y");
    assert_null(arguments_value(before, "limit"));
    arguments_destroy(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_before_and_after_words),
        cmocka_unit_test(what_follows_two_dashes_is_words),
        cmocka_unit_test(one_dash_alone_is_a_word),
        cmocka_unit_test(an_option_has_the_manners_of_its_row),
        cmocka_unit_test(what_is_wrong_is_told_with_what_was_meant),
        cmocka_unit_test(the_verb_is_found_behind_options_and_their_values),
        cmocka_unit_test(what_is_still_being_typed_is_told_apart),
        cmocka_unit_test(what_stands_before_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
