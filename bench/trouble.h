/*
 * trouble - why the bench ends early. Nothing is measured on after something went wrong.
 */
#ifndef PLENARY_BENCH_TROUBLE_H
#define PLENARY_BENCH_TROUBLE_H

#include <stdbool.h>

enum {
    TROUBLE_SIZE = 512,
};

typedef struct Trouble {
    char message[TROUBLE_SIZE];
} Trouble;

/* Keeps the first message only: what comes after it is a consequence. Always gives false. */
bool trouble_set(Trouble *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
