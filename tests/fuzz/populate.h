/*
 * populate - events and organisations for a harness that needs a registry with something in it.
 */
#ifndef PLENARY_TESTS_FUZZ_POPULATE_H
#define PLENARY_TESTS_FUZZ_POPULATE_H

#include "tests/support/harness.h"

/* Registers `organisations` (o0, o1, ...) and `events`, which differ in kind, country, day,
 * handling and organisations, and revises, cancels or withdraws some of them. Aborts on failure. */
void populate(Harness *harness, unsigned organisations, unsigned events);

#endif
