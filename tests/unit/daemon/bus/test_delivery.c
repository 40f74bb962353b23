#include "tests/unit/daemon/bus/registered.h"

#include "daemon/bus/batch.h"
#include "daemon/bus/cursor.h"

#define ENTERED PLENARY__V1__DELIVERY__RELATION__ENTERED
#define CHANGED PLENARY__V1__DELIVERY__RELATION__CHANGED
#define LEFT    PLENARY__V1__DELIVERY__RELATION__LEFT

static const Wanted in_uz = {"UZ", PLENARY__V1__HANDLING__TLP__GREEN, NULL};
static const Wanted in_kg = {"KG", PLENARY__V1__HANDLING__TLP__GREEN, NULL};
static const Wanted amber_in_uz = {"UZ", PLENARY__V1__HANDLING__TLP__AMBER, NULL};
static const Wanted red_in_uz = {"UZ", PLENARY__V1__HANDLING__TLP__RED, "security"};
static const StreamCredit ample = {.messages = 1000, .bytes = 1 << 20};

static Caller reader(void)
{
    return (Caller){
        .principal = "ada",
        .organisation = "unodc",
        .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
        .clearance = PLENARY__V1__HANDLING__TLP__GREEN,
    };
}

/* One view's hearing, from the first change on. */
typedef struct Hearing {
    Batches *batches;
    Arena *arena;
    View view;
    const Batch *batch;
} Hearing;

static void hear_also(Registered *self, const Caller *caller, const char *country, bool directory,
                      Hearing *hearing)
{
    Query query = PLENARY__V1__QUERY__INIT;
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    char facet[] = "country";
    char *values[] = {(char *)(uintptr_t)country};
    Problem problem;
    problem_clear(&problem);
    term.facet = facet;
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    hearing->arena = arena_new(1 << 20);
    hearing->batches = batches_new(self->registry);
    assert_int_equal(view_make(registry_state(self->registry), caller, country ? &query : NULL,
                               directory, hearing->arena, &hearing->view, &problem),
                     STATUS_OK);
    hearing->batch = batches_take(hearing->batches, &hearing->view, 0, &ample, 0);
    assert_non_null(hearing->batch);
    assert_int_equal(hearing->batch->scanned, registry_applied(self->registry));
}

static void hear_view(Registered *self, const Caller *caller, const char *country, Hearing *hearing)
{
    hear_also(self, caller, country, false, hearing);
}

static void stop_hearing(Hearing *hearing)
{
    batches_destroy(&hearing->batches);
    arena_destroy(&hearing->arena);
}

/* The change of a delivery, in the hearing's arena. */
static const Change *heard(const Hearing *hearing, size_t position,
                           Plenary__V1__Delivery__Relation relation)
{
    assert_true(position < hearing->batch->count);
    const Plenary__V1__Delivery *delivery = hearing->batch->changes->deliveries[position];
    assert_int_equal(delivery->relation, relation);
    const Change *change = plenary__v1__change__unpack(arena_allocator(hearing->arena),
                                                       delivery->change.len, delivery->change.data);
    assert_non_null(change);
    return change;
}

static void assert_bare(const Change *change, const char *id)
{
    assert_int_equal(change->action, PLENARY__V1__CHANGE__ACTION__WITHDRAWN);
    assert_string_equal(change->event->id, id);
    assert_null(change->event->title);
    assert_null(change->event->schedule);
    assert_null(change->event->handling);
    assert_null(change->by_principal);
    assert_null(change->request_id);
    assert_false(change->has_prior_sequence);
    assert_false(change->has_content_digest);
    assert_false(change->has_digest);
}

static void an_admin_hears_the_journal_byte_for_byte(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    Hearing hearing;
    Bytes packed;
    registered_put(self, NULL, &in_uz);
    registered_put(self, self->last_id, &in_kg);
    registered_withdraw(self);
    hear_view(self, &admin, NULL, &hearing);
    assert_int_equal(hearing.batch->count, 3);
    (void)heard(&hearing, 0, ENTERED);
    (void)heard(&hearing, 1, CHANGED);
    (void)heard(&hearing, 2, LEFT);
    for (uint64_t i = 0; i < 3; i++) {
        assert_true(journal_get(self->store->journal, i + 1, &packed));
        const ProtobufCBinaryData *sent = &hearing.batch->changes->deliveries[i]->change;
        assert_int_equal(sent->len, packed.size);
        assert_memory_equal(sent->data, packed.data, packed.size);
    }
    stop_hearing(&hearing);
}

