/* What a change has changed is told as a person would say it. */
#include "clients/lib/telling.h"

#include "proto/diff.h"
#include "proto/json.h"
#include "tests/unit/proto/checks.h"

#include <jansson.h>
#include <stdlib.h>

enum { TEXT_SIZE = 512 };

typedef struct Case {
    const char *before; /* JSON of an event */
    const char *after;
    const char *told;
} Case;

static const Case cases[] = {
    {"{'title':'A','previousStart':'2022-03-03'}", "{'title':'B','category':'course'}",
     "category + course; title A → B"},
    {"{'schedule':{'start':'2022-03-03','end':'2022-03-04'}}",
     "{'schedule':{'start':'2022-03-04','end':'2022-03-05'},'previousStart':'2022-03-03'}",
     "when 3–4 Mar 2022 → 4–5 Mar 2022"},
    {"{'schedule':{'start':'2022-03-03T09:00:00','timeZone':'Asia/Tashkent'}}",
     "{'schedule':{'start':'2022-03-03T09:00:00','timeZone':'Asia/Almaty'}}",
     "when 3 Mar 2022 09:00 Asia/Tashkent → 3 Mar 2022 09:00 Asia/Almaty"},
    {"{'venue':{'city':'Tashkent','country':'UZ'}}",
     "{'venue':{'room':'5','name':'Palace','city':'Tashkent','country':'UZ'}}",
     "where Tashkent, UZ → 5, Palace, Tashkent, UZ"},
    {"{'format':'online'}", "{'format':'in_person','venue':{'city':'Almaty'}}",
     "format online → in_person; where + Almaty"},
    {"{'venue':{'city':'Almaty','latitude':43.0}}", "{'venue':{'city':'Almaty','latitude':43.5}}",
     "venue latitude 43.0 → 43.5"},
    {"{'status':'confirmed'}", "{'status':'cancelled','statusReason':'no quorum'}",
     "status confirmed → cancelled; status reason + no quorum"},
    {"{'participants':[{'name':'Ada'},{'name':'Bob'}]}",
     "{'participants':[{'name':'Bob','response':'accepted'}]}",
     "participant - Ada; Bob: response + accepted"},
    {"{'topics':['border','customs']}", "{'topics':['customs','terrorism']}",
     "topic - border; topic + terrorism"},
    {"{'organisations':[{'id':'unodc','role':'sponsor'}]}",
     "{'organisations':[{'id':'unodc','role':'organiser'},{'name':'OSCE'}]}",
     "unodc: role sponsor → organiser; organisation + OSCE"},
    {"{'title':'A'}", "{'title':'A'}", ""},
};

static Event *event_of(const char *quoted, Arena *arena)
{
    char text[TEXT_SIZE];
    ProtobufCMessage *message = NULL;
    Problem problem;
    problem_clear(&problem);
    (void)snprintf(text, sizeof text, "%s", quoted);
    for (char *at = text; *at; at++)
        if (*at == '\'') *at = '"';
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    StatusCode code =
        json_to_message(json, &plenary__v1__event__descriptor, arena, &message, &problem);
    json_decref(json);
    assert_int_equal(code, STATUS_OK);
    return (Event *)message;
}

static void tell(const Case *one, size_t most, char text[static TEXT_SIZE])
{
    Arena *arena = arena_new(1024 * 1024);
    const Event *before = event_of(one->before, arena);
    const Event *after = event_of(one->after, arena);
    const Difference *difference = diff_records(&before->base, &after->base, arena);
    assert_non_null(difference);
    telling_difference(&before->base, &after->base, difference, most, text, TEXT_SIZE);
    arena_destroy(&arena);
}

static void differences_are_told_as_a_person_would(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TEXT_SIZE];
        tell(&cases[i], 6, text);
        assert_string_equal(text, cases[i].told);
    }
}

static void what_is_too_much_is_counted(void **state)
{
    (void)state;
    char text[TEXT_SIZE];
    tell(&cases[0], 1, text);
    assert_string_equal(text, "category + course; and 1 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_told_as_a_person_would),
        cmocka_unit_test(what_is_too_much_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
