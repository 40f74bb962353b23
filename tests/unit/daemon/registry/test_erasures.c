/* What was written anew is open until an `erased` change tells of it as it is. */
#include "daemon/registry/erasures.h"

#include "daemon/registry/seal.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CHANGES_MAX = 8 };

/* A chain of changes, as the journal would hold them. */
typedef struct Chain {
    Arena *arena;
    Change *changes[CHANGES_MAX + 1]; /* from 1 */
    Bytes packed[CHANGES_MAX + 1];
    uint64_t length;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
} Chain;

static Change *new_change(Chain *self)
{
    static uint8_t salt[SEAL_SALT_BYTES] = {1};
    Change *change = arena_alloc(self->arena, sizeof *change);
    plenary__v1__change__init(change);
    change->has_sequence = change->has_action = change->has_salt = 1;
    change->sequence = self->length + 1;
    change->salt = (ProtobufCBinaryData){sizeof salt, salt};
    return change;
}

static void add(Chain *self, Change *change)
{
    self->length++;
    self->changes[self->length] = change;
    self->packed[self->length] = seal_change(change, self->digest, self->arena);
    memcpy(self->digest, change->digest.data, sizeof self->digest);
}

static void add_event(Chain *self, const char *title)
{
    Change *change = new_change(self);
    Event *event = arena_alloc(self->arena, sizeof *event);
    plenary__v1__event__init(event);
    event->title = ask_text(title);
    change->action = PLENARY__V1__CHANGE__ACTION__REGISTERED;
    change->record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change->event = event;
    add(self, change);
}

/* Writes a change anew; gives what is to be told of it. */
static Plenary__V1__Erasure *rewrite(Chain *self, uint64_t sequence, const char *title)
{
    Plenary__V1__Erasure *erasure = arena_alloc(self->arena, sizeof *erasure);
    uint8_t *content = arena_alloc(self->arena, JOURNAL_DIGEST_BYTES);
    plenary__v1__erasure__init(erasure);
    self->changes[sequence]->event->title = ask_text(title);
    self->packed[sequence] = seal_again(self->changes[sequence], content, self->arena);
    erasure->has_sequence = erasure->has_content_digest = 1;
    erasure->sequence = sequence;
    erasure->content_digest = (ProtobufCBinaryData){JOURNAL_DIGEST_BYTES, content};
    return erasure;
}

static void add_erased(Chain *self, Plenary__V1__Erasure *erasure)
{
    Change *change = new_change(self);
    change->action = PLENARY__V1__CHANGE__ACTION__ERASED;
    change->n_erasures = 1;
    change->erasures = arena_array(self->arena, 1, sizeof *change->erasures);
    change->erasures[0] = erasure;
    add(self, change);
}

/* How many are open at the end; `first` is then the first of them. */
static uint64_t read_all(const Chain *self, uint64_t *first)
{
    uint8_t digest[JOURNAL_DIGEST_BYTES] = {0};
    Erasures *erasures = erasures_new();
    for (uint64_t i = 1; i <= self->length; i++)
        assert_true(erasures_take(erasures, i, self->packed[i], digest));
    assert_memory_equal(digest, self->digest, sizeof digest);
    uint64_t open = erasures_open(erasures, first);
    erasures_destroy(&erasures);
    return open;
}

static int begin(void **state)
{
    Chain *chain = test_calloc(1, sizeof *chain);
    chain->arena = arena_new(SIZE_MAX);
    add_event(chain, "One");
    add_event(chain, "Two");
    *state = chain;
    return 0;
}

static int end(void **state)
{
    Chain *chain = *state;
    arena_destroy(&chain->arena);
    test_free(chain);
    return 0;
}

static void a_journal_without_erasures_has_nothing_open(void **state)
{
    uint64_t first;
    assert_int_equal(read_all(*state, &first), 0);
}

static void what_an_erased_change_tells_of_is_closed(void **state)
{
    Chain *chain = *state;
    uint64_t first;
    add_erased(chain, rewrite(chain, 1, "Uno"));
    add_event(chain, "Three");
    assert_int_equal(read_all(chain, &first), 0);
}

static void what_nobody_tells_of_stays_open(void **state)
{
    Chain *chain = *state;
    uint64_t first;
    rewrite(chain, 2, "Due");
    assert_int_equal(read_all(chain, &first), 1);
    assert_int_equal(first, 2);
    rewrite(chain, 1, "Uno");
    assert_int_equal(read_all(chain, &first), 2);
    assert_int_equal(first, 1);
}

static void what_is_told_otherwise_stays_open(void **state)
{
    Chain *chain = *state;
    uint64_t first;
    add_erased(chain, rewrite(chain, 1, "Uno"));
    rewrite(chain, 1, "Forged");
    assert_int_equal(read_all(chain, &first), 1);
}

static void a_second_erasure_of_a_change_tells_again(void **state)
{
    Chain *chain = *state;
    uint64_t first;
    add_erased(chain, rewrite(chain, 1, "Uno"));
    add_event(chain, "Three");
    add_erased(chain, rewrite(chain, 1, "Un"));
    assert_int_equal(read_all(chain, &first), 0);
}

/* As a replay reads the tail: the first change is not read at all. */
static void it_begins_anywhere(void **state)
{
    Chain *chain = *state;
    uint64_t first;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    add_erased(chain, rewrite(chain, 1, "Uno"));
    Erasures *erasures = erasures_new();
    assert_true(seal_digest(chain->packed[1], digest));
    assert_true(erasures_take(erasures, 2, chain->packed[2], digest));
    assert_true(erasures_take(erasures, 3, chain->packed[3], digest));
    assert_int_equal(erasures_open(erasures, &first), 0);
    erasures_destroy(&erasures);
}

static void what_does_not_follow_is_refused(void **state)
{
    Chain *chain = *state;
    uint8_t digest[JOURNAL_DIGEST_BYTES] = {0};
    Erasures *erasures = erasures_new();
    assert_false(erasures_take(erasures, 2, chain->packed[2], digest));
    assert_false(erasures_take(erasures, 1, (Bytes){chain->packed[1].data, 20}, digest));
    assert_true(erasures_take(erasures, 1, chain->packed[1], digest));
    assert_true(erasures_take(erasures, 2, chain->packed[2], digest));
    erasures_destroy(&erasures);
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        WITH(a_journal_without_erasures_has_nothing_open),
        WITH(what_an_erased_change_tells_of_is_closed),
        WITH(what_nobody_tells_of_stays_open),
        WITH(what_is_told_otherwise_stays_open),
        WITH(a_second_erasure_of_a_change_tells_again),
        WITH(it_begins_anywhere),
        WITH(what_does_not_follow_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
