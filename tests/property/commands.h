/*
 * commands - random writes of the property test, put to the registry and to the model alike.
 *
 * All follow the harness's seed. What the registry answers and the rules do not foretell ends the
 * program.
 */
#ifndef PLENARY_TESTS_PROPERTY_COMMANDS_H
#define PLENARY_TESTS_PROPERTY_COMMANDS_H

#include "tests/property/model.h"
#include "tests/support/harness.h"

#include <stdio.h>
#include <stdlib.h>

enum { COMMANDS_PIPELINED = 24 };

#define FAIL(...)                                                                                  \
    do {                                                                                           \
        (void)fprintf(stderr, __VA_ARGS__);                                                        \
        (void)fputc('\n', stderr);                                                                 \
        abort();                                                                                   \
    } while (0)

#define COUNT(array)      (sizeof(array) / sizeof *(array))
#define PICK(test, array) (char *)(uintptr_t)(array)[harness_below((test)->harness, COUNT(array))]

typedef struct Test {
    Harness *harness;
    Model *model;
} Test;

void command_once(Test *test);

/* COMMANDS_PIPELINED of them, without waiting. */
void command_many(Test *test);

void put_organisation(Test *test);

/* Takes somebody out of all images, or words out of all texts, with crashes between. */
void erase_person(Test *test);

#endif
