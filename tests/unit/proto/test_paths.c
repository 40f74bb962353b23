#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/paths.h"

#include <stdlib.h>
#include <string.h>

static int clear_environment(void **state)
{
    (void)state;
    unsetenv("PLENARY_HOME");
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("XDG_DATA_HOME");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/home/aigul", 1);
    return 0;
}

static void expect_paths(const char *home, const char *data, const char *run, const char *folder)
{
    Paths paths;
    Problem problem;
    assert_true(paths_find(home, &paths, &problem));
    assert_string_equal(paths.data, data);
    assert_string_equal(paths.run, run);
    assert_string_equal(paths.state, folder);
}

static void test_a_home_holds_everything(void **state)
{
    (void)state;
    setenv("PLENARY_HOME", "/srv/other", 1);
    expect_paths("/srv/p", "/srv/p/data", "/srv/p/run", "/srv/p/state");
    expect_paths(NULL, "/srv/other/data", "/srv/other/run", "/srv/other/state");
}

static void test_a_person_has_xdg_folders(void **state)
{
    (void)state;
    setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
    expect_paths(NULL, "/home/aigul/.local/share/plenary", "/run/user/1000/plenary",
                 "/home/aigul/.local/state/plenary");
    setenv("XDG_DATA_HOME", "/d", 1);
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored */
    expect_paths(NULL, "/d/plenary", "/run/user/1000/plenary", "/home/aigul/.local/state/plenary");
}

static void test_a_service_has_the_systems_folders(void **state)
{
    (void)state;
    setenv("PLENARY_HOME", "", 1);
    expect_paths(NULL, "/var/lib/plenary", "/run/plenary", "/var/lib/plenary/state");
}

static void test_an_endpoint_fits_a_sockets_path_or_is_refused(void **state)
{
    (void)state;
    char endpoint[PATHS_ENDPOINT_SIZE] = "untouched";
    char home[PATHS_SIZE] = "/";
    Paths paths;
    Problem problem;
    memset(home + 1, 'h', sizeof home - 2);
    home[PATHS_SOCKET_BYTES_MAX - strlen("/run/stream.ipc")] = '\0';
    assert_true(paths_find(home, &paths, &problem));
    assert_true(paths_endpoint(&paths, "stream", endpoint, &problem));
    assert_int_equal(strlen(endpoint), strlen("ipc://") + PATHS_SOCKET_BYTES_MAX);
    assert_false(paths_endpoint(&paths, "stream2", endpoint, &problem));
    assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
    memset(home + 1, 'h', sizeof home - 2);
    assert_false(paths_find(home, &paths, &problem));
}

#define TEST(name) cmocka_unit_test_setup(name, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_home_holds_everything),
        TEST(test_a_person_has_xdg_folders),
        TEST(test_a_service_has_the_systems_folders),
        TEST(test_an_endpoint_fits_a_sockets_path_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