static void a_record_enters_a_filter_and_leaves_it_bare(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    Hearing hearing;
    registered_put(self, NULL, &in_kg);
    registered_put(self, self->last_id, &in_uz);
    registered_put(self, self->last_id, &amber_in_uz);
    registered_put(self, self->last_id, &in_kg);
    registered_put(self, self->last_id, &in_uz);
    registered_withdraw(self);
    hear_view(self, &admin, "UZ", &hearing);
    assert_int_equal(hearing.batch->count, 5);
    assert_string_equal(heard(&hearing, 0, ENTERED)->event->title, "A meeting");
    assert_int_equal(heard(&hearing, 1, CHANGED)->sequence, 3);
    assert_bare(heard(&hearing, 2, LEFT), self->last_id);
    assert_int_equal(heard(&hearing, 3, ENTERED)->sequence, 5);
    assert_bare(heard(&hearing, 4, LEFT), self->last_id);
    stop_hearing(&hearing);
}

static void a_filter_hears_organisations_where_it_asks_for_the_directory(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    const Caller caller = reader();
    Hearing hearing;
    registered_organisation(self, "unodc", NULL);
    registered_put(self, NULL, &in_kg);
    registered_organisation(self, "roca", "unodc");
    hear_view(self, &admin, "UZ", &hearing);
    assert_int_equal(hearing.batch->count, 0);
    stop_hearing(&hearing);
    hear_also(self, &admin, "UZ", true, &hearing);
    assert_int_equal(hearing.batch->count, 2);
    assert_string_equal(heard(&hearing, 0, ENTERED)->organisation->id, "unodc");
    assert_string_equal(heard(&hearing, 1, ENTERED)->organisation->part_of, "unodc");
    stop_hearing(&hearing);
    hear_also(self, &caller, "UZ", true, &hearing);
    assert_int_equal(hearing.batch->count, 2);
    assert_null(heard(&hearing, 0, ENTERED)->by_principal);
    stop_hearing(&hearing);
}

static void the_directory_makes_another_view_unless_all_is_heard_anyway(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    Hearing with;
    Hearing without;
    hear_also(self, &admin, "UZ", true, &with);
    hear_also(self, &admin, "UZ", false, &without);
    assert_false(view_equal(&with.view, &without.view));
    stop_hearing(&with);
    stop_hearing(&without);
    hear_also(self, &admin, NULL, true, &with);
    hear_also(self, &admin, NULL, false, &without);
    assert_true(view_equal(&with.view, &without.view));
    stop_hearing(&with);
    stop_hearing(&without);
}

static void a_reader_does_not_hear_what_it_is_not_cleared_for(void **state)
{
    Registered *self = *state;
    const Caller caller = reader();
    Hearing hearing;
    registered_put(self, NULL, &amber_in_uz);
    registered_put(self, NULL, &red_in_uz);
    hear_view(self, &caller, NULL, &hearing);
    assert_int_equal(hearing.batch->count, 0);
    stop_hearing(&hearing);
    hear_view(self, &caller, "UZ", &hearing);
    assert_int_equal(hearing.batch->count, 0);
    stop_hearing(&hearing);
}

static void a_reader_hears_no_contacts_principals_or_digests(void **state)
{
    Registered *self = *state;
    const Caller caller = reader();
    Hearing hearing;
    registered_put(self, NULL, &in_uz);
    hear_view(self, &caller, NULL, &hearing);
    assert_int_equal(hearing.batch->count, 1);
    const Change *change = heard(&hearing, 0, ENTERED);
    assert_string_equal(change->event->participants[0]->name, "Ada");
    assert_null(change->event->participants[0]->email);
    assert_null(change->by_principal);
    assert_null(change->request_id);
    assert_false(change->has_salt);
    assert_false(change->has_request_hash);
    assert_false(change->has_content_digest);
    assert_false(change->has_digest);
    stop_hearing(&hearing);
}

static void principals_are_heard_by_admins_who_hear_everything(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    const Caller other = reader();
    const Caller nobody = access_anonymous();
    const struct {
        const Caller *caller;
        const char *country;
        bool directory;
        size_t count;
    } rows[] = {
        {&admin, NULL, false, 2}, {&admin, NULL, true, 2}, {&admin, "UZ", true, 1},
        {&other, NULL, false, 1}, {&other, "UZ", true, 1}, {&nobody, NULL, true, 1},
    };
    registered_principal(self, "azamat");
    registered_organisation(self, "unodc", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Hearing hearing;
        hear_also(self, rows[i].caller, rows[i].country, rows[i].directory, &hearing);
        assert_int_equal(hearing.batch->count, rows[i].count);
        const Change *first = heard(&hearing, 0, ENTERED);
        assert_int_equal(first->record_case, rows[i].count == 2
                                                 ? PLENARY__V1__CHANGE__RECORD_PRINCIPAL
                                                 : PLENARY__V1__CHANGE__RECORD_ORGANISATION);
        stop_hearing(&hearing);
    }
}

