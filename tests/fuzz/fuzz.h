/*
 * fuzz - what each harness is: a world that is opened once, and one run for each input.
 *
 * A harness defines `fuzz_target`. Linked with engine.c it is driven by libFuzzer, linked with
 * replay.c it reads the files of a folder. A harness that finds something wrong aborts. One thread.
 */
#ifndef PLENARY_TESTS_FUZZ_H
#define PLENARY_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct FuzzTarget {
    /* Given: close. Aborts on failure. */
    void *(*open)(void);
    void (*run)(void *context, const uint8_t *data, size_t size);
    /* Undoes what inputs left behind, where they leave anything: may be NULL. replay.c calls it
     * after each one. */
    void (*settle)(void *context);
    void (*close)(void *context);
} FuzzTarget;

extern const FuzzTarget fuzz_target;

/* What must hold for any input. */
#define FUZZ_DEMAND(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The input as text, with a NUL at its end. Given: free. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    FUZZ_DEMAND(text != NULL);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)data[i];
    text[size] = '\0';
    return text;
}

#endif
