#include "daemon/bus/topics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_printed(const char *key, size_t length, const char *expected)
{
    char topic[TOPICS_BYTES_MAX + 1];
    assert_int_equal(topics_print(key, length, topic), strlen(expected));
    assert_string_equal(topic, expected);
}

static void a_topic_ends_with_what_no_value_has(void **state)
{
    (void)state;
    assert_printed("all", 3, "all;");
    assert_printed("country=UZ", 10, "country=UZ;");
    assert_printed("category=a;b", 12, "category=a%3Bb;");
    assert_printed("category=50% off", 16, "category=50%25 off;");
    assert_printed("city=a\x01\x1f\x7f", 9, "city=a%01%1F%7F;");
    assert_printed("city=a\0b", 8, "city=a%00b;");
    assert_printed("city=東京", 11, "city=東京;");
}

static void the_longest_key_has_room_when_all_of_it_is_escaped(void **state)
{
    (void)state;
    char key[FACET_KEY_MAX];
    char topic[TOPICS_BYTES_MAX + 1];
    memset(key, ';', sizeof key);
    assert_int_equal(topics_print(key, sizeof key, topic), TOPICS_BYTES_MAX);
}

static void persons_words_and_markings_are_no_topics(void **state)
{
    (void)state;
    FacetMask never = FACET_BIT(FACET_PERSON) | FACET_BIT(FACET_WORD) | FACET_BIT(FACET_STEM) |
                      FACET_BIT(FACET_AUDIENCE) | FACET_BIT(FACET_TLP) | FACET_BIT(FACET_REFERS);
    assert_true((TOPICS_FACETS & never) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_ends_with_what_no_value_has),
        cmocka_unit_test(the_longest_key_has_room_when_all_of_it_is_escaped),
        cmocka_unit_test(persons_words_and_markings_are_no_topics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
