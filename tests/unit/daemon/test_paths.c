#include "daemon/nearest.h"
#include "daemon/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char *of_person(const char *name)
{
    if (strcmp(name, "XDG_RUNTIME_DIR") == 0) return "/run/user/7";
    if (strcmp(name, "XDG_CONFIG_HOME") == 0) return "relative/is/ignored";
    if (strcmp(name, "HOME") == 0) return "/home/ada";
    return NULL;
}

static const char *of_service(const char *name)
{
    if (strcmp(name, "STATE_DIRECTORY") == 0) return "/var/lib/plenary";
    if (strcmp(name, "RUNTIME_DIRECTORY") == 0) return "/run/plenary";
    return of_person(name);
}

static const char *of_nobody(const char *name)
{
    (void)name;
    return NULL;
}

static const char *with_home(const char *name)
{
    return strcmp(name, "PLENARY_HOME") == 0 ? "/srv/plenary" : of_service(name);
}

static void assert_paths(const char *home, paths_variable_fn *variable, const char *data,
                         const char *run, const char *config)
{
    static Paths paths;
    Problem problem;
    problem_clear(&problem);
    assert_int_equal(paths_find(home, variable, &paths, &problem), STATUS_OK);
    assert_string_equal(paths.data, data);
    assert_string_equal(paths.run, run);
    assert_string_equal(paths.config, config);
}

static void a_home_goes_before_everything(void **state)
{
    (void)state;
    assert_paths("/tmp/x", with_home, "/tmp/x/data", "/tmp/x/run", "/tmp/x/plenaryd.zpl");
    assert_paths(NULL, with_home, "/srv/plenary/data", "/srv/plenary/run",
                 "/srv/plenary/plenaryd.zpl");
}

static void a_service_gets_its_own_folders(void **state)
{
    (void)state;
    assert_paths(NULL, of_service, "/var/lib/plenary", "/run/plenary", "/etc/plenary/plenaryd.zpl");
    assert_paths(NULL, of_nobody, "/var/lib/plenary", "/run/plenary", "/etc/plenary/plenaryd.zpl");
}

static void a_person_gets_the_xdg_folders(void **state)
{
    (void)state;
    assert_paths(NULL, of_person, "/home/ada/.local/share/plenary", "/run/user/7/plenary",
                 "/home/ada/.config/plenary/plenaryd.zpl");
}

static void a_path_too_long_is_refused(void **state)
{
    (void)state;
    static Paths paths;
    char home[PATHS_SIZE];
    Problem problem;
    problem_clear(&problem);
    memset(home, 'a', sizeof home);
    home[sizeof home - 1] = '\0';
    assert_int_equal(paths_find(home, of_nobody, &paths, &problem), STATUS_INVALID_ARGUMENT);
}

static void folders_are_made_for_their_owner_only(void **state)
{
    (void)state;
    char folder[] = "/tmp/plenary-paths-XXXXXX";
    char deep[64];
    Problem problem;
    struct stat found;
    problem_clear(&problem);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(deep, sizeof deep, "%s/one/two", folder);
    assert_int_equal(paths_make_folder(deep, &problem), STATUS_OK);
    assert_int_equal(paths_make_folder(deep, &problem), STATUS_OK);
    assert_int_equal(stat(deep, &found), 0);
    assert_int_equal(found.st_mode & 0777U, 0700);
    assert_int_equal(remove(deep), 0);
    deep[strlen(folder) + strlen("/one")] = '\0';
    assert_int_equal(remove(deep), 0);
    assert_int_equal(remove(folder), 0);
    assert_int_equal(paths_make_folder("/proc/none/such", &problem), STATUS_FAILED_PRECONDITION);
}

static void a_mistyped_word_finds_the_nearest(void **state)
{
    (void)state;
    static const char *const words[] = {"home", "check", "reindex"};
    assert_string_equal(nearest_word("chek", words, 3), "check");
    assert_string_equal(nearest_word("re-index", words, 3), "reindex");
    assert_null(nearest_word("banana", words, 3));
    assert_null(nearest_word("", words, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_goes_before_everything),
        cmocka_unit_test(a_service_gets_its_own_folders),
        cmocka_unit_test(a_person_gets_the_xdg_folders),
        cmocka_unit_test(a_path_too_long_is_refused),
        cmocka_unit_test(folders_are_made_for_their_owner_only),
        cmocka_unit_test(a_mistyped_word_finds_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
