/* What two events cannot both have, pair by pair. */
#include "daemon/registry/clash.h"

#include "proto/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CLASHES_MAX = 16 };

typedef struct Fixture {
    ClashContext context;
    Directory *directory;
    Clash *clashes[CLASHES_MAX];
    size_t count;
} Fixture;

static int begin(void **state)
{
    Fixture *self = test_calloc(1, sizeof *self);
    self->context =
        (ClashContext){.words = words_new(), .zones = zones_new(), .arena = arena_new(16 << 20)};
    self->directory = directory_new(self->context.words);
    self->context.directory = self->directory;
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    directory_destroy(&self->directory);
    words_destroy(&self->context.words);
    zones_destroy(&self->context.zones);
    arena_destroy(&self->context.arena);
    test_free(self);
    return 0;
}

static ClashSide side_of(const Fixture *self, const char *text)
{
    Problem problem;
    ProtobufCMessage *message = NULL;
    ClashSide side;
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json) fail_msg("%s: %s", text, error.text);
    problem_clear(&problem);
    if (json_to_message(json, &plenary__v1__event__descriptor, self->context.arena, &message,
                        &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    json_decref(json);
    assert_true(clash_prepare(&self->context, (const Event *)message, &side));
    return side;
}

/* What the two share, told from the first one's side; found from either. */
static void compare(Fixture *self, const char *one, const char *other)
{
    ClashSide left = side_of(self, one);
    ClashSide right = side_of(self, other);
    Clash *back[CLASHES_MAX];
    size_t found = 0;
    Overlap when = {.looked_at = 0};
    self->count = 0;
    assert_true(clash_find(&self->context, &right, &left, &when, back, &found));
    assert_true(clash_find(&self->context, &left, &right, &when, self->clashes, &self->count));
    assert_int_equal(found, self->count);
}

static const char *what(Fixture *self)
{
    const char *text = "";
    for (size_t i = 0; i < self->count; i++)
        text = arena_printf(self->context.arena, "%s%s%s", text,
                            self->clashes[i]->possible ? "?" : "!", self->clashes[i]->subject);
    return text;
}

#define DAY          "\"schedule\":{\"start\":\"2022-03-03\"}"
#define AT(venue)    "{" DAY ",\"venue\":{" venue "}}"
#define WITH(person) "{" DAY ",\"participants\":[{" person "}]}"

typedef struct Case {
    const char *one, *other;
    const char *expected; /* ! certainly, ? possibly */
} Case;

static void check(Fixture *self, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        compare(self, cases[i].one, cases[i].other);
        if (strcmp(what(self), cases[i].expected) != 0)
            fail_msg("%s and %s: \"%s\"", cases[i].one, cases[i].other, what(self));
    }
}

#define CHECK(self, cases) check(self, cases, sizeof(cases) / sizeof *(cases))

static void one_room_is_one_by_venue_room_and_city(void **state)
{
    static const Case cases[] = {
        {AT("\"name\":\"Hall\""), AT("\"name\":\"HALL\""), "!Hall"},
        {AT("\"name\":\"Hall\",\"room\":\"5\""), AT("\"name\":\"hall\",\"room\":\"5\""),
         "!Hall, 5"},
        {AT("\"name\":\"Hall\",\"room\":\"5\""), AT("\"name\":\"Hall\",\"room\":\"6\""), ""},
        {AT("\"name\":\"Hall\",\"room\":\"5\""), AT("\"name\":\"Hall\""), ""},
        {AT("\"name\":\"Hall\",\"city\":\"Osh\""), AT("\"name\":\"Hall\",\"city\":\"Termez\""), ""},
        {AT("\"name\":\"Hall\",\"city\":\"Ташкент\""),
         AT("\"name\":\"Hall\",\"city\":\"Tashkent\""), "!Hall"},
        {AT("\"name\":\"Hall\",\"city\":\"Osh\""), AT("\"name\":\"Hall\""), "!Hall"},
        {AT("\"name\":\"Aşgabat\""), AT("\"name\":\"Asgabat\""), "!Aşgabat"},
        {AT("\"room\":\"5\""), AT("\"room\":\"5\""), ""},
        {AT("\"city\":\"Osh\""), AT("\"city\":\"Osh\""), ""},
        {AT("\"name\":\"Hall\""), "{" DAY "}", ""},
        {"{" DAY ",\"format\":\"online\",\"venue\":{\"name\":\"Zoom\"}}",
         "{" DAY ",\"format\":\"online\",\"venue\":{\"name\":\"Zoom\"}}", ""},
    };
    CHECK(*state, cases);
}