/* Replaying must not show the image of a time when the record was less protected. */
static void a_record_that_is_protected_now_is_not_shown_as_it_was(void **state)
{
    Registered *self = *state;
    const Caller caller = reader();
    Hearing hearing;
    registered_put(self, NULL, &in_uz);
    registered_put(self, self->last_id, &red_in_uz);
    registered_put(self, self->last_id, &amber_in_uz);
    hear_view(self, &caller, NULL, &hearing);
    assert_int_equal(hearing.batch->count, 2);
    assert_bare(heard(&hearing, 0, LEFT), self->last_id);
    assert_bare(heard(&hearing, 1, LEFT), self->last_id);
    stop_hearing(&hearing);
}

static void a_batch_ends_where_credit_does_and_goes_on_there(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    const StreamCredit two = {.messages = 2, .bytes = 1 << 20};
    const StreamCredit few_bytes = {.messages = 100, .bytes = 1};
    Hearing hearing;
    for (int i = 0; i < 5; i++)
        registered_put(self, NULL, &in_uz);
    hear_view(self, &admin, NULL, &hearing);
    batches_forget(hearing.batches);

    const Batch *batch = batches_take(hearing.batches, &hearing.view, 0, &two, 0);
    assert_int_equal(batch->count, 2);
    assert_int_equal(batch->scanned, 2);
    batch = batches_take(hearing.batches, &hearing.view, 2, &few_bytes, 0);
    assert_int_equal(batch->count, 1);
    assert_int_equal(batch->scanned, 3);
    assert_int_equal(batch->changes->cursor->sequence, 3);
    batch = batches_take(hearing.batches, &hearing.view, 3, &ample, 0);
    assert_int_equal(batch->count, 2);
    assert_int_equal(batch->scanned, 5);
    stop_hearing(&hearing);
}

static void streams_of_the_same_view_share_a_batch_that_their_credit_allows(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    const StreamCredit three = {.messages = 3, .bytes = 1 << 20};
    const StreamCredit two = {.messages = 2, .bytes = 1 << 20};
    Hearing hearing;
    for (int i = 0; i < 3; i++)
        registered_put(self, NULL, &in_uz);
    hear_view(self, &admin, NULL, &hearing);
    assert_int_equal(hearing.batch->count, 3);
    const View *view = &hearing.view;
    assert_ptr_equal(batches_take(hearing.batches, view, 0, &three, 0), hearing.batch);
    const Batch *less = batches_take(hearing.batches, view, 0, &two, 0);
    assert_ptr_not_equal(less, hearing.batch);
    assert_int_equal(less->count, 2);
    stop_hearing(&hearing);
}

static void a_cursor_fits_its_own_history_and_view_only(void **state)
{
    Registered *self = *state;
    const Caller admin = access_local();
    const Caller caller = reader();
    Hearing hearing;
    Hearing other;
    CursorText text;
    registered_put(self, NULL, &in_uz);
    registered_put(self, NULL, &in_uz);
    hear_view(self, &admin, NULL, &hearing);
    hear_view(self, &caller, NULL, &other);
    cursor_make(self->registry, &hearing.view, 2, &text);
    assert_null(cursor_misfit(self->registry, &hearing.view, &text.message));
    assert_non_null(cursor_misfit(self->registry, &other.view, &text.message));

    text.message.epoch++;
    assert_non_null(cursor_misfit(self->registry, &hearing.view, &text.message));
    cursor_make(self->registry, &hearing.view, 2, &text);
    text.digest[0] ^= 1;
    assert_non_null(cursor_misfit(self->registry, &hearing.view, &text.message));
    cursor_make(self->registry, &hearing.view, 2, &text);
    text.message.sequence = 3;
    assert_non_null(cursor_misfit(self->registry, &hearing.view, &text.message));
    text.message = (Cursor)PLENARY__V1__CURSOR__INIT;
    assert_non_null(cursor_misfit(self->registry, &hearing.view, &text.message));
    stop_hearing(&hearing);
    stop_hearing(&other);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, registered_open, registered_close)
    const struct CMUnitTest tests[] = {
        ONE(an_admin_hears_the_journal_byte_for_byte),
        ONE(a_record_enters_a_filter_and_leaves_it_bare),
        ONE(a_filter_hears_organisations_where_it_asks_for_the_directory),
        ONE(the_directory_makes_another_view_unless_all_is_heard_anyway),
        ONE(a_reader_does_not_hear_what_it_is_not_cleared_for),
        ONE(a_reader_hears_no_contacts_principals_or_digests),
        ONE(principals_are_heard_by_admins_who_hear_everything),
        ONE(a_record_that_is_protected_now_is_not_shown_as_it_was),
        ONE(a_batch_ends_where_credit_does_and_goes_on_there),
        ONE(streams_of_the_same_view_share_a_batch_that_their_credit_allows),
        ONE(a_cursor_fits_its_own_history_and_view_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
