#include "daemon/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void set_defaults(Config *config)
{
    static Paths paths = {.data = "/srv/data", .run = "/srv/run", .config = "/srv/plenaryd.zpl"};
    config_defaults(config, &paths);
}

static StatusCode parse(const char *text, Config *config, Problem *problem)
{
    problem_clear(problem);
    set_defaults(config);
    return config_parse(config, text, strlen(text), problem);
}

static void assert_refused(const char *text, const char *message)
{
    static Config config;
    Problem problem;
    assert_int_equal(parse(text, &config, &problem), STATUS_INVALID_ARGUMENT);
    assert_string_equal(problem.message, message);
}

static void without_a_file_every_key_has_its_default(void **state)
{
    (void)state;
    static Config config;
    set_defaults(&config);
    assert_string_equal(config.data, "/srv/data");
    assert_string_equal(config.run, "/srv/run");
    assert_int_equal(config.fold_keys, 2000);
    assert_int_equal(config.fold_pause_ms, 2);
    assert_int_equal(config.journal_map_mib, 64 * 1024);
    assert_true(config.delta_max_mib >= 2 * config.delta_freeze_mib);
}

static void what_the_file_says_counts(void **state)
{
    (void)state;
    static Config config;
    Problem problem;
    assert_int_equal(parse("# ours\n"
                           "views\n"
                           "    fold_keys = 500\n"
                           "\n"
                           "    # calmly\n"
                           "    fold_pause_ms = 10\n"
                           "folders\n"
                           "    data = \"/srv/the # registry\"\n",
                           &config, &problem),
                     STATUS_OK);
    assert_int_equal(config.fold_keys, 500);
    assert_int_equal(config.fold_pause_ms, 10);
    assert_string_equal(config.data, "/srv/the # registry");
    assert_string_equal(config.run, "/srv/run");
}

static void an_empty_file_changes_nothing(void **state)
{
    (void)state;
    static Config config;
    static Config usual;
    Problem problem;
    set_defaults(&usual);
    assert_int_equal(parse("", &config, &problem), STATUS_OK);
    assert_memory_equal(&config, &usual, sizeof usual);
    assert_int_equal(parse("# nothing\n\n", &config, &problem), STATUS_OK);
    assert_memory_equal(&config, &usual, sizeof usual);
}

static void an_unknown_key_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused("views\n    fold_kyes = 1\n",
                   "line 2: there is no key views/fold_kyes; do you mean views/fold_keys?");
    assert_refused("\nbanana\n    peel = 1\n", "line 2: there is no key banana");
    assert_refused("views = 3\n", "line 1: there is no key views");
}

static void a_value_out_of_bounds_is_refused(void **state)
{
    (void)state;
    assert_refused("views\n    fold_keys = 0\n",
                   "line 2: views/fold_keys: \"0\" is not a whole number from 1 to 1000000");
    assert_refused("views\n    fold_keys = -1\n",
                   "line 2: views/fold_keys: \"-1\" is not a whole number from 1 to 1000000");
    assert_refused("views\n    fold_keys = 10k\n",
                   "line 2: views/fold_keys: \"10k\" is not a whole number from 1 to 1000000");
    assert_refused("views\n    fold_keys = 99999999999999999999999\n",
                   "line 2: views/fold_keys: \"99999999999999999999999\" is not a whole number "
                   "from 1 to 1000000");
    assert_refused("folders\n    data = here\n",
                   "line 2: folders/data: it is not a whole path, from \"/\" on");
    assert_refused("views\n    fold_keys\n", "line 2: views/fold_keys has no value");
    assert_refused("views\n    delta_freeze_mib = 100\n",
                   "views/delta_max_mib must be twice views/delta_freeze_mib or more");
}

/* Each of these zconfig takes without a word, or drops the whole file for. */
static void the_network_is_closed_unless_both_addresses_are_named(void **state)
{
    (void)state;
    static Config config;
    Problem problem;
    set_defaults(&config);
    assert_string_equal(config.network_requests, "");
    assert_int_equal(parse("network\n"
                           "    requests = \"tcp://[::1]:5570\"\n"
                           "    stream = \"tcp://*:5571\"\n",
                           &config, &problem),
                     STATUS_OK);
    assert_string_equal(config.network_requests, "tcp://[::1]:5570");
    assert_string_equal(config.network_stream, "tcp://*:5571");
    assert_refused("network\n    requests = \"tcp://[::1]:5570\"\n",
                   "network/requests and network/stream: one without the other is of no use");
    assert_refused("network\n    stream = \"tcp://eth0:5570\"\n",
                   "line 2: network/stream: \"tcp://eth0:5570\" is not tcp://ADDRESS:PORT, as "
                   "tcp://10.0.0.5:5570");
    assert_refused("network\n    stream = \"tcp://10.0.0.5:99999\"\n",
                   "line 2: network/stream: \"tcp://10.0.0.5:99999\" is not tcp://ADDRESS:PORT, as "
                   "tcp://10.0.0.5:5570");
}

static void what_zconfig_would_misread_is_refused(void **state)
{
    (void)state;
    assert_refused("views\n    fold_keys = 5\n    fold_keys = 6\n",
                   "line 3: views/fold_keys was there before, in line 2");
    assert_refused("views\nviews\n", "line 2: views was there before, in line 1");
    assert_refused("folders\n    data = /srv/a#b\n",
                   "line 2: quote a value that has a \"#\", or put the comment in a line of its "
                   "own");
    assert_refused("views\n  fold_keys = 5\n", "line 2: indent by 4 spaces a level");
    assert_refused("views\n\tfold_keys = 5\n",
                   "line 2: there is a tab or another control character");
    assert_refused("views\n        fold_keys = 5\n", "line 2: it is indented too far");
    assert_refused("    fold_keys = 5\n", "line 1: it is indented too far");
    assert_refused("views\n    fold_keys = 5\n        x = 1\n", "line 3: it is indented too far");
    assert_refused("views\n    fold_keys =\n", "line 2: there is no value after the \"=\"");
    assert_refused("views\n    fold_keys 5\n", "line 2: \"=\" is missing after the name");
    assert_refused("views\n    fold_keys = \"5\n", "line 2: a quote is not closed");
    assert_refused("views\n    fold_keys = \"5\" 6\n",
                   "line 2: something follows the closing quote");
    assert_refused("Views\n", "line 1: a name has only lower-case letters, digits and \"_\"");
    assert_refused("views\n    fold_keys = \xff\n", "it is not UTF-8 text");
}

static void an_absent_file_is_told_from_a_bad_one(void **state)
{
    (void)state;
    static Config config;
    Problem problem;
    problem_clear(&problem);
    set_defaults(&config);
    assert_int_equal(config_load(&config, "/nonexistent/plenaryd.zpl", &problem), STATUS_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_every_key_has_its_default),
        cmocka_unit_test(what_the_file_says_counts),
        cmocka_unit_test(an_empty_file_changes_nothing),
        cmocka_unit_test(an_unknown_key_is_refused_with_its_line),
        cmocka_unit_test(a_value_out_of_bounds_is_refused),
        cmocka_unit_test(the_network_is_closed_unless_both_addresses_are_named),
        cmocka_unit_test(what_zconfig_would_misread_is_refused),
        cmocka_unit_test(an_absent_file_is_told_from_a_bad_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
