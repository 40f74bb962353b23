/* Files of keys: whose they are, what is in them, and that none is lost. */
#include "proto/key_file.h"

#include "tests/unit/proto/checks.h"

#include <czmq.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct World {
    char folder[64];
    char path[128];
    CurvePair pair;
    Problem problem;
} World;

static int begin(void **state)
{
    static const uint8_t secret[CURVE_KEY_BYTES] = {1, 2, 3};
    World *world = test_calloc(1, sizeof *world);
    (void)snprintf(world->folder, sizeof world->folder, "/tmp/plenary-keys.XXXXXX");
    if (!mkdtemp(world->folder)) return -1;
    (void)snprintf(world->path, sizeof world->path, "%s/key", world->folder);
    curve_pair_make(secret, &world->pair);
    problem_clear(&world->problem);
    *state = world;
    return 0;
}

static int end(void **state)
{
    World *world = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", world->folder);
    int code = system(command);
    test_free(world);
    return code;
}

static const char *public_path(const World *world)
{
    static char path[160];
    (void)snprintf(path, sizeof path, "%s" KEY_FILE_PUBLIC, world->path);
    return path;
}

static void assert_mode(const char *path, mode_t wanted)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, wanted);
}

static void put(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_pair_is_its_owners_alone_and_read_back(void **state)
{
    World *world = *state;
    CurvePair read;
    mode_t before = umask(0);
    assert_int_equal(key_file_make(world->path, &world->pair, &world->problem), STATUS_OK);
    (void)umask(before);
    assert_mode(world->path, 0600);
    assert_mode(public_path(world), 0644);
    assert_int_equal(key_file_read_pair(world->path, &read, &world->problem), STATUS_OK);
    assert_string_equal(read.public_key, world->pair.public_key);
    assert_string_equal(read.secret_key, world->pair.secret_key);
    for (int i = 0; i < 2; i++) {
        const char *path = i ? public_path(world) : world->path;
        assert_int_equal(key_file_read_public(path, &read, &world->problem), STATUS_OK);
        assert_string_equal(read.public_key, world->pair.public_key);
        assert_string_equal(read.secret_key, "");
    }
    assert_int_equal(key_file_read_pair(public_path(world), &read, &world->problem),
                     STATUS_FAILED_PRECONDITION);
}

static void czmq_reads_what_we_write(void **state)
{
    World *world = *state;
    assert_int_equal(key_file_make(world->path, &world->pair, &world->problem), STATUS_OK);
    zcert_t *certificate = zcert_load(world->path);
    assert_non_null(certificate);
    assert_string_equal(zcert_public_txt(certificate), world->pair.public_key);
    assert_string_equal(zcert_secret_txt(certificate), world->pair.secret_key);
    zcert_destroy(&certificate);
}

static void nothing_is_written_over(void **state)
{
    World *world = *state;
    CurvePair other;
    static const uint8_t secret[CURVE_KEY_BYTES] = {9};
    curve_pair_make(secret, &other);
    put(public_path(world), "kept", 0644);
    assert_int_equal(key_file_make(world->path, &other, &world->problem), STATUS_ALREADY_EXISTS);
    assert_int_equal(access(world->path, F_OK), -1);
    assert_int_equal(unlink(public_path(world)), 0);

    assert_int_equal(key_file_make(world->path, &world->pair, &world->problem), STATUS_OK);
    assert_int_equal(key_file_make(world->path, &other, &world->problem), STATUS_ALREADY_EXISTS);
    assert_words(world->problem.message, "not written over");
    assert_int_equal(key_file_read_pair(world->path, &other, &world->problem), STATUS_OK);
    assert_string_equal(other.secret_key, world->pair.secret_key);
    /* A link to where somebody else wants the key is not followed. */
    assert_int_equal(unlink(world->path), 0);
    assert_int_equal(unlink(public_path(world)), 0);
    assert_int_equal(symlink("/nonexistent", world->path), 0);
    assert_int_equal(key_file_make(world->path, &other, &world->problem), STATUS_ALREADY_EXISTS);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    World *world = *state;
    CurvePair read;
    assert_int_equal(key_file_make(world->path, &world->pair, &world->problem), STATUS_OK);
    assert_int_equal(chmod(world->path, 0640), 0);
    assert_int_equal(key_file_read_pair(world->path, &read, &world->problem),
                     STATUS_FAILED_PRECONDITION);
    assert_words(world->problem.message, "others may read");
}

static void what_is_no_file_of_a_key_is_said(void **state)
{
    World *world = *state;
    CurvePair read;
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"", "holds no public key"},
        {"curve\n    public-key = \"short\"\n", "holds no public key"},
        {"curve\n    public-key = \"0000000000000000000000000000000000000000\"\n",
         "holds no public key"},
        {"curve\n    public-key = \"^7il62sRS>e{r>mlOi{1vL+PjPqAq9MNTdaV9toG\"\n",
         "holds no secret key"},
        {"curve\n    public-key = \"^7il62sRS>e{r>mlOi{1vL+PjPqAq9MNTdaV9toG\"\n"
         "    secret-key = \"0123456789012345678901234567890123456789\"\n",
         "not its public key's"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(world->path, rows[i].text, 0600);
        problem_clear(&world->problem);
        assert_int_equal(key_file_read_pair(world->path, &read, &world->problem),
                         STATUS_INVALID_ARGUMENT);
        assert_words(world->problem.message, rows[i].said);
        assert_null(strstr(world->problem.message, "01234"));
    }
    assert_int_equal(key_file_read_public("/nonexistent/key", &read, &world->problem),
                     STATUS_NOT_FOUND);
    assert_int_equal(key_file_read_public("/dev/zero", &read, &world->problem),
                     STATUS_INVALID_ARGUMENT);
    assert_int_equal(key_file_make("/nonexistent/key", &world->pair, &world->problem),
                     STATUS_UNAVAILABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pair_is_its_owners_alone_and_read_back),
        TEST(czmq_reads_what_we_write),
        TEST(nothing_is_written_over),
        TEST(a_file_that_others_may_read_is_refused),
        TEST(what_is_no_file_of_a_key_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
