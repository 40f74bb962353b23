/*
 * inquiry - the same questions asked of Plenary and of the databases, on the same records in one
 * run, and what that gave.
 */
#ifndef PLENARY_BENCH_INQUIRY_H
#define PLENARY_BENCH_INQUIRY_H

#include "bench/bench.h"
#include "bench/yardstick.h"

enum {
    INQUIRY_ANSWERERS_MAX = 4, /* Plenary first */
};

typedef struct Inquiry {
    size_t records;
    double load;  /* processes that ran or waited, the last minute before the first question */
    size_t count; /* of answerers */
    const char *names[INQUIRY_ANSWERERS_MAX];
    const char *only; /* NULL, or the name of one question */
    PageFigures figures[INQUIRY_ANSWERERS_MAX][QUESTION_KINDS];
    WireFigures bare[QUESTION_KINDS]; /* as many round trips of as many bytes, with nothing done */
} Inquiry;

/* The house's daemon runs and holds the records. Fills what database is not filled yet. */
bool inquiry_run(Bench *bench, Inquiry *inquiry);

/* Two tables in Markdown, as docs/bench.md has them, or an array with an object of each question
 * and answerer. */
void inquiry_print_tables(const Inquiry *inquiry, FILE *out);
void inquiry_print_json(const Inquiry *inquiry, FILE *out);

#endif
