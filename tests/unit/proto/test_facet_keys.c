/* That a question's key is the index's key, whatever the value. */
#include "tests/unit/proto/facets_fixture.h"

enum {
    VALUE_MAX = 600,
    RANDOM_VALUES = 2000,
};

/* --- keys --- */

static void a_question_may_be_written_in_any_case(void **state)
{
    Fixture *fixture = *state;
    arena_reset(fixture->arena);
    static const struct {
        Facet facet;
        const char *value;
        const char *key;
    } rows[] = {
        {FACET_KIND, "Meeting", "kind=meeting"},
        {FACET_COUNTRY, "uz", "country=UZ"},
        {FACET_TLP, "AMBER_STRICT", "tlp=amber_strict"},
        {FACET_AUDIENCE, "Unit B", "audience=Unit B"},
        {FACET_CITY, "ТАШКЕНТ", "city=tashkent"},
        {FACET_ORG_SPONSOR, "UNODC", "org.sponsor=unodc"},
        {FACET_MONTH, "2022-03", "month=2022-03"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(facet_key(rows[i].facet, rows[i].value, fixture->words, fixture->arena),
                            rows[i].key);
    assert_string_equal(facet_key_other(FACET_CITY, "Aşgabat", fixture->words, fixture->arena),
                        "city=asgabat");
    assert_null(facet_key_other(FACET_CITY, "Ташкент", fixture->words, fixture->arena));
    assert_null(facet_key_other(FACET_AUDIENCE, "Aşgabat", fixture->words, fixture->arena));
}

static void a_long_value_is_hashed(void **state)
{
    Fixture *fixture = *state;
    char value[VALUE_MAX + 1];
    for (size_t length = 480; length < VALUE_MAX; length++) {
        arena_reset(fixture->arena);
        memset(value, 'x', length);
        value[length] = '\0';
        const char *key = facet_key(FACET_TOPIC, value, fixture->words, fixture->arena);
        bool fits = strlen("topic=") + length <= FACET_KEY_MAX;
        assert_int_equal(strlen(key), fits ? strlen("topic=") + length : strlen("topic=#") + 32);
        assert_int_equal(key[strlen("topic=")], fits ? 'x' : '#');
        value[length - 1] = 'y';
        assert_string_not_equal(key, facet_key(FACET_TOPIC, value, fixture->words, fixture->arena));
    }
    assert_string_not_equal(facet_key(FACET_TOPIC, value, fixture->words, fixture->arena) + 6,
                            facet_key(FACET_TOPIC, "other", fixture->words, fixture->arena) + 6);
}

static void a_full_arena_gives_no_key(void **state)
{
    Fixture *fixture = *state;
    Arena *small = arena_new(4);
    assert_non_null(small);
    assert_null(facet_key(FACET_CITY, "Tashkent", fixture->words, small));
    assert_null(facet_key(FACET_KIND, "meeting", fixture->words, small));
    arena_destroy(&small);
}

/* --- any value: the question meets the index --- */

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static void random_value(uint64_t *seed, char *value)
{
    static const char *const pieces[] = {
        "a",    "B", "z ", " ", "-", "'",  "\"", "ш", "Щ", "ь",  "Ъ", "қ", "Ғ", "ş",  "Ç", "ğ",
        "é",    "ß", "ə",  "ы", "ё", "北", "京", "٣", "ا", "ﷺ",  "№", "«", "»", "\t", ".", "=",
        "🙂", "ӷ", "ı",  "İ", "е", "тс", "ю",  "Œ", ",", "\n", "1", "É", "क", "ि",  "ท", "่",
    };
    size_t count = next_random(seed) % 4 ? next_random(seed) % 12 : next_random(seed) % 120;
    *value = '\0';
    for (size_t i = 0; i < count; i++)
        strcat(value, pieces[next_random(seed) % (sizeof pieces / sizeof *pieces)]);
}

/* Both keys of the question are among the keys of the record, and no other of that facet. */
static void expect_asked(Fixture *fixture, Facet facet, const char *value)
{
    const char *one = facet_key(facet, value, fixture->words, fixture->arena);
    const char *other = facet_key_other(facet, value, fixture->words, fixture->arena);
    assert_non_null(one);
    bool is_empty = strcmp(strchr(one, '='), "=") == 0;
    assert_true(is_empty || has(fixture, one));
    assert_true(!other || has(fixture, other));
    assert_in_range(count_of(fixture, facet), is_empty ? 0 : 1, other ? 2 : 1);
}

static void what_is_asked_is_what_is_kept(void **state)
{
    Fixture *fixture = *state;
    uint64_t seed = 7;
    for (int i = 0; i < RANDOM_VALUES; i++) {
        char value[VALUE_MAX * 2];
        random_value(&seed, value);
        Event event = PLENARY__V1__EVENT__INIT;
        Venue venue = PLENARY__V1__VENUE__INIT;
        Handling handling = PLENARY__V1__HANDLING__INIT;
        Participant person = PLENARY__V1__PARTICIPANT__INIT;
        Participant *people[] = {&person};
        Involvement part = PLENARY__V1__INVOLVEMENT__INIT;
        Involvement *parts[] = {&part};
        char *values[] = {value};
        event.title = event.category = event.series = event.part_of = value;
        event.topics = handling.audience = values;
        event.n_topics = handling.n_audience = 1;
        event.handling = &handling;
        venue.city = person.name = part.name = value;
        part.has_role = true;
        part.role = PLENARY__V1__INVOLVEMENT__ROLE__PARTNER;
        event.venue = &venue;
        event.participants = people;
        event.organisations = parts;
        event.n_participants = event.n_organisations = 1;
        take(fixture, &event, FACETS_EVERY);
        static const Facet asked[] = {FACET_CITY,    FACET_CATEGORY, FACET_SERIES,
                                      FACET_TOPIC,   FACET_PERSON,   FACET_ORG,
                                      FACET_PART_OF, FACET_AUDIENCE, FACET_ORG_PARTNER};
        for (size_t f = 0; f < sizeof asked / sizeof *asked; f++)
            expect_asked(fixture, asked[f], value);
    }
}

/* As a query looks for a word and its stem. */
static void ask_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)position;
    Fixture *fixture = context;
    char lent[2][WORDS_FOLDED_MAX + 1];
    strcpy(lent[0], word);
    strcpy(lent[1], stem ? stem : "");
    assert_true(has(fixture, facet_key(FACET_WORD, lent[0], fixture->words, fixture->arena)));
    if (stem)
        assert_true(has(fixture, facet_key(FACET_STEM, lent[1], fixture->words, fixture->arena)) ||
                    has(fixture, facet_key(FACET_WORD, lent[1], fixture->words, fixture->arena)));
}

static void every_word_asked_is_kept(void **state)
{
    Fixture *fixture = *state;
    uint64_t seed = 11;
    for (int i = 0; i < RANDOM_VALUES; i++) {
        char value[VALUE_MAX * 2];
        random_value(&seed, value);
        Event event = PLENARY__V1__EVENT__INIT;
        event.description = value;
        take(fixture, &event, FACETS_EVERY);
        words_each(fixture->words, value, ask_word, fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_may_be_written_in_any_case),
        cmocka_unit_test(a_long_value_is_hashed),
        cmocka_unit_test(a_full_arena_gives_no_key),
        cmocka_unit_test(what_is_asked_is_what_is_kept),
        cmocka_unit_test(every_word_asked_is_kept),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
