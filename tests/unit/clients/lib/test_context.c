/* Where registries are, under names: files that a person may write too, and which one is meant. */
#include "clients/lib/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    PATH_SIZE = 256,
    TEXT_SIZE = 8192,
};

#define REQUESTS "tcp://registry.example.org:5570"
#define STREAM   "tcp://registry.example.org:5571"
#define KEY_PATH "/home/azamat/azamat.key"

typedef struct Bench {
    char home[PATH_SIZE];
    char folder[PATH_SIZE]; /* of the state; it is not there at first */
    char server_key[CURVE_TEXT_SIZE];
    Problem problem;
} Bench;

static int set_up(void **state)
{
    static const uint8_t secret[CURVE_KEY_BYTES] = {7, 1, 2, 3};
    Bench *bench = calloc(1, sizeof *bench);
    CurvePair pair;
    assert_non_null(bench);
    (void)snprintf(bench->home, sizeof bench->home, "/tmp/plenary-context.XXXXXX");
    assert_non_null(mkdtemp(bench->home));
    (void)snprintf(bench->folder, sizeof bench->folder, "%.200s/state", bench->home);
    curve_pair_make(secret, &pair);
    memcpy(bench->server_key, pair.public_key, sizeof bench->server_key);
    assert_int_equal(unsetenv("PLENARY_CONTEXT"), 0);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    char command[PATH_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf %s", bench->home);
    assert_int_equal(system(command), 0);
    free(bench);
    return 0;
}

/* --- the tests' own tools --- */

static Context office(const Bench *bench)
{
    Context context = {.requests = REQUESTS, .stream = STREAM, .key = KEY_PATH};
    memcpy(context.server_key, bench->server_key, sizeof context.server_key);
    return context;
}

static StatusCode add(Bench *bench, const char *name)
{
    Context context = office(bench);
    problem_clear(&bench->problem);
    return context_add(bench->folder, name, &context, &bench->problem);
}

static StatusCode read_one(Bench *bench, const char *name, Context *context)
{
    problem_clear(&bench->problem);
    return context_read(bench->folder, name, context, &bench->problem);
}

static void path_of(const Bench *bench, const char *name, char path[static PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%.200s/%.50s", bench->folder, name);
}

static void write_bytes(const Bench *bench, const char *name, const char *bytes, size_t size)
{
    char path[PATH_SIZE];
    path_of(bench, name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The file of "office" has this text. */
static void write_office(Bench *bench, const char *before, const char *key, const char *after)
{
    char text[TEXT_SIZE];
    int size = snprintf(text, sizeof text, "%s%s%s", before, key, after);
    write_bytes(bench, "contexts/office", text, (size_t)size);
}

static void says(const Bench *bench, const char *part)
{
    if (!strstr(bench->problem.message, part))
        fail_msg("\"%s\" does not say \"%s\"", bench->problem.message, part);
}

static const char *in_use(Bench *bench)
{
    static char name[CONTEXT_NAME_SIZE];
    problem_clear(&bench->problem);
    assert_int_equal(context_in_use(bench->folder, name, &bench->problem), STATUS_OK);
    return name;
}

static StatusCode find(Bench *bench, const char *name, bool *is_local, Context *context)
{
    problem_clear(&bench->problem);
    return context_find(bench->folder, name, is_local, context, &bench->problem);
}

/* Which one is meant where this is asked for. */
static void assert_meant(Bench *bench, const char *name, const char *expected)
{
    bool is_local = true;
    Context context = {.name = "local"};
    assert_int_equal(find(bench, name, &is_local, &context), STATUS_OK);
    assert_int_equal(is_local, strcmp(expected, "local") == 0);
    assert_string_equal(context.name, expected);
}

/* --- reading and writing --- */

static void what_was_written_is_read(void **state)
{
    Bench *bench = *state;
    Context context;
    assert_int_equal(add(bench, "office"), STATUS_OK);
    assert_int_equal(read_one(bench, "office", &context), STATUS_OK);
    assert_string_equal(context.name, "office");
    assert_string_equal(context.requests, REQUESTS);
    assert_string_equal(context.stream, STREAM);
    assert_string_equal(context.server_key, bench->server_key);
    assert_string_equal(context.key, KEY_PATH);
}

static void the_files_are_their_owners_alone(void **state)
{
    Bench *bench = *state;
    char path[PATH_SIZE];
    struct stat about;
    mode_t before = umask(0);
    assert_int_equal(add(bench, "office"), STATUS_OK);
    assert_int_equal(context_use(bench->folder, "office", &bench->problem), STATUS_OK);
    (void)umask(before);
    static const struct {
        const char *name;
        mode_t mode;
    } expected[] = {{"contexts/office", 0600}, {"context", 0600}, {"contexts", 0700}, {"", 0700}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        path_of(bench, expected[i].name, path);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, expected[i].mode);
    }
}

static void one_that_is_there_is_not_written_over(void **state)
{
    Bench *bench = *state;
    Context other = office(bench);
    Context context;
    (void)snprintf(other.requests, sizeof other.requests, "tcp://elsewhere:1");
    assert_int_equal(add(bench, "office"), STATUS_OK);
    assert_int_equal(context_add(bench->folder, "office", &other, &bench->problem),
                     STATUS_ALREADY_EXISTS);
    says(bench, "plenary context remove office");
    assert_int_equal(read_one(bench, "office", &context), STATUS_OK);
    assert_string_equal(context.requests, REQUESTS);
}

static void what_could_not_be_read_again_is_not_written(void **state)
{
    Bench *bench = *state;
    static const struct {
        size_t offset;
        const char *value;
        const char *said;
    } bad[] = {
        {offsetof(Context, requests), "", "requests: it is empty"},
        {offsetof(Context, requests), "ipc:///tmp/requests.ipc", "requests: it is no tcp://"},
        {offsetof(Context, requests), "tcp://:5570", "requests: it is no tcp://"},
        {offsetof(Context, requests), "tcp://a:65536", "requests: it is no tcp://"},
        {offsetof(Context, stream), "tcp://a:0", "stream: it is no tcp://"},
        {offsetof(Context, stream), "tcp://a:+1", "stream: it is no tcp://"},
        {offsetof(Context, stream), "tcp://a\n:1", "stream: it is empty, or has quotes"},
        {offsetof(Context, server_key), "nonsense", "server-key: it is no public key"},
        {offsetof(Context, key), "azamat.key", "key: it is not a whole path"},
        {offsetof(Context, key), "/key \"b\"", "key: it is empty, or has quotes"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Context context = office(bench);
        memcpy((char *)&context + bad[i].offset, bad[i].value, strlen(bad[i].value) + 1);
        problem_clear(&bench->problem);
        assert_int_equal(context_add(bench->folder, "office", &context, &bench->problem),
                         STATUS_INVALID_ARGUMENT);
        says(bench, bad[i].said);
    }
    assert_int_equal(read_one(bench, "office", &(Context){.name = ""}), STATUS_NOT_FOUND);
}

/* --- files that a person spoiled --- */

#define FIRST "requests = \"" REQUESTS "\"\nstream = \"" STREAM "\"\nserver-key = \""
#define LAST  "\"\nkey = \"" KEY_PATH "\"\n"

static void comments_and_empty_lines_are_passed_over(void **state)
{
    Bench *bench = *state;
    Context context;
    assert_int_equal(add(bench, "office"), STATUS_OK);
    write_office(bench, "# the main office\n\n" FIRST, bench->server_key, LAST "\n# end");
    assert_int_equal(read_one(bench, "office", &context), STATUS_OK);
    assert_string_equal(context.key, KEY_PATH);
}

static void a_bad_file_is_told_by_its_name_and_line(void **state)
{
    Bench *bench = *state;
    const char *key = bench->server_key;
    const struct {
        const char *before;
        const char *key;
        const char *after;
        const char *said;
    } bad[] = {
        {"", "", "", "/contexts/office: there is no requests in it"},
        {FIRST, key, "\"\n", "/contexts/office: there is no key in it"},
        {"requests = tcp://a:1\n", "", "", "/contexts/office: line 1: it is not NAME = \"VALUE\""},
        {"\n\nrequests=\"tcp://a:1\"\n", "", "", "line 3: it is not NAME"},
        {"requests = \"\n", "", "", "line 1: requests: it is empty"},
        {"requests = \"tcp://a:1\"\r\n", "", "", "line 1: it is not NAME"},
        {"requests = \"\"\n", "", "", "line 1: requests: it is empty"},
        {"requests = \"tcp://a\"\n", "", "", "line 1: requests: it is no tcp://HOST:PORT"},
        {"# x\nport = \"1\"\n", "", "", "line 2: a context has requests, stream, server-key"},
        {FIRST, "short", LAST, "line 3: server-key: it is no public key of 40 characters"},
        {FIRST, key, "\"\nkey = \"a.key\"\n", "line 4: key: it is not a whole path"},
        {FIRST, key, LAST "key = \"/b\"\n", "line 5: key: it was said before"},
        {FIRST, key, LAST "nonsense", "line 5: it is not NAME"},
    };
    Context context = {.name = "as it was"};
    assert_int_equal(add(bench, "office"), STATUS_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_office(bench, bad[i].before, bad[i].key, bad[i].after);
        assert_int_equal(read_one(bench, "office", &context), STATUS_INVALID_ARGUMENT);
        says(bench, bad[i].said);
    }
    assert_string_equal(context.name, "as it was");
}

static void what_is_no_text_is_told(void **state)
{
    Bench *bench = *state;
    Context context;
    static char text[TEXT_SIZE];
    char path[PATH_SIZE];
    assert_int_equal(add(bench, "office"), STATUS_OK);
    memset(text, '\n', sizeof text);
    write_bytes(bench, "contexts/office", text, sizeof text);
    assert_int_equal(read_one(bench, "office", &context), STATUS_INVALID_ARGUMENT);
    says(bench, "/contexts/office is too long for a context, or no text");
    write_bytes(bench, "contexts/office", "requests\0", sizeof "requests");
    assert_int_equal(read_one(bench, "office", &context), STATUS_INVALID_ARGUMENT);
    says(bench, "no text");
    (void)snprintf(text, sizeof text, "requests = \"tcp://%0300d:1\"\n", 7);
    write_bytes(bench, "contexts/office", text, strlen(text));
    assert_int_equal(read_one(bench, "office", &context), STATUS_INVALID_ARGUMENT);
    says(bench, "line 1: requests: it is too long");
    path_of(bench, "contexts/folder", path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(read_one(bench, "folder", &context), STATUS_UNAVAILABLE);
    says(bench, "/contexts/folder");
}

/* --- names --- */

static void names_are_of_letters_digits_and_a_few_signs(void **state)
{
    Bench *bench = *state;
    static const char *const good[] = {
        "office",
        "Office-2_b.old",
        "0",
        "new",
        "a.newer",
        "a.new.b",
        "0123456789012345678901234567890123456789012345678901234567890123",
    };
    static const char *const bad[] = {
        "",        "local",
        ".",       "..",
        ".hidden", "../evil",
        "a/b",     "/etc/passwd",
        "a b",     "a\n",
        "a\"b",    "офис",
        "a\xff",   "a.new",
        ".new",    "01234567890123456789012345678901234567890123456789012345678901234",
    };
    Context context;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(add(bench, good[i]), STATUS_OK);
        assert_int_equal(read_one(bench, good[i], &context), STATUS_OK);
        assert_string_equal(context.name, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(add(bench, bad[i]), STATUS_INVALID_ARGUMENT);
        says(bench, "cannot be the name of a context");
        assert_int_equal(read_one(bench, bad[i], &context), STATUS_INVALID_ARGUMENT);
        problem_clear(&bench->problem);
        assert_int_equal(context_remove(bench->folder, bad[i], &bench->problem),
                         STATUS_INVALID_ARGUMENT);
    }
}

static void they_are_listed_in_order_and_what_is_half_written_is_not(void **state)
{
    Bench *bench = *state;
    char(*names)[CONTEXT_NAME_SIZE] = calloc(CONTEXT_MAX, sizeof *names);
    assert_non_null(names);
    assert_int_equal(context_list(bench->folder, names), 0);
    assert_int_equal(add(bench, "office"), STATUS_OK);
    assert_int_equal(add(bench, "border"), STATUS_OK);
    write_bytes(bench, "contexts/office.new", "requests", strlen("requests"));
    write_bytes(bench, "contexts/a~", "", 0);
    assert_int_equal(context_list(bench->folder, names), 2);
    assert_string_equal(names[0], "border");
    assert_string_equal(names[1], "office");
    free(names);
}

/* --- which one is meant --- */

static void without_a_word_it_is_this_machine(void **state)
{
    Bench *bench = *state;
    assert_string_equal(in_use(bench), "local");
    assert_meant(bench, NULL, "local");
}

static void what_is_said_goes_before_the_environment_and_that_before_what_is_in_use(void **state)
{
    Bench *bench = *state;
    assert_int_equal(add(bench, "used"), STATUS_OK);
    assert_int_equal(add(bench, "environment"), STATUS_OK);
    assert_int_equal(add(bench, "said"), STATUS_OK);
    assert_int_equal(context_use(bench->folder, "used", &bench->problem), STATUS_OK);
    assert_meant(bench, NULL, "used");
    assert_int_equal(setenv("PLENARY_CONTEXT", "", 1), 0);
    assert_meant(bench, NULL, "used");
    assert_int_equal(setenv("PLENARY_CONTEXT", "environment", 1), 0);
    assert_meant(bench, NULL, "environment");
    assert_meant(bench, "said", "said");
    assert_meant(bench, "local", "local");
    assert_int_equal(setenv("PLENARY_CONTEXT", "local", 1), 0);
    assert_meant(bench, NULL, "local");
    assert_string_equal(in_use(bench), "used"); /* nothing of this has changed it */
}

static void one_that_is_not_there_is_told_and_nothing_is_given(void **state)
{
    Bench *bench = *state;
    bool is_local = true;
    Context context = {.name = "as it was"};
    assert_int_equal(find(bench, "office", &is_local, &context), STATUS_NOT_FOUND);
    says(bench, "there is no context \"office\": see \"plenary context list\"");
    assert_int_equal(setenv("PLENARY_CONTEXT", "../office", 1), 0);
    assert_int_equal(find(bench, NULL, &is_local, &context), STATUS_INVALID_ARGUMENT);
    assert_true(is_local);
    assert_string_equal(context.name, "as it was");
    problem_clear(&bench->problem);
    assert_int_equal(context_use(bench->folder, "office", &bench->problem), STATUS_NOT_FOUND);
    assert_string_equal(in_use(bench), "local");
}

static void removing_the_one_in_use_leaves_this_machine(void **state)
{
    Bench *bench = *state;
    assert_int_equal(add(bench, "office"), STATUS_OK);
    assert_int_equal(add(bench, "border"), STATUS_OK);
    assert_int_equal(context_use(bench->folder, "office", &bench->problem), STATUS_OK);
    assert_int_equal(context_remove(bench->folder, "border", &bench->problem), STATUS_OK);
    assert_string_equal(in_use(bench), "office");
    assert_int_equal(context_remove(bench->folder, "office", &bench->problem), STATUS_OK);
    assert_string_equal(in_use(bench), "local");
    assert_int_equal(context_remove(bench->folder, "office", &bench->problem), STATUS_NOT_FOUND);
    assert_int_equal(add(bench, "office"), STATUS_OK);
}

static void a_spoiled_choice_is_told_and_mended_by_another(void **state)
{
    Bench *bench = *state;
    char name[CONTEXT_NAME_SIZE] = "as it was";
    assert_int_equal(add(bench, "office"), STATUS_OK);
    write_bytes(bench, "context", "../evil\n", strlen("../evil\n"));
    problem_clear(&bench->problem);
    assert_int_equal(context_in_use(bench->folder, name, &bench->problem), STATUS_INVALID_ARGUMENT);
    says(bench, "/context: it names no context; \"plenary context use local\" mends it");
    assert_string_equal(name, "as it was");
    problem_clear(&bench->problem);
    assert_int_equal(context_use(bench->folder, "local", &bench->problem), STATUS_OK);
    assert_string_equal(in_use(bench), "local");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_written_is_read),
        TEST(the_files_are_their_owners_alone),
        TEST(one_that_is_there_is_not_written_over),
        TEST(what_could_not_be_read_again_is_not_written),
        TEST(comments_and_empty_lines_are_passed_over),
        TEST(a_bad_file_is_told_by_its_name_and_line),
        TEST(what_is_no_text_is_told),
        TEST(names_are_of_letters_digits_and_a_few_signs),
        TEST(they_are_listed_in_order_and_what_is_half_written_is_not),
        TEST(without_a_word_it_is_this_machine),
        TEST(what_is_said_goes_before_the_environment_and_that_before_what_is_in_use),
        TEST(one_that_is_not_there_is_told_and_nothing_is_given),
        TEST(removing_the_one_in_use_leaves_this_machine),
        TEST(a_spoiled_choice_is_told_and_mended_by_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