static void a_person_counts_where_they_come_in_person(void **state)
{
    static const Case cases[] = {
        {WITH("\"name\":\"Jane Doe\""), WITH("\"name\":\"JANE  DOE\""), "!Jane Doe"},
        {WITH("\"name\":\"Ырысбек\""), WITH("\"name\":\"Yrysbek\""), "!Ырысбек"},
        {WITH("\"name\":\"Jane Doe\""), WITH("\"name\":\"Jane Roe\""), ""},
        {WITH("\"name\":\"Jane\""), WITH("\"name\":\"Jane\",\"mode\":\"online\""), ""},
        {WITH("\"name\":\"Jane\",\"mode\":\"in_person\""), WITH("\"name\":\"Jane\""), "!Jane"},
        {WITH("\"name\":\"Jane\""), WITH("\"name\":\"Jane\",\"response\":\"declined\""), ""},
        {WITH("\"name\":\"Jane\""), WITH("\"name\":\"Jane\",\"response\":\"tentative\""), "?Jane"},
        {WITH("\"name\":\"Jane\""), WITH("\"name\":\"Jane\",\"attendance\":\"excused\""), ""},
        {WITH("\"name\":\"Jane\""), WITH("\"name\":\"Jane\",\"attendance\":\"present\""), "!Jane"},
        {WITH("\"name\":\"Jane\""),
         "{" DAY ",\"format\":\"online\",\"participants\":[{\"name\":\"Jane\"}]}", ""},
        {WITH("\"name\":\"Jane\""),
         "{" DAY ",\"format\":\"hybrid\",\"participants\":[{\"name\":\"Jane\"}]}", "?Jane"},
        {WITH("\"name\":\"Jane\""),
         "{" DAY ",\"format\":\"hybrid\",\"participants\":[{\"name\":\"Jane\",\"mode\":"
         "\"in_person\"}]}",
         "!Jane"},
        /* named twice, once as surely */
        {WITH("\"name\":\"Jane\""),
         "{" DAY ",\"participants\":[{\"name\":\"Jane\",\"response\":\"tentative\"},"
         "{\"name\":\"JANE\"}]}",
         "!Jane"},
        {"{" DAY ",\"participants\":[{\"name\":\"B\"},{\"name\":\"A\"},{\"name\":\"C\"}]}",
         "{" DAY ",\"participants\":[{\"name\":\"C\"},{\"name\":\"a\"}]}", "!A!C"},
    };
    CHECK(*state, cases);
}

#define LEADS(name, of)                                                                            \
    "{\"name\":\"" name "\",\"role\":\"head_of_delegation\",\"organisation\":\"" of "\"}"
#define COMES(name)    "{\"name\":\"" name "\"}"
#define PEOPLE(people) "{" DAY ",\"participants\":[" people "]}"

static void know(Fixture *self, const char *id, const char *name, const char *acronym)
{
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    organisation.id = (char *)(uintptr_t)id;
    organisation.name = (char *)(uintptr_t)name;
    organisation.acronym = (char *)(uintptr_t)acronym;
    assert_true(directory_put(self->directory, &organisation, 1));
}

static void one_organisations_delegations_clash_possibly_under_different_heads(void **state)
{
    static const Case cases[] = {
        {PEOPLE(LEADS("Ann", "unodc")), PEOPLE(LEADS("Bob", "unodc")), "?unodc"},
        {PEOPLE(LEADS("Ann", "unodc")), PEOPLE(LEADS("Bob", "Drugs Office")), "?unodc"},
        {PEOPLE(LEADS("Ann", "ДРАГС Office")), PEOPLE(LEADS("Bob", "drags office")),
         "?ДРАГС Office"},
        {PEOPLE(LEADS("Ann", "unodc")), PEOPLE(LEADS("Bob", "Customs")), ""},
        {PEOPLE(LEADS("Ann", "unodc")), PEOPLE(COMES("Bob")), ""},
        /* one head in two places is one person in two places */
        {PEOPLE(LEADS("Ann", "unodc")), PEOPLE(LEADS("ANN", "unodc")), "!Ann"},
        {PEOPLE(LEADS("Ann", "unodc")), PEOPLE(LEADS("Bob", "unodc") "," COMES("Ann")), "!Ann"},
        {PEOPLE(LEADS("Ann", "unodc") "," COMES("Cyd")),
         PEOPLE(LEADS("Bob", "unodc") "," COMES("Cyd")), "!Cyd?unodc"},
        /* two heads are one delegation's, and two delegations are two */
        {PEOPLE(LEADS("Ann", "unodc") "," LEADS("Bob", "Drugs Office")),
         PEOPLE(LEADS("Cyd", "unodc")), "?unodc"},
        {PEOPLE(LEADS("Ann", "unodc") "," LEADS("Bob", "Customs")),
         PEOPLE(LEADS("Cyd", "customs") "," LEADS("Dan", "Drugs Office")), "?Customs?unodc"},
        /* a name of two organisations means both */
        {PEOPLE(LEADS("Ann", "MVD")), PEOPLE(LEADS("Bob", "mvd-kz")), "?MVD"},
        /* who leads from elsewhere is not there */
        {PEOPLE(LEADS("Ann", "unodc")),
         PEOPLE("{\"name\":\"Bob\",\"role\":\"head_of_delegation\",\"organisation\":\"unodc\","
                "\"mode\":\"online\"}"),
         ""},
    };
    know(*state, "unodc", "Drugs Office", "UNODC");
    know(*state, "mvd-kz", "Ministry of the Interior", "MVD");
    know(*state, "mvd-kg", "Ministry of Internal Affairs", "MVD");
    CHECK(*state, cases);
}

