/* checks - cmocka with its includes, and what several tests of proto ask for. */
#ifndef PLENARY_TESTS_CHECKS_H
#define PLENARY_TESTS_CHECKS_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/status.h"

#include <stdio.h>
#include <string.h>

/* The problem has a violation of this field whose message has these words in it. */
static inline void assert_violation(const Problem *problem, const char *field, const char *words)
{
    assert_int_equal(problem->code, STATUS_INVALID_ARGUMENT);
    for (size_t i = 0; i < problem->violation_count; i++) {
        const Violation *violation = &problem->violations[i];
        if (strcmp(violation->field, field) == 0 && strstr(violation->message, words)) return;
    }
    for (size_t i = 0; i < problem->violation_count; i++)
        print_error("is: %s: %s\n", problem->violations[i].field, problem->violations[i].message);
    print_error("message: %s\n", problem->message);
    fail_msg("no violation \"%s: ...%s...\"", field, words);
}

static inline void assert_words(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("\"%s\" does not have \"%s\"", text, words);
}

#endif
