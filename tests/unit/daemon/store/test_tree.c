/* The tree keeps any keys in order, finds each, and walks from anywhere in both directions. */
#include "daemon/store/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

typedef Bytes make_key_fn(GRand *random, unsigned int i, uint8_t room[static 64]);

static Bytes ascending(GRand *random, unsigned int i, uint8_t room[static 64])
{
    (void)random;
    for (int b = 0; b < 4; b++)
        room[b] = (uint8_t)(i >> (8 * (3 - b)));
    return (Bytes){room, 4};
}

static Bytes descending(GRand *random, unsigned int i, uint8_t room[static 64])
{
    return ascending(random, UINT32_MAX - i, room);
}

/* Zero bytes, beginnings of each other, long shared beginnings: all that eight bytes of a key
 * cannot tell apart. */
static Bytes awkward(GRand *random, unsigned int i, uint8_t room[static 64])
{
    (void)i;
    static const char *const begins[] = {"", "word=", "word=conferenc", "a\0b", "\xff\xff"};
    static const size_t sizes[] = {0, 5, 14, 3, 2};
    int pick = g_rand_int_range(random, 0, 5);
    size_t size = sizes[pick];
    memcpy(room, begins[pick], size);
    size_t more = (size_t)g_rand_int_range(random, size == 0 ? 1 : 0, 14);
    for (size_t b = 0; b < more; b++)
        room[size + b] = (uint8_t)(g_rand_boolean(random) ? 0 : g_rand_int_range(random, 254, 256));
    return (Bytes){room, size + more};
}

static Bytes words(GRand *random, unsigned int i, uint8_t room[static 64])
{
    (void)i;
    int length = g_snprintf((char *)room, 64, "word=%x", g_rand_int_range(random, 0, 60000));
    return (Bytes){room, (size_t)length};
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const TreeKey *const *x = a;
    const TreeKey *const *y = b;
    return bytes_compare(tree_bytes(*x), tree_bytes(*y));
}

static void check_walks(const Tree *tree, GPtrArray *sorted)
{
    TreePlace place = tree_from(tree, (Bytes){(const uint8_t *)"", 0});
    for (guint i = 0; i < sorted->len; i++, tree_forward(&place))
        assert_ptr_equal(tree_at(place), sorted->pdata[i]);
    assert_null(place.node);
    place = tree_last(tree);
    for (guint i = sorted->len; i-- > 0; tree_back(&place))
        assert_ptr_equal(tree_at(place), sorted->pdata[i]);
    assert_null(place.node);
}

/* Where a walk from `key` must begin, by a plain search. */
static guint lower_bound(GPtrArray *sorted, Bytes key)
{
    guint low = 0, high = sorted->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        if (bytes_compare(tree_bytes(sorted->pdata[middle]), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void check_seeks(const Tree *tree, GPtrArray *sorted, GRand *random, make_key_fn *make)
{
    uint8_t room[64];
    for (unsigned int i = 0; i < 3000; i++) {
        Bytes key = make(random, (unsigned int)g_rand_int_range(random, 0, 20000), room);
        guint at = lower_bound(sorted, key);
        TreePlace from = tree_from(tree, key);
        TreePlace before = tree_before(tree, key);
        assert_ptr_equal(from.node == NULL ? NULL : tree_at(from),
                         at == sorted->len ? NULL : sorted->pdata[at]);
        assert_ptr_equal(before.node == NULL ? NULL : tree_at(before),
                         at == 0 ? NULL : sorted->pdata[at - 1]);
    }
}

static void check_with(make_key_fn *make, unsigned int count)
{
    Pool pool = {0};
    Tree tree = {.pool = &pool};
    GRand *random = g_rand_new_with_seed(7);
    GPtrArray *sorted = g_ptr_array_new();
    uint8_t room[64];
    for (unsigned int i = 0; i < count; i++) {
        Bytes key = make(random, i, room);
        TreePath path;
        TreeKey *found = tree_find(&tree, key, &path);
        if (found != NULL) {
            assert_int_equal(bytes_compare(tree_bytes(found), key), 0);
            continue;
        }
        TreeKey *made = pool_take(&pool, sizeof *made + key.size);
        made->size = (uint16_t)key.size;
        memcpy(made->bytes, key.data, key.size);
        tree_insert(&tree, &path, made);
        g_ptr_array_add(sorted, made);
    }
    g_ptr_array_sort(sorted, compare);
    for (guint i = 1; i < sorted->len; i++)
        assert_true(compare(&sorted->pdata[i - 1], &sorted->pdata[i]) < 0);
    check_walks(&tree, sorted);
    check_seeks(&tree, sorted, random, make);
    g_ptr_array_unref(sorted);
    g_rand_free(random);
    pool_clear(&pool);
}

static void keys_that_come_in_order(void **state)
{
    (void)state;
    check_with(ascending, 40000);
}

static void keys_that_come_backwards(void **state)
{
    (void)state;
    check_with(descending, 40000);
}

static void keys_that_share_their_beginnings(void **state)
{
    (void)state;
    check_with(awkward, 40000);
}

static void keys_like_words(void **state)
{
    (void)state;
    check_with(words, 60000);
}

static void an_empty_tree_gives_nothing(void **state)
{
    (void)state;
    Pool pool = {0};
    Tree tree = {.pool = &pool};
    TreePath path;
    Bytes key = {(const uint8_t *)"a", 1};
    assert_null(tree_find(&tree, key, &path));
    assert_null(tree_from(&tree, key).node);
    assert_null(tree_before(&tree, key).node);
    assert_null(tree_last(&tree).node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_come_in_order),
        cmocka_unit_test(keys_that_come_backwards),
        cmocka_unit_test(keys_that_share_their_beginnings),
        cmocka_unit_test(keys_like_words),
        cmocka_unit_test(an_empty_tree_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