#define WHEN(schedule) "{\"schedule\":{" schedule "},\"venue\":{\"name\":\"Hall\"}}"
#define ZONED(start, end, zone)                                                                    \
    WHEN("\"start\":\"" start "\",\"end\":\"" end "\",\"timeZone\":\"" zone "\"")
#define FLOATING(start, end) WHEN("\"start\":\"" start "\",\"end\":\"" end "\"")

static void times_overlap_as_clocks_say(void **state)
{
    static const Case cases[] = {
        {FLOATING("2022-03-03T09:00", "2022-03-03T10:00"),
         FLOATING("2022-03-03T09:59", "2022-03-03T11:00"), "!Hall"},
        {FLOATING("2022-03-03T09:00", "2022-03-03T10:00"),
         FLOATING("2022-03-03T10:00", "2022-03-03T11:00"), ""},
        /* one without length is there for a moment */
        {WHEN("\"start\":\"2022-03-03T09:00\""), FLOATING("2022-03-03T08:00", "2022-03-03T10:00"),
         "!Hall"},
        {WHEN("\"start\":\"2022-03-03T09:00\""), WHEN("\"start\":\"2022-03-03T09:00\""), "!Hall"},
        {WHEN("\"start\":\"2022-03-03T10:00\""), FLOATING("2022-03-03T08:00", "2022-03-03T10:00"),
         ""},
        /* both have zones: 09:00 in Tashkent is 04:00 in UTC */
        {ZONED("2022-03-03T09:00", "2022-03-03T10:00", "Asia/Tashkent"),
         ZONED("2022-03-03T04:30", "2022-03-03T05:30", "Etc/UTC"), "!Hall"},
        {ZONED("2022-03-03T09:00", "2022-03-03T10:00", "Asia/Tashkent"),
         ZONED("2022-03-03T09:00", "2022-03-03T10:00", "Etc/UTC"), ""},
        /* a day apart on the wall, and yet at once */
        {ZONED("2022-03-04T01:00", "2022-03-04T02:00", "Pacific/Kiritimati"),
         ZONED("2022-03-03T01:00", "2022-03-03T02:00", "Pacific/Honolulu"), "!Hall"},
        /* one of them floats: by the wall */
        {ZONED("2022-03-03T09:00", "2022-03-03T10:00", "Asia/Tashkent"),
         FLOATING("2022-03-03T09:30", "2022-03-03T10:30"), "!Hall"},
        /* whole days are days on the wall, their last one included */
        {WHEN("\"start\":\"2022-03-01\",\"end\":\"2022-03-03\""),
         ZONED("2022-03-03T23:30", "2022-03-03T23:59", "Asia/Tashkent"), "!Hall"},
        {WHEN("\"start\":\"2022-03-01\",\"end\":\"2022-03-03\""),
         ZONED("2022-03-04T00:00", "2022-03-04T01:00", "Asia/Tashkent"), ""},
        {WHEN("\"start\":\"2022-03-03\",\"timeZone\":\"Asia/Tashkent\""),
         WHEN("\"start\":\"2022-03-03\",\"timeZone\":\"America/New_York\""), "!Hall"},
    };
    CHECK(*state, cases);
}

#define STATUS_OF(status) "{" DAY ",\"status\":\"" status "\",\"venue\":{\"name\":\"Hall\"}}"

static void what_may_not_come_to_it_is_possible(void **state)
{
    static const Case cases[] = {
        {STATUS_OF("confirmed"), STATUS_OF("held"), "!Hall"},
        {STATUS_OF("confirmed"), STATUS_OF("tentative"), "?Hall"},
        {STATUS_OF("postponed"), STATUS_OF("confirmed"), "?Hall"},
        {STATUS_OF("cancelled"), STATUS_OF("confirmed"), ""},
        {AT("\"name\":\"Hall\""),
         WHEN("\"start\":\"2022-03-01\",\"end\":\"2022-03-30\",\"approximate\":true"), "?Hall"},
    };
    CHECK(*state, cases);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_room_is_one_by_venue_room_and_city),
        TEST(a_person_counts_where_they_come_in_person),
        TEST(one_organisations_delegations_clash_possibly_under_different_heads),
        TEST(times_overlap_as_clocks_say),
        TEST(what_may_not_come_to_it_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
