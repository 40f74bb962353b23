/*
 * report - the figures, each beside its yardstick, as a table or as JSON.
 */
#ifndef PLENARY_BENCH_REPORT_H
#define PLENARY_BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    REPORT_ROWS_MAX = 64,
};

typedef struct Row {
    const char *measure;
    double value;
    const char *yardstick; /* NULL: there is none */
    double yardstick_value;
} Row;

typedef struct Report {
    Row rows[REPORT_ROWS_MAX];
    size_t count;
} Report;

/* Names are static texts. */
void report_add(Report *self, const char *measure, double value, const char *yardstick,
                double yardstick_value);

void report_print_table(const Report *self, FILE *out);

/* An array of {"measure", "value", "yardstick", "yardstick_value", "ratio"}; the last three are
 * null where there is no yardstick. */
void report_print_json(const Report *self, FILE *out);

#endif
