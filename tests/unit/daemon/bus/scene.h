/*
 * scene - a registry, and what one view hears of its last changes, batch by batch.
 *
 * Helpers abort the test by cmocka's asserts. One thread.
 */
#ifndef PLENARY_TESTS_UNIT_DAEMON_BUS_SCENE_H
#define PLENARY_TESTS_UNIT_DAEMON_BUS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "daemon/bus/batch.h"
#include "tests/support/ask.h"

#define RELATION(name) PLENARY__V1__DELIVERY__RELATION__##name
#define TLP(name)      PLENARY__V1__HANDLING__TLP__##name

typedef struct Scene {
    Harness *harness;
    Asker admin;
    Arena *arena;
    Batches *batches;
    View view;
} Scene;

static inline Scene *scene_new(uint64_t seed)
{
    Scene *scene = test_calloc(1, sizeof *scene);
    scene->harness = harness_new(&(HarnessOptions){.seed = seed});
    scene->admin = (Asker){scene->harness, access_local()};
    scene->arena = arena_new(SIZE_MAX);
    scene->batches = batches_new(harness_registry(scene->harness));
    return scene;
}

static inline int scene_end(void **state)
{
    Scene *scene = *state;
    batches_destroy(&scene->batches);
    arena_destroy(&scene->arena);
    harness_destroy(&scene->harness);
    test_free(scene);
    return 0;
}

/* The last change. */
static inline uint64_t scene_head(const Scene *scene)
{
    return registry_applied(harness_registry(scene->harness));
}

/* `query` NULL: everything. */
static inline void scene_look(Scene *scene, const Caller *caller, const Query *query)
{
    Problem problem;
    problem_clear(&problem);
    assert_int_equal(view_make(registry_state(harness_registry(scene->harness)), caller, query,
                               false, scene->arena, &scene->view, &problem),
                     STATUS_OK);
}

static inline const Batch *scene_hear_after(Scene *scene, uint64_t sequence)
{
    static const StreamCredit ample = {.messages = 100000, .bytes = 1 << 28};
    batches_forget(scene->batches);
    const Batch *batch = batches_take(scene->batches, &scene->view, sequence, &ample, 0);
    assert_non_null(batch);
    return batch;
}

static inline const Change *scene_heard(const Scene *scene, const Batch *batch, size_t place,
                                        Plenary__V1__Delivery__Relation relation)
{
    assert_true(place < batch->count);
    const Plenary__V1__Delivery *delivery = batch->changes->deliveries[place];
    assert_int_equal(delivery->relation, relation);
    const Change *change = plenary__v1__change__unpack(arena_allocator(scene->arena),
                                                       delivery->change.len, delivery->change.data);
    assert_non_null(change);
    return change;
}

#endif
