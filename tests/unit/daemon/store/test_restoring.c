/* A restore that is cut short leaves the old registry or the new one, and never neither. */
#include "daemon/store/folder.h"
#include "daemon/store/places.h"
#include "daemon/store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#define OLD_ID "0b7e8a2e-5a0e-7c11-8d8e-000000000001"
#define NEW_ID "0b7e8a2e-5a0e-7c11-8d8e-000000000002"

typedef struct Fixture {
    char folder[64];
    char *restoring;
    char kept[PLACE_PATH_SIZE];
} Fixture;

static Problem problem;

static StoreConfig config_of(const char *folder, const char *registry_id)
{
    StoreConfig config = {.folder = folder,
                          .journal_map_bytes = 1 << 20,
                          .views_map_bytes = 1 << 20,
                          .delta_bytes_freeze = 1 << 20,
                          .delta_bytes_max = 1 << 22,
                          .fold_keys = 100};
    strcpy(config.registry_id, registry_id);
    return config;
}

/* A registry of that id in the folder, made where there is none. */
static void check_is(const char *folder, const char *registry_id, const char *expected)
{
    Store *store = NULL;
    StoreConfig config = config_of(folder, registry_id);
    if (store_open(&config, &store, &problem) != STATUS_OK) fail_msg("%s", problem.message);
    assert_string_equal(journal_registry_id(store->journal), expected);
    store_close(&store);
}

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->folder, "/tmp/plenary-restoring-XXXXXX");
    if (mkdtemp(self->folder) == NULL) return -1;
    self->restoring = folder_path(self->folder, PLACE_RESTORING);
    check_is(self->folder, OLD_ID, OLD_ID);
    check_is(self->restoring, NEW_ID, NEW_ID);
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    char *command = g_strdup_printf("rm -rf '%s'", self->folder);
    int code = system(command); /* NOLINT(cert-env33-c): a path of our own making */
    g_free(command);
    free(self->restoring);
    g_free(self);
    return code;
}

static void rename_in(const Fixture *self, const char *from, const char *to)
{
    char *old = folder_path(self->folder, from);
    char *new = folder_path(self->folder, to);
    if (rename(old, new) != 0) fail_msg("%s to %s", old, new);
    free(old);
    free(new);
}

static void check_gone(const Fixture *self, const char *name)
{
    char *path = folder_path(self->folder, name);
    assert_int_not_equal(access(path, F_OK), 0);
    free(path);
}

static void check_new_is_there(const Fixture *self)
{
    check_is(self->folder, "", NEW_ID);
    check_gone(self, "restoring");
    check_gone(self, "restored");
}

static void check_old_is_kept(const Fixture *self, const char *name)
{
    rename_in(self, "journal", "elsewhere");
    rename_in(self, name, "journal");
    check_is(self->folder, "", OLD_ID);
}

static void what_is_restored_takes_the_place_and_the_old_is_kept(void **state)
{
    Fixture *self = *state;
    assert_int_equal(places_swap_restored(self->folder, self->kept, &problem), STATUS_OK);
    assert_true(folder_exists(self->kept));
    check_new_is_there(self);
    check_old_is_kept(self, "journal.replaced-1");
}

static void in_a_new_folder_there_is_nothing_to_keep(void **state)
{
    Fixture *self = *state;
    rename_in(self, "journal", "elsewhere");
    rename_in(self, "views", "elsewhere.views");
    assert_int_equal(places_swap_restored(self->folder, self->kept, &problem), STATUS_OK);
    assert_string_equal(self->kept, "");
    check_new_is_there(self);
}

static void a_second_restore_keeps_both(void **state)
{
    Fixture *self = *state;
    assert_int_equal(places_swap_restored(self->folder, self->kept, &problem), STATUS_OK);
    check_is(self->restoring, OLD_ID, OLD_ID);
    assert_int_equal(places_swap_restored(self->folder, self->kept, &problem), STATUS_OK);
    char *second = folder_path(self->folder, "journal.replaced-2");
    assert_string_equal(self->kept, second);
    free(second);
    check_is(self->folder, "", OLD_ID);
}

static void cut_short_before_it_is_whole_the_old_stays(void **state)
{
    Fixture *self = *state;
    check_is(self->folder, "", OLD_ID);
    check_gone(self, "restoring");
    check_gone(self, "journal.replaced-1");
}

static void cut_short_when_whole_it_goes_on(void **state)
{
    Fixture *self = *state;
    rename_in(self, "restoring", "restored");
    check_new_is_there(self);
    check_old_is_kept(self, "journal.replaced-1");
}

static void cut_short_with_the_old_aside_it_goes_on(void **state)
{
    Fixture *self = *state;
    rename_in(self, "restoring", "restored");
    rename_in(self, "journal", "journal.replaced-1");
    check_new_is_there(self);
    check_gone(self, "journal.replaced-2");
    check_old_is_kept(self, "journal.replaced-1");
}

static void cut_short_before_the_views_are_taken_it_goes_on(void **state)
{
    Fixture *self = *state;
    rename_in(self, "restoring", "restored");
    rename_in(self, "journal", "journal.replaced-1");
    rename_in(self, "restored/journal", "journal");
    check_new_is_there(self);
    check_gone(self, "journal.replaced-2");
}

static void cut_short_between_two_views_it_goes_on(void **state)
{
    Fixture *self = *state;
    rename_in(self, "restoring", "restored");
    rename_in(self, "journal", "journal.replaced-1");
    rename_in(self, "restored/journal", "journal");
    rename_in(self, "views", "elsewhere");
    check_new_is_there(self);
}

static void cut_short_at_the_very_end_it_is_tidied(void **state)
{
    Fixture *self = *state;
    rename_in(self, "restoring", "restored");
    rename_in(self, "journal", "journal.replaced-1");
    rename_in(self, "restored/journal", "journal");
    rename_in(self, "views", "elsewhere");
    rename_in(self, "restored/views", "views");
    check_new_is_there(self);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(what_is_restored_takes_the_place_and_the_old_is_kept),
        WITH(in_a_new_folder_there_is_nothing_to_keep),
        WITH(a_second_restore_keeps_both),
        WITH(cut_short_before_it_is_whole_the_old_stays),
        WITH(cut_short_when_whole_it_goes_on),
        WITH(cut_short_with_the_old_aside_it_goes_on),
        WITH(cut_short_before_the_views_are_taken_it_goes_on),
        WITH(cut_short_between_two_views_it_goes_on),
        WITH(cut_short_at_the_very_end_it_is_tidied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
